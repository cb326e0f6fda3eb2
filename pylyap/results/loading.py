"""`load`: a result from its file."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import TYPE_CHECKING, Any

from ..errors import FileFormatError
from . import covariant_file, storage

if TYPE_CHECKING:
    from .covariant import CovariantVectors
    from .spectrum import LyapunovSpectrum

# format of the header: version, and what makes the result
KINDS: dict[str, tuple[int, Callable[..., Any]]] = {
    storage.FORMAT: (storage.VERSION, storage.unpack),
    covariant_file.FORMAT: (covariant_file.VERSION, covariant_file.unpack),
}


def load(path: str | PathLike[str]) -> LyapunovSpectrum | CovariantVectors:
    """Read what `LyapunovSpectrum.save` or `CovariantVectors.save` wrote.

    Parameters
    ----------
    path : str or os.PathLike

    Returns
    -------
    LyapunovSpectrum or CovariantVectors

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    FileFormatError
        If the file is damaged, is something else, or was written by a newer pylyap.

    Examples
    --------
    >>> import pylyap
    >>> spectrum = pylyap.lyapunov_spectrum(pylyap.systems.cat_map(), t_average=100)
    >>> spectrum.save("spectrum.npz")
    >>> pylyap.load("spectrum.npz")
    LyapunovSpectrum(2 of 2 exponents, lambda_1 = 0.9624 per step, converged)
    """
    header, arrays = storage.read_file(path)
    name = header.get("format")
    if not isinstance(name, str) or name not in KINDS:
        raise FileFormatError(f"{path} is not a result saved by pylyap")
    version, unpack = KINDS[name]
    if header.get("version") != version:
        raise FileFormatError(
            f"{path} has format version {header.get('version')}, this pylyap reads {version}: update pylyap"
        )
    try:
        return unpack(header, arrays)
    except FileFormatError as error:
        raise FileFormatError(f"{path}: {error}") from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise FileFormatError(f"{path} is incomplete: {error}") from error
