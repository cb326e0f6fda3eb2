"""Measures and conditions that tests of sweeps share."""

import numpy as np

import pylyap
from pylyap import sweeps


def family(t_average=60, **options):
    times = dict(t_average=t_average, t_transient=50, t_align=20)
    return sweeps.GainFamily(sweeps.RandomNetworks("levy", seed=1), **times, **options)


GRID = sweeps.grid(n=30, alpha=[1.0, 2.0], gain=[0.5, 2.0, 4.0], trial=range(2))


class counted:
    settings = {}  # what it was called with makes no difference

    def __init__(self, calls):
        self.calls = calls

    def __call__(self, condition, offset=0.0):
        self.calls.append(condition["x"])
        return {"square": condition["x"] ** 2 + offset, "pair": np.array([condition["x"], 0.0])}


def squares(calls, **settings):
    return sweeps.Measure("squares", counted(calls), **settings)


def flow_of(condition):
    return pylyap.RateNetwork(pylyap.weights.gaussian(condition["n"], condition["gain"], seed=condition["trial"]))


def step_of(condition):
    return dict(dt=0.4 / condition["gain"], seed=condition["trial"])
