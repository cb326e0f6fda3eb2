"""What users do first, on small networks: an image holds the code that these runs compile. Run by image.py.

Usage: python image_workload.py FILE OFFSET LIBRARY. Julia's LIBRARY has its options in ``jl_options``; at OFFSET, they
hold the name of the file to which Julia writes what it compiles. juliacall 0.9.25 cannot be asked to set it.
"""

import ctypes
import sys
from typing import Any

import numpy as np


def trace_to(file, offset, library):
    """Have Julia write what it compiles to a file, before it starts; returns what has to live as long as Julia."""
    name = ctypes.create_string_buffer(file.encode())
    options = ctypes.c_char.in_dll(ctypes.PyDLL(library, mode=ctypes.RTLD_GLOBAL), "jl_options")
    ctypes.c_void_p.from_address(ctypes.addressof(options) + offset).value = ctypes.addressof(name)
    return name


def run():
    import pylyap
    from pylyap import drives, systems
    from pylyap._solvers import AUTO, HEUN, LAB4, RK4, TSIT5

    n = 32
    W = 3 / n**0.5 * np.random.default_rng(1).normal(size=(n, n))
    short: dict[str, Any] = {"t_transient": 20, "t_average": 30, "progress": False}
    rate, discrete = pylyap.RateNetwork(W), pylyap.DiscreteNetwork(W)
    pylyap.lyapunov_spectrum(rate, solver=AUTO, **short)
    for solver in (RK4, LAB4, TSIT5):
        pylyap.lyapunov_spectrum(rate, solver=solver.name, **short)
    for system in (rate, discrete):
        pylyap.lyapunov_spectrum(system, n_exponents=3, **short)
    for system in (discrete, systems.lorenz63(), systems.henon()):
        pylyap.lyapunov_spectrum(system, **short)
    pylyap.lyapunov_spectrum(pylyap.RateNetwork(W, drive=drives.sinusoid(1.0, 5.0)), **short)
    pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(W, drive=drives.white_noise(0.3, seed=1)), **short)
    pylyap.lyapunov_spectrum(pylyap.RateNetwork(W, drive=drives.white_noise(0.3, seed=1)), solver=HEUN.name, **short)
    pylyap.lyapunov_ensemble([rate, rate], **short)
    pylyap.covariant_vectors(rate, n_vectors=3, **short)


if __name__ == "__main__":
    kept = trace_to(sys.argv[1], int(sys.argv[2]), sys.argv[3])
    run()
