"""Signals that end a run and keep what it has: Ctrl-C, termination, and one of the user's choice."""

import os
import signal
import threading

from .errors import OptionError

VARIABLE = "PYLYAP_STOP_SIGNAL"
# SIGKILL and SIGSTOP cannot be received; Julia stops its threads by the others.
NOT_FOR_THIS = ("SIGKILL", "SIGSTOP", "SIGUSR2", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT", "SIGCHLD", "SIGPIPE")


def numbers():
    """The signals: SIGINT, SIGTERM, and the one that the environment variable PYLYAP_STOP_SIGNAL names, if it does.

    Raises
    ------
    OptionError
        If that is no signal, or one that cannot be used.
    """
    found, name = [signal.SIGINT, signal.SIGTERM], os.environ.get(VARIABLE, "").strip().upper()
    if name:
        full = name if name.startswith("SIG") else f"SIG{name}"
        if full in NOT_FOR_THIS or full not in signal.Signals.__members__:
            raise OptionError(f"{VARIABLE} = {name!r} is not allowed: give the name of a signal for programs, such as SIGUSR1")
        found.append(signal.Signals[full])
    return found


class Handled:
    """While it is entered, these signals call `handle(number, stack)`; what was there before is put back on leaving.

    Only in the main thread, and only where nobody else has decided: a SIGINT that is ignored stays ignored, and so does a
    handler for another signal that the user has installed.
    """

    def __init__(self, handle):
        self._handle, self._previous = handle, {}

    def __enter__(self):
        if threading.current_thread() is threading.main_thread():
            for number in numbers():
                previous = signal.getsignal(number)
                if callable(previous) if number == signal.SIGINT else previous is signal.SIG_DFL:
                    self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *error):
        for number, previous in self._previous.items():
            signal.signal(number, previous)
