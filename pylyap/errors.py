"""Every error pylyap raises on purpose, each derived from `PylyapError` and from the closest built-in."""


class PylyapError(Exception):
    """Base class of all errors raised by pylyap."""


class NetworkError(PylyapError, ValueError):
    """A network, its weights or its inputs cannot be used: wrong shape, type or values."""


class OptionError(PylyapError, ValueError):
    """An option has a value that is not allowed, or contradicts another one."""


class UnknownOptionError(PylyapError, TypeError):
    """An option that does not exist; the message names the nearest one that does."""


class NotYetAvailableError(PylyapError, NotImplementedError):
    """An option that is planned, and is refused rather than ignored until it exists."""


class JuliaError(PylyapError, RuntimeError):
    """Julia reported an error; Julia's own message and stack are in ``__cause__``."""


class JuliaUnavailableError(JuliaError):
    """No Julia could be found or fetched; the message says what was tried and what to do."""


class JuliaStartError(JuliaError):
    """Julia was found but did not start, or its start was interrupted."""


class WrongThreadError(JuliaError):
    """Julia was called from a Python thread other than the main one; ``start_julia(process=True)`` allows that."""


class JuliaProcessError(JuliaError):
    """The helper process that runs Julia ended in the middle of a call; the next call starts another one."""


class ForkedProcessError(JuliaError):
    """Julia was called in a child made by fork; only freshly started processes can use it."""


class FileFormatError(PylyapError, ValueError):
    """A file is damaged, of another kind, or written by a newer pylyap."""


class CheckpointError(FileFormatError):
    """A run cannot go on from a checkpoint; see the three errors derived from this one."""


class CheckpointDamagedError(CheckpointError):
    """A checkpoint was changed or cut short after it was written, and there is no earlier copy of it that is whole."""


class CheckpointForeignError(CheckpointError):
    """The file that is there is not a checkpoint, or one of a newer pylyap; it is left as it is."""


class CheckpointMismatchError(CheckpointError):
    """A checkpoint belongs to another run: the message names every option and input that differs."""


class NotEnoughMemoryError(PylyapError, MemoryError):
    """A run or a file needs more memory than is free; the message says how much."""


class MissingPackageError(PylyapError, ImportError):
    """An optional Python package is needed and not installed; the message says how to get it."""


class StoreError(PylyapError, OSError):
    """The store of a sweep cannot be written to: no space is left, or it is write-protected."""


class SweepError(PylyapError, RuntimeError):
    """A condition of a sweep could not be computed by a process elsewhere; the message says why."""
