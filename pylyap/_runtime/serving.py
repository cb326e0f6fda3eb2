"""What the helper process does: carry out the calls of its parent, one after the other, until that has gone."""

import _thread
import contextlib
import os
import pickle
import queue
import signal
import sys
import threading
import warnings
from multiprocessing.connection import Connection
from multiprocessing.pool import ExceptionWithTraceback  # type: ignore[attr-defined]

from ..errors import JuliaError, NetworkError
from ..runs import bars, loop
from . import helper_process, transfer


def serve():
    """Serve the parent at the other end of standard input; never returns."""
    os.setpgid(0, 0)  # Ctrl-C in a terminal is the parent's, see `_join`
    signal.signal(signal.SIGINT, _nothing)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})  # which the parent's thread may block
    sys.argv[1:] = []
    server = Server(helper_process.above_standard_streams(Connection(0)))
    _open_standard_streams()
    bars.make_with(server.bar)
    warnings.showwarning = server.warning
    warnings.simplefilter("always")  # the parent has its own filters
    server.serve()


def _open_standard_streams():
    """Put something in place of standard input, and of the others if they are closed."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    for stream in (1, 2):
        try:
            os.fstat(stream)
        except OSError:
            os.dup2(nothing, stream)


def _nothing(number, stack):
    """Ctrl-C between calls."""


class Server:
    """The helper process's end of the connection. Only the main thread writes, only the other thread reads."""

    def __init__(self, connection):
        self._connection = connection
        self._calls: queue.SimpleQueue = queue.SimpleQueue()
        self._current, self._lock = None, threading.Lock()  # the number of the call under way

    def serve(self):
        threading.Thread(target=self._listen, name="listener", daemon=True).start()
        while True:
            self._answer(*self._calls.get())

    def _listen(self):
        """Hand on calls and stops. A parent that has gone is the end, also in the middle of a run."""
        try:
            while True:
                what, *content = self._connection.recv()
                if what == "stop":
                    self._stop(*content)
                else:
                    self._calls.put((what, content, transfer.Parcel.receive(self._connection, keep=False)))
        finally:
            os._exit(0)

    def _stop(self, number):
        with self._lock:
            if number == self._current:
                _thread.interrupt_main()  # the main thread's handler of Ctrl-C will run, as in any run

    def _answer(self, what, surroundings, parcel):
        try:
            outcome = self._outcome(parcel, *surroundings)
        except KeyboardInterrupt as error:  # that came between two statements
            signal.signal(signal.SIGINT, _nothing)
            outcome = "raised", error
        try:
            answer = transfer.Parcel.of(outcome)
        except Exception as error:  # noqa: BLE001  whatever cannot be pickled is told to the caller
            answer = transfer.Parcel.of(("raised", JuliaError(f"the result cannot be sent: {error}")))
        self._tell("answer")
        answer.send(self._connection)

    def _outcome(self, parcel, number, group, is_part_of_a_whole, folder, path):
        """How a call ended, "returned" or "raised", and with what."""
        try:
            _join(group)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            with self._lock:
                self._current = number
            sys.path[:] = path
            with contextlib.suppress(OSError):  # a folder that has been removed
                os.chdir(folder)
            function, arguments, options = _value(parcel)
            del parcel
            with loop.whole_or_not_at_all() if is_part_of_a_whole else contextlib.nullcontext():
                return "returned", function(*arguments, **options)
        except BaseException as error:  # noqa: BLE001  raised again in the process that asked
            return "raised", _portable(error)
        finally:
            signal.signal(signal.SIGINT, _nothing)
            with self._lock:
                self._current = None
            _join(0)

    def _tell(self, *message):
        self._connection.send(message)

    def warning(self, message, category, filename, lineno, file=None, line=None):
        """In place of `warnings.showwarning`: the parent gives the warning."""
        self._tell("warning", message, category, filename, lineno)

    def bar(self, total, progress):
        """In place of `bars.drawn`: the parent draws the bar."""
        return Bar(self._tell, total, progress)


class Bar:
    """A progress bar that the parent draws."""

    def __init__(self, tell, total, progress):
        self._tell = tell
        tell("bar", total, progress)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._tell("end of bar")

    def set_description(self, text, refresh):
        self._tell("description", text)

    def update(self, n):
        self._tell("done", n)


def _join(group):
    """Go into a process group, 0 for one of its own: that of a parent which cannot receive Ctrl-C itself."""
    with contextlib.suppress(OSError):  # the group of a parent that has left its terminal
        os.setpgid(0, group)


def _value(parcel):
    try:
        return parcel.value()
    except (AttributeError, ImportError, pickle.UnpicklingError) as error:
        raise NetworkError(transfer.why_not_sent(error)) from error


def _portable(error):
    """The error as it can be sent, with this process's traceback as its cause."""
    try:
        pickle.loads(pickle.dumps(error))
        sent = error
    except Exception:  # noqa: BLE001  an error of any class that cannot be pickled
        sent = JuliaError(f"{type(error).__name__}: {error}")
    return ExceptionWithTraceback(sent, error.__traceback__)
