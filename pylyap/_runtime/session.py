"""The one Julia of this process: started once, called from the main thread only."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from typing import Any

from .._streams import open_missing_descriptors
from .._where import where_julia_is
from ..errors import ForkedProcessError, JuliaError, JuliaStartError, JuliaUnavailableError, OptionError, WrongThreadError
from . import choice as choices
from . import environment, foreign, helper_process, kernel, options
from .location import CORE_NAME, core_path

_main: Any = None  # Julia's module Main once Julia runs
_unusable = None  # why Julia cannot be used in this process any more
_forked = False  # whether this process is a copy of one in which Julia had started


def start_julia(threads="auto", process=False):
    """Start Julia in this process or in one of its own, if it does not run yet.

    The first computation does this by itself; call it to choose the number of threads or to have the
    few seconds it takes behind you. The very first start on a machine may have to fetch Julia.

    Parameters
    ----------
    threads : int or "auto"
        Threads of Julia. "auto": what PYTHON_JULIACALL_THREADS or JULIA_NUM_THREADS say, else
        as many as this process may use cores. Fixed once Julia runs: another number then only warns.
    process : bool
        True: from now on all computations of this process are carried out in a helper process that owns Julia, which
        can be asked from any thread; see docs/threads.md. False: where it was before, at first in this process.

    Raises
    ------
    JuliaUnavailableError
        No Julia could be found or fetched.
    JuliaStartError
        Julia did not start, or Ctrl-C was pressed meanwhile. A new process is needed then.
    WrongThreadError, ForkedProcessError
        Called from a thread other than the main one or from a subinterpreter, or in a fork of a process that runs Julia; not with `process`.
    JuliaProcessError
        The helper process ended while Julia was starting.
    OptionError
        `threads` is neither a whole number from 1 to 32766 nor "auto", or `process` neither True nor False, or variables
        such as PYTHON_JULIACALL_THREADS name an option that Julia cannot use.

    Examples
    --------
    >>> import pylyap
    >>> pylyap.start_julia(threads=2)
    """
    from .. import _checks as checks  # it brings NumPy along, which not every use of this module needs

    is_auto = isinstance(threads, str) and threads == "auto"  # an array would be compared entry by entry
    if not is_auto and (type(threads) is not int or not 0 < threads < options.BEYOND):
        raise OptionError(f"threads is {checks.shown(threads)}, allowed are 'auto' and whole numbers from 1 to {options.BEYOND - 1}")
    if checks.flag("process", process) or helper_process.is_chosen():
        helper_process.start(threads)
    else:
        _start(threads, core=None)


def julia():
    """Julia's module ``Main`` as juliacall shows it; starts Julia if need be.

    The core is ``julia().LyapunovSpectra``. Same errors as `start_julia`.
    """
    if _main is None:
        _start("auto", core=None)
    _guard()
    return _main


def call(function, *arguments, hold_lock=False):
    """Call a Julia function without holding Python's lock, and translate its errors.

    Parameters
    ----------
    function : juliacall value
        For instance ``julia().LyapunovSpectra.step_b``.
    *arguments
        Handed to Julia as juliacall converts them.
    hold_lock : bool
        Hold Python's lock nevertheless, for a function that calls Python. Held, too, where juliacall cannot
        release it.

    Raises
    ------
    JuliaError
        Julia reported an error; juliacall's own, with Julia's stack, is the ``__cause__``.
    """
    _guard()
    with errors_translated():
        return foreign.call(function, arguments, hold_lock)


@contextlib.contextmanager
def errors_translated():
    """Within it, an error of Julia's becomes a `JuliaError`, whatever way Julia is called."""
    try:
        yield
    except getattr(sys.modules.get("juliacall"), "JuliaError", ()) as error:  # (): before Julia has started, none
        base = sys.modules["juliacall"].Base
        raise JuliaError(f"Julia reported: {base.sprint(base.showerror, error.exception)}") from error


@where_julia_is
def n_threads():
    """Threads of Julia; starts it if need be."""
    return int(_main.seval("Threads.nthreads()"))


def is_running():
    """Whether Julia has been started in this process through pylyap."""
    return _main is not None


def _guard():
    if _forked:
        raise ForkedProcessError(
            "this process was forked from one that runs Julia, and Julia does not survive a fork. Start "
            "workers afresh instead, e.g. multiprocessing.get_context('spawn')."
        )
    if threading.current_thread() is not threading.main_thread():
        raise WrongThreadError(
            f"Julia was called from the thread {threading.current_thread().name!r}; in this process it can be used "
            "from the main thread only. Call pylyap.start_julia(process=True) once, from any thread: a helper process then "
            "runs Julia for all threads."
        )
    if _unusable:
        raise JuliaStartError(_unusable)


