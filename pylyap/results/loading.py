"""`load`: a spectrum from its file."""

from ..errors import FileFormatError
from . import storage
from .spectrum import LyapunovSpectrum


def load(path):
    """Read a LyapunovSpectrum that `LyapunovSpectrum.save` wrote.

    Parameters
    ----------
    path : str or os.PathLike

    Returns
    -------
    LyapunovSpectrum

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
    if header.get("format") != storage.FORMAT:
        raise FileFormatError(f"{path} is not a spectrum saved by pylyap")
    if header.get("version") != storage.VERSION:
        raise FileFormatError(
            f"{path} has format version {header.get('version')}, this pylyap reads {storage.VERSION}: update pylyap"
        )
    try:
        storage.check(header, arrays)
        diagnostics = dict(header["diagnostics"])
        for name in [name for name in arrays if name.startswith(storage.DIAGNOSTIC)]:
            diagnostics[name[len(storage.DIAGNOSTIC) :]] = arrays.pop(name)
        for own, name in storage.IN_FILES.items():
            arrays[own] = arrays.pop(name)
        return LyapunovSpectrum(diagnostics=diagnostics, **{name: header[name] for name in storage.PLAIN}, **arrays)
    except FileFormatError as error:
        raise FileFormatError(f"{path}: {error}") from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise FileFormatError(f"{path} is incomplete: {error}") from error
