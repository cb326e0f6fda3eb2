"""pynamicalsys (Numba): its own call, RK4 with the Jacobian as a matrix and a QR after every step. Flows only."""

import numpy as np
from numba import njit
from pynamicalsys import ContinuousDynamicalSystem


@njit
def equations_of_motion(time, u, parameters):
    """dx/dt = -x + W tanh(x)"""
    n = len(u)
    return np.dot(parameters.reshape((n, n)), np.tanh(u)) - u


@njit
def jacobian(time, u, parameters):
    """W D - 1"""
    n = len(u)
    found = parameters.reshape((n, n)) * (1 - np.tanh(u) ** 2)
    for i in range(n):
        found[i, i] -= 1.0
    return found


def prepare(job, W, x0):
    """A function without arguments that gives the exponents (k,) per tau."""
    n = len(x0)
    parameters = np.ascontiguousarray(W).ravel()
    system = ContinuousDynamicalSystem(
        equations_of_motion=equations_of_motion, jacobian=jacobian, system_dimension=n,
        parameters=parameters, number_of_parameters=n * n)
    system.integrator("rk4", time_step=job["dt"])
    per_block = job["per_block"] * job["dt"]
    return lambda: system.lyapunov(
        x0, (job["align"] + job["blocks"]) * per_block, parameters=parameters, transient_time=job["align"] * per_block,
        num_exponents=job["k"], method="QR_HH", endpoint=False)