def _after_fork():
    global _forked
    _forked = _forked or _main is not None or _unusable is not None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _start(threads, core):
    """Start Julia unless it runs, and load the core (from the folder `core` in tests of this module)."""
    global _main, _unusable
    _guard()
    if _main is not None:
        _warn_if_other_threads(threads)
        return
    if not _is_main_interpreter():
        raise WrongThreadError("Julia was called from a subinterpreter; it can be used from Python's main interpreter only.")
    import numpy  # noqa: F401  (before OPENBLAS_CORETYPE is set for Julia: NumPy's OpenBLAS reads it too)

    core = core or core_path()
    if foreign.julia_runs_already():
        with foreign.python_keeps_signals():
            _main = _load_core(sys.modules["juliacall"], core)
        _warn_if_other_threads(threads, started_elsewhere=True)
        return
    open_missing_descriptors()
    choice = choices.choose()
    began = time.monotonic()
    source = choices.source_of(choice)
    launch = source.launch(choice)
    values = _variables(launch, threads)
    options.check(launch.executable, launch.variables)
    try:
        with (
            foreign.python_keeps_signals(), foreign.streams_keep_blocking(),
            options.settled(values),
        ):  # fmt: skip
            main = _load_core(foreign.import_juliacall(launch), core)
            foreign.forget_variables_of(main)
    except JuliaUnavailableError:
        raise
    except BaseException as error:
        _unusable = _why_not_started(error)
        raise JuliaStartError(_unusable) from error
    _main = main
    if not source.is_imposed and not choice.cold_start_seconds:
        choice.cold_start_seconds = time.monotonic() - began
        choices.record(choice)


def _is_main_interpreter():
    """Whether this is the interpreter that a process begins with, seen from its main thread: only there handlers can be set."""
    handler = signal.getsignal(signal.SIGINT)
    try:
        if handler is not None:  # None: of something other than Python, which could not put it back
            signal.signal(signal.SIGINT, handler)
    except ValueError:
        return False
    return True


def _variables(launch, threads):
    """What to set while Julia starts. The user's own values stay, but for `options.NEEDED`, and `threads` given in code wins."""
    values = {f"PYTHON_JULIACALL_{option.upper()}": "yes" for option in options.NEEDED}
    if not options.named("autoload_ipython_extension"):
        values["PYTHON_JULIACALL_AUTOLOAD_IPYTHON_EXTENSION"] = "no"
    if threads != "auto":
        values["PYTHON_JULIACALL_THREADS"] = str(threads)
    else:
        values["PYTHON_JULIACALL_THREADS"] = str(options.threads())
    return values | launch.variables | kernel.variables(kernel.version_for(launch.executable))


def _load_core(juliacall, core):
    main = juliacall.Main
    main.seval("folder -> folder in LOAD_PATH || push!(LOAD_PATH, folder)")(str(core))
    main.seval(f"import {CORE_NAME}")
    loaded = str(main.seval(f"pkgdir({CORE_NAME})"))
    if not os.path.samefile(loaded, core):
        raise JuliaStartError(f"Julia loaded {CORE_NAME} from {loaded}, pylyap's is in {core}")
    return main


def _why_not_started(error):
    if isinstance(error, KeyboardInterrupt):
        reason = "interrupted while Julia was starting"
    elif isinstance(error, subprocess.CalledProcessError):  # its command, whole, would hide what Julia said
        said = " ".join((error.stderr or "").split())[:300]
        reason = f"Julia did not start: it ended with exit code {error.returncode} and said: {said}"
    elif foreign.says_it_did_not_start(error):
        reason = "Julia did not start: it was interrupted (Ctrl-C), or failed as told above on standard error"
    else:
        reason = f"Julia did not start: {type(error).__name__}: {error}"
    return f"{reason}. Julia cannot be used in this process any more; start a new one."


def _warn_if_other_threads(threads, started_elsewhere=False):
    running = int(julia().seval("Threads.nthreads()"))
    if started_elsewhere and running > 1 and not foreign.julia_handles_signals():
        warnings.warn(
            "Julia was started before pylyap, with several threads and without PYTHON_JULIACALL_HANDLE_SIGNALS=yes: "
            "Ctrl-C can crash the process",
            stacklevel=4,
        )
    wanted = environment.usable_cores() if started_elsewhere and threads == "auto" else threads
    if wanted not in ("auto", running):
        warnings.warn(f"Julia already runs with {running} threads; {wanted} are not possible any more", stacklevel=4)
