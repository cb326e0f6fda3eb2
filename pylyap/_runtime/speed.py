"""Speed and library of the linear algebra on both sides, for ``pylyap doctor``."""

import time
from pathlib import Path

from .session import julia


def blas():
    """Name of Julia's BLAS library, and the kernel it uses."""
    library, kernel = _module().blas()
    return str(library), str(kernel)


def julia_gflops(n, threads):
    """1e9 floating-point operations per second of an n x n matrix product in Julia."""
    return float(_module().gflops(n, threads))


def numpy_gflops(n):
    """The same in NumPy, on the threads its BLAS takes by itself."""
    import numpy as np

    a, b, c = np.ones((n, n)), np.ones((n, n)), np.zeros((n, n))
    np.matmul(a, b, out=c)
    return 2 * n**3 / min(_seconds(np.matmul, a, b, c) for _ in range(3)) / 1e9


def numpy_blas():
    """Name and version of NumPy's BLAS."""
    import numpy as np

    try:
        found = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
        return f"{found['name']} {found['version']}"
    except (KeyError, TypeError):  # another layout in another NumPy
        return "an unnamed BLAS"


def _seconds(matmul, a, b, c):
    began = time.perf_counter()
    matmul(a, b, out=c)
    return time.perf_counter() - began


def _module():
    main = julia()
    if not main.seval("isdefined(Main, :PylyapMeasure)"):
        main.include(str(Path(__file__).with_suffix(".jl")))
    return main.PylyapMeasure
