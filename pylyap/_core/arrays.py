"""NumPy memory as Julia arrays, without copies."""

import functools

import numpy as np

from .._runtime import session

_TYPES = {"float64": "Float64", "float32": "Float32", "int32": "Int32", "int64": "Int64"}


def share(array):
    """Return a Julia ``Array`` on the memory of a NumPy array.

    PythonCall's own view of a NumPy array is not a ``DenseArray``, which would send BLAS and LAPACK to slow generic
    code; an array wrapped around the address is. The caller keeps the NumPy array alive as long as Julia uses it.

    Parameters
    ----------
    array : numpy.ndarray
        float64, float32, int32 or int64, Fortran-contiguous, at least one-dimensional.

    Returns
    -------
    juliacall array
        ``Array`` of the same shape whose elements are `array`'s, in both directions.

    Raises
    ------
    ValueError
        If the array cannot be shared as it is.
    """
    if array.dtype.name not in _TYPES or not array.flags.f_contiguous or array.ndim == 0:
        raise ValueError(f"cannot share a {array.ndim}-dimensional array of {array.dtype} with strides {array.strides}")
    return _wrapper(_TYPES[array.dtype.name])(array.ctypes.data, *array.shape)


class Converted:
    """`share` for a run in single precision: what it shares is a converted copy, which lives as long as this object."""

    def __init__(self, precision):
        self._precision, self._kept = precision, []

    def __call__(self, array):
        self._kept.append(np.asarray(array, dtype=self._precision))  # the order in memory stays
        return share(self._kept[-1])


@functools.cache
def _wrapper(number_type):
    return session.julia().seval(f"(address, dims...) -> unsafe_wrap(Array, Ptr{{{number_type}}}(UInt(address)), dims)")
