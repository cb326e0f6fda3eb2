"""Engelken, Wolf & Abbott, "Lyapunov spectra of chaotic recurrent neural networks"
(Phys. Rev. Research 5, 043044, 2023; arXiv 2006.02427)."""

FIGURES = {  # name of the figure -> (where it is made, title), see pylyap.papers
    "size": ("size", "size invariance and extensivity"),
    "gain": ("gain", "from the onset of chaos to strong coupling"),
    "steps": ("steps", "continuous and discrete time: dependence on the step"),
    "approximations": ("approximations", "random-matrix approximations in three regimes"),
    "symmetry": ("symmetry", "point symmetry of the spectrum"),
    "controls": ("controls", "controls of accuracy and convergence"),
    "inputs": ("inputs", "input reduces entropy rate and dimension"),
}
