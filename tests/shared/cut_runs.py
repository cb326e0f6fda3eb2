"""Runs that Ctrl-C meets at chosen steps, and that go on from their checkpoint."""

import signal

from pylyap.runs import loop


def stop_after(monkeypatch, steps, piece):
    """Have `loop.chunks` make pieces of a few steps, and press Ctrl-C after a number of steps."""
    done = 0

    def chunks(move, n_steps):
        nonlocal done
        while n_steps > 0:
            size = min(piece, n_steps)
            move(size)
            n_steps -= size
            if done < steps <= done + size:
                signal.raise_signal(signal.SIGINT)
            done += size
            yield size

    monkeypatch.setattr(loop, "chunks", chunks)


def in_parts(monkeypatch, cuts, call, piece=37):
    """What `call` returns when it is stopped after each of these numbers of steps, and called again."""
    for steps in cuts:
        with monkeypatch.context() as patch:
            stop_after(patch, steps, piece)
            stopped = call()
        assert any(result.status == "interrupted" for result in (stopped if isinstance(stopped, list) else [stopped]))
    return call()
