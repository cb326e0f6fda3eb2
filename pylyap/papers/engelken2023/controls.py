"""The controls of one spectrum: is it converged, and is it right?"""

import numpy as np

from ... import controls, weights
from ...networks.models import RateNetwork
from ..page import Page, Row

NAN = float("nan")
GAIN = 4.0


def page(effort):
    """The page of the controls; see `pylyap.papers.reproduce` and docs/controls.md."""
    n = effort.choose(100, 1000)
    report = controls(
        make(n, 1), time_budget=effort.choose(60.0, 3600.0), t_average=effort.choose(300.0, 1000.0),
        make_realisation=lambda seed: make(n, seed), make_size=lambda size: make(size, 1),
    )
    if report.interrupted:
        raise KeyboardInterrupt
    rows = [_row(check) for check in report.checks]
    data = {f"exponents_{name.replace(' ', '_')}": curve.exponents for name, curve in report.curves.items()}
    return Page("Controls of accuracy and convergence", report.headline(), report.figure(), data, rows)


def _row(check):
    """The verdict of the control; one that is neither "pass" nor "fail" compares nothing."""
    judged = {"pass": True, "fail": False}.get(check.verdict)
    there = NAN if judged is None else 0.0
    what = f"{check.code} {check.title}: {check.verdict}"
    return Row(what, check.value, NAN, there, NAN, check.text, check.bound, judged=judged)


def make(n, seed):
    """A chaotic network of n units."""
    return RateNetwork(weights.gaussian(n, GAIN, seed=np.random.SeedSequence((seed, n))))
