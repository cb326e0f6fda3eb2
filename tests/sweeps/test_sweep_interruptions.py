"""Sweeps that are cut short, by Ctrl-C or by their time limit: what is done is kept, and nothing half done."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
from subprocesses import environment, read_until
from swept import GRID, family, squares

import pylyap
from pylyap import sweeps


def test_an_interruption_within_julia_keeps_nothing_half_done():
    # from a thread, once a run has taken over Ctrl-C, which it does just before Julia works; this one takes a minute
    pylyap.start_julia()
    before = signal.getsignal(signal.SIGINT)

    def press():
        while signal.getsignal(signal.SIGINT) is before:
            time.sleep(0.005)
        os.kill(os.getpid(), signal.SIGINT)

    presser = threading.Thread(target=press)
    presser.start()
    result = pylyap.sweep(family(t_average=3e7), GRID[:1])
    presser.join()
    assert not result.complete and len(result) == 0


INTERRUPTED = """
import signal, sys
import pylyap

signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job begins with SIGINT ignored

network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(40, 2.0, seed=1))

def options(time):
    # without a `t_align` a long run aligns for a tenth of its time; only the bar of the long run is drawn
    return dict(t_average=time, t_transient=10, progress=time > 1e6)

def exponent(condition):
    spectrum = pylyap.lyapunov_spectrum(network, n_exponents=1, t_align=10, **options(condition["time"]))
    return {"y": spectrum.exponents[0]}

def variance(condition):
    return {"y": pylyap.analysis.activity(network, **options(condition["time"])).state.variance}

for function in (exponent, variance):
    print(f"begin {function.__name__}", file=sys.stderr, flush=True)  # the bar of the one before stays on the screen
    measure = pylyap.sweeps.Measure(function.__name__, function)
    result = pylyap.sweep(measure, pylyap.sweeps.grid(time=[100, 3 * 10**7, 200]), store=STORE + function.__name__)
    print([condition["time"] for condition in result.conditions], flush=True)
"""


def test_ctrl_c_within_any_measure_keeps_nothing_half_done(tmp_path):
    (tmp_path / "script.py").write_text(INTERRUPTED.replace("STORE", repr(f"{tmp_path}/")))
    child = subprocess.Popen(
        [sys.executable, tmp_path / "script.py"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
    )
    try:
        for name in ("exponent", "variance"):
            read_until(child.stderr, f"begin {name}")
            read_until(child.stderr, "average")  # Julia is at work by then
            child.send_signal(signal.SIGINT)
            assert child.stdout.readline() == "[100]\n"
        child.communicate(timeout=300)
        assert child.returncode == 0
    finally:
        child.kill()
        child.stdout.close()
        child.stderr.close()
    assert [len(list((tmp_path / name).glob("*.npz"))) for name in ("exponent", "variance")] == [1, 1]


def test_ctrl_c_in_an_inner_sweep_ends_the_outer_one():
    def interrupted(condition):
        raise KeyboardInterrupt

    def outer(condition):
        inner = sweeps.Measure("inner", interrupted if condition["x"] else lambda condition: {"y": 1.0})
        return {"n": len(pylyap.sweep(inner, sweeps.grid(z=1)))}

    result = pylyap.sweep(sweeps.Measure("outer", outer), sweeps.grid(x=[0, 1, 2]))
    assert not result.complete and result["n"].tolist() == [1]
    assert not pylyap.sweep(sweeps.Measure("alone", interrupted), sweeps.grid(x=1)).complete


def test_time_limit_keeps_what_is_done():
    calls = []
    result = pylyap.sweep(squares(calls), sweeps.grid(x=range(5)), time_limit=1e-9)
    assert calls == [0] and not result.complete
    assert result.conditions == [{"x": 0}] and [condition["x"] for condition in result.missing] == [1, 2, 3, 4]


def test_interruption_then_the_same_bits(tmp_path):
    whole = pylyap.sweep(family(), GRID)

    def interrupted(batches):
        for i, batch in enumerate(batches):
            if i == 1:
                os.kill(os.getpid(), signal.SIGINT)
            yield batch

    part = pylyap.sweep(
        family(), GRID, store=tmp_path / "s", engine=lambda measure, batches: sweeps.here(measure, interrupted(batches))
    )
    assert not part.complete and len(part) > 0
    rest = pylyap.sweep(family(), GRID, store=tmp_path / "s")
    assert rest.complete
    for name in whole.names:
        np.testing.assert_array_equal(rest[name], whole[name])
