"""Environment variables and streams around the start of Julia: set for it, put back afterwards."""

import contextlib
import os
import sys

from .. import _streams
from .cores import usable_cores  # noqa: F401  (a part of what a start looks at)


@contextlib.contextmanager
def variables(values):
    """Set environment variables (None: unset) for a while, then restore the whole environment.

    Whatever is set within, by juliacall for instance, goes as well: every child of the process would inherit it.
    """
    before = dict(os.environ)
    _set(values)
    try:
        yield
    finally:
        _set({name: None for name in os.environ if name not in before})
        _set(before)  # all of them: Python does not see what Julia changes


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
def stdout_to_stderr():
    """Send what is printed on standard output, by children too, to standard error."""
    with _redirected({1: 2}), contextlib.redirect_stdout(sys.stderr):
        yield


@contextlib.contextmanager
def output_dropped():
    """Drop what is printed, by children too, on both streams."""
    with open(os.devnull, "wb") as nowhere, output_to(nowhere.fileno()):
        yield


@contextlib.contextmanager
def output_to(descriptor):
    """Send what is printed, by children too, on both streams to an open file."""
    with _redirected({1: descriptor, 2: descriptor}):
        with open(descriptor, "w", encoding="utf-8", errors="replace", closefd=False, buffering=1) as text:
            with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
                yield


@contextlib.contextmanager
def _redirected(descriptors):
    _streams.open_missing_descriptors()
    _flush_both()
    saved = {number: os.dup(number) for number in descriptors}
    try:
        for number, target in descriptors.items():
            os.dup2(target, number)
        yield
    finally:
        _flush_both()
        for number, copy in saved.items():
            os.dup2(copy, number)
            os.close(copy)


def _flush_both():
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            _streams.flush(stream)
