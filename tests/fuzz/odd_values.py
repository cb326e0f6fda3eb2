"""Values for arguments: some that fit, and many that do not."""

import math
import pathlib

import numpy as np
from hypothesis import strategies as st


class Odd:
    """An object that is nothing."""


class Lying:
    """An object that says it is a number, an array and a network, and breaks when it is believed."""

    shape, ndim, dtype = (3, 3), 2, np.dtype(float)

    def __float__(self):
        raise RuntimeError("no number")

    def __array__(self, *arguments, **options):
        raise RuntimeError("no array")


def hostile():
    """Values that fit almost nothing, made anew each time: a call may keep or change them."""
    plain = [
        None, True, False, -1, 0, 1, 2, 7, 10**9, 10**400, -(10**30), 0.5, -0.5, 1e-300, 1e308, math.nan, math.inf, -math.inf, 1j,
        "", "auto", "random", "\0", "ü" * 300, "no/such/file", b"bytes", np.float32(2), np.int8(-3), np.bool_(True), np.str_("x"),
        (), (1, 2), {"a": 1}, range(3), slice(None), Ellipsis, NotImplemented,
    ]  # fmt: skip
    made = [
        Odd, Lying, list, dict, set, lambda: [1, [2]], lambda: [[1, 2], [3]], lambda: iter([1]), lambda: pathlib.Path("."),
        lambda: np.array([]), lambda: np.zeros((0, 0)), lambda: np.zeros((3, 3, 3)), lambda: np.full((3, 3), np.nan),
        lambda: np.array([[1, 2], [3, np.inf]]), lambda: np.array(["a", "b"]), lambda: np.array([None, 1]),
        lambda: np.array(3.0), lambda: np.zeros((2, 5)), lambda: np.eye(4, dtype=complex), lambda: np.eye(3) * 1e308,
        lambda: np.array([[5e-324, 1e308], [-1e308, 0]]), lambda: np.ma.masked_array(np.eye(3), np.eye(3)),
        lambda: np.zeros(3, dtype=[("a", float)]), lambda: np.array(["2020-01-01"], dtype="datetime64"), lambda: np.eye(3)[::-1].T,
        lambda: np.broadcast_to(1.0, (4, 4)), lambda: (lambda *arguments, **options: 1), lambda: np.random.SeedSequence(1),
        lambda: np.random.default_rng(1), lambda: np.eye(4, dtype=bool), lambda: np.eye(4, dtype=np.float16), _sparse, _empty_sparse,
    ]  # fmt: skip
    return st.one_of(st.sampled_from(plain), st.sampled_from(made).map(lambda make: make()))


def _sparse():
    from scipy import sparse

    return sparse.coo_array(np.eye(4))


def _empty_sparse():
    from scipy import sparse

    return sparse.csr_array((0, 0))


def mostly(*good):
    """One of the good values, or in one of five cases a hostile one."""
    fitting = st.sampled_from(good).map(lambda value: value() if callable(value) else value)
    return st.integers(0, 4).flatmap(lambda die: hostile() if die == 0 else fitting)


def W(n=4):
    return np.random.default_rng(n).normal(size=(n, n))
