"""Engelken, Wolf & Abbott, "Lyapunov spectra of chaotic recurrent neural networks"
(Phys. Rev. Research 5, 043044, 2023; arXiv 2006.02427)."""

FIGURES = {}  # name of the figure -> (where it is made, title), see pylyap.papers
