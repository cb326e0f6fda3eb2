"""The demo's numbers against the known ones."""

import pytest

import pylyap
from pylyap.cli import demo


@pytest.mark.slow  # about a minute of computing
def test_the_demo_agrees_with_what_is_known():
    compared = 0
    for case in demo.cases():
        spectrum = pylyap.lyapunov_spectrum(case.network, t_average=case.t_average)
        assert spectrum.status == "converged", spectrum.message
        for name, value, error, _ in demo.numbers(spectrum):
            if known := case.known.get(name):
                assert demo.agrees(value, error, known), (case.title, name, value, error, known)
                compared += 1
    assert compared == 6


def test_disagreement_is_seen():
    known = demo.Known(value=0.2, shift=0.01)
    assert demo.agrees(0.249, 0.01, known) and not demo.agrees(0.251, 0.01, known)
