"""Environment variables and signals around the start of Julia: set for it, put back afterwards."""

import atexit
import contextlib
import os
import signal
import sys

# What Julia blocks in the main thread in order to wait for it in a thread of its own.
JULIA_BLOCKS = ("SIGINT", "SIGTERM", "SIGQUIT", "SIGABRT", "SIGUSR1")


def user_says(option):
    """Whether the user has set juliacall's `option`, in the environment or with ``-X``."""
    variable = f"PYTHON_JULIACALL_{option.upper()}"
    switch = f"juliacall-{option.lower().replace('_', '-')}"
    return bool(os.environ.get(variable)) or switch in sys._xoptions


@contextlib.contextmanager
def variables(values):
    """Set environment variables (None: unset) for a while, then restore them."""
    before = {name: os.environ.get(name) for name in values}
    _set(values)
    try:
        yield
    finally:
        _set(before)


def forget(names):
    """Unset variables that came into the process behind Python's back, so that no child inherits them."""
    for name in names:
        if name not in os.environ:
            os.unsetenv(name)


def _set(values):
    for name, value in values.items():
        if value is not None:
            os.environ[name] = value
        else:
            os.environ.pop(name, None)


@contextlib.contextmanager
def python_keeps_signals():
    """Give Ctrl-C and termination back to Python once Julia has started.

    Julia must handle signals itself when it has several threads (its garbage collector uses faults to
    stop them), and then blocks five signals in the main thread. A KeyboardInterrupt reaches Python
    again when the handlers are reinstalled and the mask restored.

    juliacall registers an exit hook as soon as Julia is up, seconds before PythonCall is loaded. That
    moment is used too: a Ctrl-C in those seconds would otherwise be thrown into Julia and get lost.
    """
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    has_mask = hasattr(signal, "pthread_sigmask")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, []) if has_mask else None
    register = atexit.register

    def give_back():
        for number, handler in handlers.items():
            if handler is not None:  # None: installed by something other than Python
                signal.signal(number, handler)
        if has_mask:
            ours = {getattr(signal, name) for name in JULIA_BLOCKS} - before
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ours)

    def register_and_give_back(*arguments, **options):
        give_back()
        return register(*arguments, **options)

    atexit.register = register_and_give_back
    try:
        yield
    finally:
        atexit.register = register
        give_back()


@contextlib.contextmanager
def stdout_to_stderr(quiet=False):
    """Send what is printed on standard output, by children too, to standard error (or nowhere)."""
    sys.stdout.flush()
    saved = os.dup(1)
    nowhere = open(os.devnull, "w")
    try:
        os.dup2(nowhere.fileno() if quiet else 2, 1)
        with contextlib.redirect_stdout(nowhere if quiet else sys.stderr):
            yield
    finally:
        sys.stderr.flush()
        os.dup2(saved, 1)
        os.close(saved)
        nowhere.close()


def openblas_kernel():
    """The kernel an old OpenBLAS (0.3.10) should use on this processor; None to let it choose.

    It does not know processors made since 2020 and then falls back to one several times too slow.
    """
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as stream:
            flags = next((set(line.split()) for line in stream if line.startswith("flags")), set())
    except OSError:
        return None
    if {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"} <= flags:
        return "SkylakeX"
    return "Haswell" if {"avx2", "fma"} <= flags else None


def usable_cores():
    """Cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
