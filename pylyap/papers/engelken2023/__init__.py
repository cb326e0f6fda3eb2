"""Engelken, Wolf & Abbott, "Lyapunov spectra of chaotic recurrent neural networks"
(Phys. Rev. Research 5, 043044, 2023; arXiv 2006.02427)."""

from ..catalogue import Entry

FIGURES = {  # where each is made, and its title
    "size": Entry("size", "size invariance and extensivity"),
    "gain": Entry("gain", "from the onset of chaos to strong coupling"),
    "steps": Entry("steps", "continuous and discrete time: dependence on the step"),
    "approximations": Entry("approximations", "random-matrix approximations in three regimes"),
    "symmetry": Entry("symmetry", "point symmetry of the spectrum"),
    "controls": Entry("controls", "controls of accuracy and convergence"),
    "inputs": Entry("inputs", "input reduces entropy rate and dimension"),
}
