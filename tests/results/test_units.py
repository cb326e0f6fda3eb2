"""Numbers of units are said in plain English, in the verdict and in the summary."""

import re

import pytest

import pylyap

CASES = {
    "steps": pylyap.systems.henon(),
    "units of time": pylyap.systems.linear([[-1.0]]),
    "tau": pylyap.RateNetwork(pylyap.weights.gaussian(4, 0.5, seed=1)),
}


def test_the_end_of_a_run_that_diverges_has_its_plural():
    far = pylyap.lyapunov_spectrum(pylyap.systems.henon(), initial_state=[1e10, 0.0], t_average=1000, progress=False)
    assert far.status == "diverged" and re.search(r"at t = \d+ steps: 0 of 1000 steps", far.message), far.message


@pytest.mark.parametrize("words", CASES)
def test_a_number_of_units_has_its_plural(words):
    spectrum = pylyap.lyapunov_spectrum(CASES[words], t_average=10, t_transient=1, progress=False)
    assert f"10 of 10 {words} counted in" in spectrum.message
    (line,) = [line for line in spectrum.summary().splitlines() if "averaged over" in line]
    assert f" 10 {words} in " in line
