"""Xie, Mihalas & Kusmierz, "Slow transition to low-dimensional chaos in heavy-tailed recurrent neural networks"
(NeurIPS 2025, arXiv 2505.09816)."""

FIGURES = {}  # name of the figure -> (where it is made, title), see pylyap.papers
