"""The one Julia of this process: started once, called from the main thread only."""

import contextlib
import importlib
import os
import sys
import threading
import time
import types
import warnings

from ..errors import ForkedProcessError, JuliaError, JuliaStartError, JuliaUnavailableError, OptionError, WrongThreadError
from . import choice as choices
from . import environment, portable, with_juliapkg
from .location import CORE_NAME, core_path

_main = None  # Julia's module Main once Julia runs
_unusable = None  # why Julia cannot be used in this process any more
_forked = False  # whether this process is a copy of one in which Julia had started


def start_julia(threads="auto"):
    """Start Julia in this process, if it does not run yet.

    The first computation does this by itself; call it to choose the number of threads or to have the
    few seconds it takes behind you. The very first start on a machine may have to fetch Julia.

    Parameters
    ----------
    threads : int or "auto"
        Threads of Julia. "auto": what PYTHON_JULIACALL_THREADS or JULIA_NUM_THREADS say, else
        as many as this process may use cores. Fixed once Julia runs: another number then only warns.

    Raises
    ------
    JuliaUnavailableError
        No Julia could be found or fetched.
    JuliaStartError
        Julia did not start, or Ctrl-C was pressed meanwhile. A new process is needed then.
    WrongThreadError, ForkedProcessError
        Called from a thread other than the main one, or in a fork of a process that runs Julia.
    OptionError
        `threads` is neither a positive whole number nor "auto".

    Examples
    --------
    >>> import pylyap
    >>> pylyap.start_julia(threads=2)
    """
    if threads != "auto" and (isinstance(threads, bool) or not isinstance(threads, int) or threads < 1):
        raise OptionError(f"threads is {threads!r}, allowed are 'auto' and whole numbers from 1")
    _start(threads, core=None)


def julia():
    """Julia's module ``Main`` as juliacall shows it; starts Julia if need be.

    The core is ``julia().LyapunovSpectra``. Same errors as `start_julia`.
    """
    if _main is None:
        start_julia()
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
    # Seen missing on macOS with Python 3.14. It is looked for in the type: the value would look for it in Julia.
    can_release = hasattr(type(function), "_jl_call_nogil")
    with errors_translated():
        return function._jl_call_nogil(*arguments) if can_release and not hold_lock else function(*arguments)


@contextlib.contextmanager
def errors_translated():
    """Within it, an error of Julia's becomes a `JuliaError`, whatever way Julia is called."""
    try:
        yield
    except getattr(sys.modules.get("juliacall"), "JuliaError", ()) as error:  # (): before Julia has started, none
        base = sys.modules["juliacall"].Base
        raise JuliaError(f"Julia reported: {base.sprint(base.showerror, error.exception)}") from error


def n_threads():
    """Threads of Julia; starts it if need be."""
    return int(julia().seval("Threads.nthreads()"))


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
            f"Julia was called from the thread {threading.current_thread().name!r}; it can be used from the "
            "main thread only. For several runs at once use processes."
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
    import numpy  # noqa: F401  (before OPENBLAS_CORETYPE is set for Julia: NumPy's OpenBLAS reads it too)

    core = core or core_path()
    if _runs_already():
        with environment.python_keeps_signals():
            _main = _load_core(sys.modules["juliacall"], core)
        _warn_if_other_threads(threads, started_elsewhere=True)
        return
    choice = choices.choose()
    began = time.monotonic()
    try:
        with environment.python_keeps_signals(), environment.variables(_variables(choice, threads)):
            juliacall = _import_juliacall(choice)
            main = _load_core(juliacall, core)
            environment.forget(str(main.seval(r'join(keys(ENV), "\n")')).split("\n"))
    except JuliaUnavailableError:
        raise
    except BaseException as error:
        _unusable = _why_not_started(error)
        raise JuliaStartError(_unusable) from error
    _main = main
    if choice.kind != "environment" and not choice.cold_start_seconds:
        choice.cold_start_seconds = time.monotonic() - began
        choices.record(choice)


def _runs_already():
    juliacall = sys.modules.get("juliacall")
    return juliacall is not None and juliacall.CONFIG.get("inited", False)


def _variables(choice, threads):
    """What to set while Julia starts. The user's own values stay, except that `threads` given in code wins."""
    values = {}
    if not environment.user_says("handle_signals"):
        values["PYTHON_JULIACALL_HANDLE_SIGNALS"] = "yes"
    if not environment.user_says("autoload_ipython_extension"):
        values["PYTHON_JULIACALL_AUTOLOAD_IPYTHON_EXTENSION"] = "no"
    if threads != "auto":
        values["PYTHON_JULIACALL_THREADS"] = str(threads)
    elif not environment.user_says("threads") and not os.environ.get("JULIA_NUM_THREADS"):
        values["PYTHON_JULIACALL_THREADS"] = str(environment.usable_cores())
    if choice.kind == "portable":
        values.update(portable.located().variables())
        kernel = environment.openblas_kernel()
        if kernel and not os.environ.get("OPENBLAS_CORETYPE"):
            values["OPENBLAS_CORETYPE"] = kernel
    return values


def _import_juliacall(choice):
    if choice.kind == "portable":
        return _import_portable_juliacall(portable.located())
    if not (os.environ.get("PYTHON_JULIACALL_EXE") or os.environ.get("PYTHON_JULIACALL_BINDIR")):
        try:
            with_juliapkg.resolve()  # here, because juliacall would let it print on standard output
        except Exception as error:
            raise JuliaUnavailableError(f"juliapkg could not set up Julia ({choice.origin}): {error}") from error
    return importlib.import_module("juliacall")


def _import_portable_juliacall(runtime):
    """Import the juliacall that belongs to the portable runtime's PythonCall, whichever pip installed.

    It asks juliapkg two questions. Their answers are known here, so they are given directly: juliapkg
    would look for package requirements that this runtime cannot fulfil.
    """
    answers = types.ModuleType("juliapkg")
    answers.executable = lambda: str(runtime.executable)
    answers.project = lambda: str(runtime.environment)
    installed = {name: sys.modules.pop(name) for name in ("juliapkg",) if name in sys.modules}
    sys.modules["juliapkg"] = answers
    sys.path.insert(0, str(runtime.python_path))
    try:
        with warnings.catch_warnings():
            # Seen to work either way round with this release.
            warnings.filterwarnings("ignore", message="torch was imported before juliacall")
            return importlib.import_module("juliacall")
    finally:
        sys.path.remove(str(runtime.python_path))
        del sys.modules["juliapkg"]
        sys.modules.update(installed)


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
    elif "did not start properly" in str(error):
        reason = "Julia did not start: it was interrupted (Ctrl-C), or failed as told above on standard error"
    else:
        reason = f"Julia did not start: {type(error).__name__}: {error}"
    return f"{reason}. Julia cannot be used in this process any more; start a new one."


def _warn_if_other_threads(threads, started_elsewhere=False):
    running = int(_main.seval("Threads.nthreads()"))
    if started_elsewhere and running > 1 and sys.modules["juliacall"].CONFIG.get("opt_handle_signals") != "yes":
        warnings.warn(
            "Julia was started before pylyap, with several threads and without PYTHON_JULIACALL_HANDLE_SIGNALS=yes: "
            "Ctrl-C can crash the process",
            stacklevel=4,
        )
    wanted = environment.usable_cores() if started_elsewhere and threads == "auto" else threads
    if wanted not in ("auto", running):
        warnings.warn(f"Julia already runs with {running} threads; {wanted} are not possible any more", stacklevel=4)
