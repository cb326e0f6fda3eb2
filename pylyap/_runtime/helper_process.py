"""The helper process that owns Julia for all threads of this one, seen from here; `serving` is its other side.

One call at a time is under way. Its answer comes as a series of messages: progress bars, warnings, and at last what
the function returned or raised. Whatever disturbs that series ends the helper process, and the next call starts
another one.
"""

import atexit
import collections
import contextlib
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import warnings
from multiprocessing.connection import Connection
from multiprocessing.spawn import get_executable

from .. import _stops
from ..errors import JuliaProcessError, JuliaStartError, NetworkError, OptionError
from . import transfer

PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from pylyap._runtime.serving import serve; serve()"
SECONDS_TO_END = 5  # for a process that has closed its connection; it is killed then

_chosen = False  # whether calls go to a helper process
_threads = "auto"  # of Julia there
_helper = None  # the process there is


def is_chosen():
    """Whether the user has asked for a helper process."""
    return _chosen


def start(threads):
    """Have a helper process run Julia from now on, and start it if there is none."""
    global _chosen, _threads
    if os.name != "posix":
        raise OptionError("process = True is not available on Windows: use Julia from the main thread")
    _chosen = True
    with _turn() as said:
        if not _is_alive() and threads != "auto":
            _threads = threads
        _living(said).call(_parcel(_start_julia, threads), said)


def choose(threads):
    """As `start`, but the helper process is started by the first call that needs it."""
    global _chosen, _threads
    if not _is_alive():
        _threads = threads
    _chosen = True


def carry_out(function, *arguments, **options):
    """Have the helper process call a function of a module of pylyap, and return or raise what it does there.

    Calls of several threads are served one after the other, in the order in which they were made.
    """
    parcel = _parcel(function, *arguments, **options)
    with _turn() as said:
        return _living(said).call(parcel, said, forwards=True)


def _parcel(function, *arguments, **options):
    try:
        return transfer.Parcel.of((function, arguments, options))
    except (AttributeError, TypeError, pickle.PicklingError) as error:
        raise NetworkError(transfer.why_not_sent(error)) from error


def _start_julia(threads):
    """Carried out in the helper process."""
    from .session import start_julia

    start_julia(threads)


def _is_alive():
    return _helper is not None and _helper.process.poll() is None


def _living(said):
    """The helper process, in which Julia runs; to be called in a turn."""
    global _helper
    if not _is_alive():
        _helper = Helper()
        _helper.call(_parcel(_start_julia, _threads), said)
    return _helper


@contextlib.contextmanager
def _turn():
    """A turn to use the helper process, and a list for what it warns of, which is told at the end."""
    said: list[tuple] = []
    with _turns.next():
        yield said
    for warning in said:
        warnings.warn_explicit(*warning)


class Turns:
    """Threads take turns in the order in which they asked."""

    def __init__(self):
        self._lock = threading.Lock()
        self._waiting: collections.deque = collections.deque()

    @contextlib.contextmanager
    def next(self):
        """Wait for one's turn, and keep it."""
        mine = threading.Event()
        with self._lock:
            self._waiting.append(mine)
            self._waiting[0].set()
        try:
            mine.wait()
            yield
        finally:
            with self._lock:
                self._waiting.remove(mine)
                if self._waiting:
                    self._waiting[0].set()


_turns = Turns()


class Helper:
    """One helper process and the connection to it."""

    def __init__(self):
        ours, theirs = multiprocessing.Pipe()
        options = [f"-Xjuliacall{name[len('juliacall'):]}={value}" for name, value in sys._xoptions.items()
                   if name.startswith("juliacall-")]  # fmt: skip
        path = [entry for entry in sys.path if isinstance(entry, str)]
        with theirs:
            self.process = subprocess.Popen([get_executable(), *options, "-c", PROGRAM, *path], stdin=theirs.fileno())
        self.connection = above_standard_streams(ours)
        self._number = 0  # of the call under way

    def call(self, parcel, said, forwards=False):
        """Send a call and wait for its answer, drawing its progress bars and noting its warnings in `said`.

        With `forwards` Ctrl-C in the main thread ends the run there, else it ends the helper process.
        """
        self._number += 1
        is_main = threading.current_thread() is threading.main_thread()
        try:
            with self._interrupts_forwarded(is_main and forwards) as arrived:
                self.connection.send(("call", self._number, *_surroundings(is_main)))
                parcel.send(self.connection)
                arrived.is_there()
                how, found = self._answer(said)
        except (EOFError, ConnectionError) as error:
            self.end(SECONDS_TO_END)
            raise JuliaProcessError(
                f"the helper process that runs Julia (number {self.process.pid}) ended in the middle of a call "
                f"({_cause(self.process.returncode)}). The next call starts another one."
            ) from error
        except BaseException:
            self.end()
            raise
        if how == "returned":
            return found
        if isinstance(found, JuliaStartError):
            self.end()
        raise found

    def _answer(self, said):
        with contextlib.ExitStack() as bars:
            while True:
                kind, *content = self.connection.recv()
                if kind == "bar":
                    bar = bars.enter_context(_bar(*content))
                elif kind == "description":
                    bar.set_description(*content, refresh=False)
                elif kind == "done":
                    bar.update(*content)
                elif kind == "end of bar":
                    bars.close()
                elif kind == "warning":
                    said.append(content)
                else:
                    break
        return transfer.Parcel.receive(self.connection, keep=True).value()

    @contextlib.contextmanager
    def _interrupts_forwarded(self, wanted):
        """While it is entered, Ctrl-C and the other stops are sent to the helper process, as `loop.StopRequest` gets them."""
        sender = _Stops(self.connection, self._number)
        with _stops.Handled(sender.handle) if wanted else contextlib.nullcontext():
            yield sender

    def end(self, seconds=0):
        """End the process, at the latest after some seconds."""
        self.connection.close()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class _Stops:
    """Sends the stops of a call, none before the call itself has been sent."""

    def __init__(self, connection, number):
        self._connection, self._number, self._is_there, self._waits = connection, number, False, False

    def handle(self, number, stack):
        self._waits = True
        if self._is_there:
            self._send()

    def is_there(self):
        self._is_there = True
        if self._waits:
            self._send()

    def _send(self):
        with contextlib.suppress(OSError):  # the process has ended, which who reads its answer will see
            self._connection.send(("stop", self._number))


def above_standard_streams(connection):
    """The connection with a number that nobody takes for a standard stream, where those are closed."""
    import fcntl

    number = fcntl.fcntl(connection.fileno(), fcntl.F_DUPFD_CLOEXEC, 3)
    connection.close()
    return Connection(number)


def _surroundings(is_main):
    """What a call depends on beside its arguments.

    A call of another thread than the main one cannot receive Ctrl-C here. So the helper process then joins the process
    group of this one, which a terminal sends it to.
    """
    from ..runs import loop

    receives = not is_main and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
    path = [entry for entry in sys.path if isinstance(entry, str)]
    try:
        folder = os.getcwd()
    except OSError:  # it has been removed
        folder = "."
    return os.getpgrp() if receives else 0, loop.is_part_of_a_whole(), folder, path


def _bar(total, progress):
    from ..runs import bars

    return bars.drawn(total, progress)


def _cause(code):
    return f"by signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


@atexit.register
def _end():
    if _helper is not None and _is_alive():
        _helper.process.kill()
        _helper.process.wait()


def _after_fork():
    """A fork leaves the helper process to its parent, and starts one of its own at the first call."""
    global _helper, _turns
    if _helper is not None:
        _helper.connection.close()  # or the helper process would not see its parent end
    _helper, _turns = None, Turns()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
