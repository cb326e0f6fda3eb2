"""The program of a job: ``python -m pylyap.sweeps.engines.worker TASK DIGEST``.

It computes conditions of a sweep that nobody else has leased, until none is left or its time is nearly over. Exit code 0:
there is nothing left for it; 75 (EX_TEMPFAIL): its time was over first, and it should be queued again.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import warnings

from .jobs import LONGEST_MARGIN, MARGIN, Task, read_task

AGAIN = 75


def main(path: str, digest: str) -> int:
    """Compute, and return the exit code."""
    began = time.monotonic()
    for number in (signal.SIGTERM, signal.SIGUSR1):  # of a queue that wants its computer back: as Ctrl-C
        signal.signal(number, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a job may begin with ignored
    task = read_task(path, digest)
    if task.seconds is None:
        return carry_out(task, None)
    left = task.seconds - min(MARGIN * task.seconds, LONGEST_MARGIN) - (time.monotonic() - began)
    timer = threading.Timer(left, os.kill, (os.getpid(), signal.SIGINT))  # ends also what is under way
    timer.daemon = True
    timer.start()
    return carry_out(task, left)


def carry_out(task: Task, seconds: float | None) -> int:
    """Compute what nobody else does, and return the exit code."""
    from ..run import run

    ends = None if seconds is None else time.monotonic() + seconds
    try:
        with warnings.catch_warnings(record=True):  # failures are in the store
            run(
                task.measure, task.conditions, store=task.store, progress=False, time_limit=seconds, engine="here",
                retries=task.retries, job=task.name,
            )  # fmt: skip
    except KeyboardInterrupt:
        return AGAIN
    return AGAIN if ends is not None and time.monotonic() >= ends else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
