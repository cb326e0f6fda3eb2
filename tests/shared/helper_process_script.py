"""A program with threads, in which a helper process owns Julia: tells what happens in it, then computes until it is killed.

Its results go to the file that is its first argument; on standard output it prints the number of the helper process.
"""

import asyncio
import http.server
import os
import pickle
import signal
import sys
import threading
import urllib.request
import warnings

import pylyap
from pylyap._runtime import helper_process, transfer
from pylyap.runs import bars, loop

NETWORK = pylyap.DiscreteNetwork(pylyap.weights.gaussian(20, 3.0, seed=1))
seen = {}


def doubled(x, t):
    return 2 * x


def spectrum():
    found = pylyap.lyapunov_spectrum(NETWORK, t_average=500, progress=False)
    return found.exponents.tobytes(), found.local_exponents.tobytes(), found.final_frame.tobytes()


def long_run():
    return pylyap.lyapunov_spectrum(NETWORK, t_transient=0, t_align=0, t_average=1_000_000, progress=True)


def told(act):
    try:
        return act()
    except BaseException as error:  # noqa: BLE001  what was raised is the answer
        return f"{type(error).__name__}: {error}"


class Thread(threading.Thread):
    """Carries out a function; `found` is what that gives, or its error as text."""

    def __init__(self, act):
        super().__init__()
        self._act = act
        self.start()

    def run(self):
        self.found = told(self._act)


class Answer(http.server.BaseHTTPRequestHandler):
    """What a web server does: each request in a thread of its own."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(pickle.dumps(spectrum()))

    def log_message(self, *arguments):
        """Nothing."""


def from_web_server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever).start()
        address = f"http://127.0.0.1:{server.server_port}"
        clients = [Thread(lambda: pickle.loads(urllib.request.urlopen(address).read())) for _ in range(3)]
        for client in clients:
            client.join()
        server.shutdown()
    return [client.found for client in clients]


class Progress:
    """A progress bar that does something once, when work has been done."""

    def __init__(self, act):
        self._act, self.closed = act, threading.Event()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.closed.set()

    def set_description(self, text, refresh):
        self.text = text

    def update(self, n):
        act, self._act = self._act, lambda: None
        act()


def when_it_moves(act, run):
    """Carry out `act` when the bar of a run moves for the first time; what the run gives, and whether its bar closed."""
    bar = Progress(act)
    bars.drawn = lambda total, progress: bar
    try:
        return told(run), bar.closed.is_set()
    finally:
        bars.drawn = drawn


def how_it_ended(found):
    spectrum, closed = found
    return getattr(spectrum, "status", spectrum), 0 < getattr(spectrum, "n_blocks", 0) < 1_000_000, closed


def whole():
    with loop.whole_or_not_at_all():
        return long_run()


def interrupt_here():
    os.kill(os.getpid(), signal.SIGINT)


def other_thread_interrupted():
    """Ctrl-C in a terminal reaches the process group; the main thread waits meanwhile for another that computes."""
    moves = threading.Event()
    worker = Thread(lambda: how_it_ended(when_it_moves(moves.set, long_run)))
    try:
        moves.wait()
        os.killpg(os.getpgrp(), signal.SIGINT)
        worker.join()
        main = "nothing"
    except KeyboardInterrupt:
        main = "KeyboardInterrupt"
    worker.join()
    return main, worker.found


def without_standard_error():
    kept, sys.stderr = sys.stderr, None
    try:
        return pylyap.lyapunov_spectrum(NETWORK, t_average=500, progress=True).n_exponents
    finally:
        sys.stderr = kept


def warned():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        pylyap.start_julia(threads=1000)
    return [str(warning.message) for warning in caught]


def kill_helper():
    os.kill(helper_process._helper.process.pid, signal.SIGKILL)


def main():
    seen["refused"] = (thread := Thread(spectrum)).join() or thread.found
    seen["start"] = (thread := Thread(lambda: pylyap.start_julia(process=True))).join() or thread.found
    seen["spectra"] = [asyncio.run(asyncio.to_thread(spectrum)), *from_web_server(), spectrum()]
    seen["without standard error"] = without_standard_error()
    seen["warnings"] = warned()
    transfer.dumps = pickle.dumps  # as where cloudpickle is not installed
    seen["no name"] = told(lambda: pylyap.systems.map(1, lambda x, t: 2 * x))
    seen["name of a script"] = told(lambda: pylyap.systems.map(1, doubled))
    seen["interrupted"] = how_it_ended(when_it_moves(interrupt_here, long_run))
    seen["handler afterwards"] = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    seen["whole or not at all"] = how_it_ended(when_it_moves(interrupt_here, whole))
    seen["interrupted in another thread"] = other_thread_interrupted()
    seen["killed"] = how_it_ended(when_it_moves(kill_helper, long_run))
    seen["spectra"].append(spectrum())
    with open(sys.argv[1], "wb") as file:
        pickle.dump(seen, file)
    when_it_moves(lambda: print(helper_process._helper.process.pid, flush=True), long_run)


drawn = bars.drawn

if __name__ == "__main__":
    main()
