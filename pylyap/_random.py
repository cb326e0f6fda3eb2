"""Named random streams: one seed for the user, one independent stream for each purpose."""

import hashlib
import operator

import numpy as np

from .errors import OptionError


def stream(seed, name):
    """Return the random generator that belongs to a seed and a purpose.

    The same seed and name give the same bits on every machine and in every later version:
    a PCG64 generator seeded by a `numpy.random.SeedSequence` that has the entropy of `seed` and, appended to its
    spawn key, the first 16 bytes of the SHA-256 of `name` (UTF-8) as four little-endian 32-bit words.
    Streams of different names are independent, so weights, initial states and frames never share numbers.

    Parameters
    ----------
    seed : int or numpy.random.SeedSequence
        A non-negative integer of any size, or a seed sequence (its children from ``spawn`` work as well).
    name : str
        What the numbers are for, such as ``"weights"``.

    Returns
    -------
    numpy.random.Generator

    Raises
    ------
    OptionError
        If `seed` is neither a non-negative integer nor a SeedSequence.

    Examples
    --------
    >>> from pylyap._random import stream
    >>> bool(stream(1, "weights").random() == stream(1, "weights").random())
    True
    """
    seed = seed_sequence(seed)
    digest = hashlib.sha256(name.encode()).digest()[:16]
    words = np.frombuffer(digest, dtype="<u4").tolist()
    named = np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, *words), pool_size=seed.pool_size)
    return np.random.Generator(np.random.PCG64(named))


def seed_sequence(seed):
    """Return `seed` as a SeedSequence, or raise OptionError."""
    if isinstance(seed, np.random.SeedSequence):
        return seed
    try:
        number = -1 if isinstance(seed, (bool, np.bool_)) else operator.index(seed)
    except TypeError:
        number = -1
    if number < 0:
        raise OptionError(f"seed = {seed!r} is not allowed: give a non-negative int or a numpy.random.SeedSequence")
    return np.random.SeedSequence(number)


def words(generator):
    """Where a generator of `stream` is in its sequence: (6,) int64, from which `go_to` goes on."""
    state = generator.bit_generator.state
    numbers = [state["state"][name] >> shift & (2**64 - 1) for name in ("state", "inc") for shift in (64, 0)]
    return np.array([*numbers, state["has_uint32"], state["uinteger"]], dtype=np.uint64).view(np.int64)


def go_to(generator, words):
    """Bring a generator of `stream` to where another one was."""
    high, low, high_step, low_step, has_half, half = (int(word) for word in words.view(np.uint64))
    generator.bit_generator.state = {
        "bit_generator": "PCG64", "state": {"state": high << 64 | low, "inc": high_step << 64 | low_step},
        "has_uint32": has_half & 1, "uinteger": half & (2**32 - 1),
    }  # fmt: skip
