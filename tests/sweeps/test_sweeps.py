"""Sweeps: conditions, the store, going on after an interruption, and what comes back."""

import csv
import functools
import json
import os
import signal
import subprocess
import sys
import threading
import time
import warnings

import numpy as np
import pytest

import pylyap
from pylyap import errors, sweeps
from pylyap.sweeps.conditions import identity, plain_conditions
from pylyap._functions import described
from pylyap.sweeps.store import _plain as store_plain

from subprocesses import environment, read_until


def family(t_average=60, **options):
    times = dict(t_average=t_average, t_transient=50, t_align=20)
    return sweeps.GainFamily(sweeps.RandomNetworks("levy", seed=1), **times, **options)


GRID = sweeps.grid(n=30, alpha=[1.0, 2.0], gain=[0.5, 2.0, 4.0], trial=range(2))


class counted:
    settings = {}  # what it was called with makes no difference

    def __init__(self, calls):
        self.calls = calls

    def __call__(self, condition, offset=0.0):
        self.calls.append(condition["x"])
        return {"square": condition["x"] ** 2 + offset, "pair": np.array([condition["x"], 0.0])}


def squares(calls, **settings):
    return sweeps.Measure("squares", counted(calls), **settings)


def test_grid():
    made = sweeps.grid(a=[1, 2], b="x", c=np.array([0.5]))
    assert made == [{"a": 1, "b": "x", "c": 0.5}, {"a": 2, "b": "x", "c": 0.5}]
    assert type(sweeps.grid(a=np.arange(1))[0]["a"]) is int
    assert sweeps.grid(a={3}, b=(i for i in range(2))) == [{"a": 3, "b": 0}, {"a": 3, "b": 1}]
    with pytest.raises(errors.OptionError, match="a = nan"):
        sweeps.grid(a=[np.nan])


def test_conditions_are_equal_when_their_values_are():
    assert identity({"a": 1, "b": 0.5}) == identity({"b": 0.5, "a": 1.0}) != identity({"a": 1, "b": 0.25})
    with pytest.raises(errors.OptionError, match="twice"):
        plain_conditions([{"a": 1}, {"a": 1.0}])
    with pytest.raises(errors.OptionError, match="twice"):
        plain_conditions([{"a": 1}, {"a": True}])
    for wrong in ({"a": 1}, [1], [{1: 2}], [{"a": [1]}], 3):
        with pytest.raises(errors.OptionError):
            plain_conditions(wrong)


def test_seeds_come_from_the_content():
    one, same = sweeps.seed_of({"a": 1, "b": 2}), sweeps.seed_of({"b": 2.0, "a": 1.0})
    assert one.generate_state(4).tolist() == same.generate_state(4).tolist()
    others = [sweeps.seed_of({"a": 1, "b": 3}), sweeps.seed_of({"a": 1, "b": 2}, root=1), sweeps.seed_of({"a": 1})]
    assert all(one.generate_state(4).tolist() != other.generate_state(4).tolist() for other in others)
    shared = sweeps.seed_of({"a": 1, "b": 3}, ignoring="b")
    assert shared.generate_state(4).tolist() == sweeps.seed_of({"a": 1}).generate_state(4).tolist()


def test_random_networks_share_weights_over_gains_unless_fresh():
    condition = {"n": 20, "alpha": 1.5, "trial": 0}
    common, fresh = sweeps.RandomNetworks(noise=0.1), sweeps.RandomNetworks(fresh=True)
    one, two = (common({**condition, "gain": gain}) for gain in (1.0, 2.0))
    np.testing.assert_allclose(two.weights, 2 * one.weights, rtol=1e-15)
    assert one.drive is not None and common(condition).weights.tolist() == one.weights.tolist()
    assert not np.allclose(fresh({**condition, "gain": 2.0}).weights, 2 * fresh({**condition, "gain": 1.0}).weights)
    assert sweeps.RandomNetworks("gaussian")({"n": 5}).size == 5
    for wrong in (dict(weights="levi"), dict(noise=-1), dict(seed=-1)):
        with pytest.raises(errors.OptionError):
            sweeps.RandomNetworks(**wrong)
    with pytest.raises(errors.OptionError, match="lacks 'alpha'"):
        common({"n": 20})


def test_results_can_be_asked_for_in_many_ways(tmp_path):
    result = pylyap.sweep(squares([]), sweeps.grid(x=[3, 1, 2], kind=["a", "b"]))
    assert result.complete and len(result) == 6 and result.names == ["square", "pair"]
    assert result["square"].tolist() == [9, 9, 1, 1, 4, 4] and result["pair"].shape == (6, 2)
    assert result["kind"].tolist() == ["a", "b"] * 3
    assert result.select(kind="a", x=[1, 3])["square"].tolist() == [9, 1]
    assert result.arranged("square", "kind", "x").tolist() == [[1, 4, 9]] * 2
    assert result.select(x={1, 2}, kind=(kind for kind in "b")).conditions == sweeps.grid(x=[1, 2], kind="b")
    assert result.select(x=np.array([1, 2])).select(kind="b")["square"].tolist() == [1, 4]
    for wanted, text in (
        (dict(x=2.9), "no condition has x = 2.9; the nearest is 3"),
        (dict(x=[1, 7]), "no condition has x = 7; the nearest is 3"),
        (dict(kind="bb"), "did you mean 'b'"),
        (dict(x="1"), "no condition has x = '1'"),
    ):
        with pytest.raises(errors.OptionError, match=text):
            result.select(**wanted)
    with pytest.raises(errors.OptionError, match="together"):
        result.select(kind="b").select(kind="b", x=[])
    for name in ("pair", "kind"):
        with pytest.raises(errors.OptionError, match=f"{name} is not one real number"):
            result.arranged(name, "kind", "x")
    with pytest.raises(errors.OptionError, match="same x"):
        result.arranged("square", "x")
    with pytest.raises(errors.UnknownOptionError, match="did you mean 'kind'"):
        result.select(king="a")
    with pytest.raises(errors.UnknownOptionError, match="did you mean 'square'"):
        result["squar"]
    result.to_csv(tmp_path / "table.csv")
    with open(tmp_path / "table.csv") as file:
        assert next(csv.DictReader(file)) == {"x": "3", "kind": "a", "square": "9.0"}


def test_what_is_missing_is_nan():
    conditions = sweeps.grid(x=[3, 1, 2], kind=["a", "b"])
    part = pylyap.sweep(squares([]), conditions, time_limit=1e-9)  # the first one alone
    np.testing.assert_array_equal(part.arranged("square", "kind", "x"), [[np.nan, np.nan, 9], [np.nan] * 3])
    np.testing.assert_array_equal(part.select(kind="b").arranged("square", "x"), [np.nan] * 3)
    other = pylyap.sweep(squares([]), [{"x": 1, "kind": "a"}, {"x": 2}])
    with pytest.raises(errors.OptionError, match="some conditions have no 'kind'"):
        other.arranged("square", "x", "kind")


def test_a_store_is_not_computed_again(tmp_path):
    calls = []
    first = pylyap.sweep(squares(calls), sweeps.grid(x=[1, 2]), store=tmp_path / "s")
    again = pylyap.sweep(squares(calls), sweeps.grid(x=[2, 3, 1]), store=tmp_path / "s")
    assert calls == [1, 2, 3]
    assert again["square"].tolist() == [4, 9, 1] and first["square"].tolist() == [1, 4]
    assert again["pair"].tolist() == [[2, 0], [3, 0], [1, 0]]


def test_a_store_belongs_to_its_settings(tmp_path):
    pylyap.sweep(squares([], offset=1.0), sweeps.grid(x=1), store=tmp_path / "s")
    with pytest.raises(errors.OptionError, match=r"its settings.offset is 1.0, this one's 2.0"):
        pylyap.sweep(squares([], offset=2.0), sweeps.grid(x=1), store=tmp_path / "s")
    with pytest.raises(errors.OptionError, match="its measure is 'squares', this one's 'others'"):
        pylyap.sweep(sweeps.Measure("others", counted([]), offset=1.0), sweeps.grid(x=1), store=tmp_path / "s")
    other = sweeps.Measure("squares", lambda condition, offset: {"square": 0.0}, offset=1.0)
    with pytest.raises(errors.OptionError, match="settings.function"):
        pylyap.sweep(other, sweeps.grid(x=1), store=tmp_path / "s")
    manifest = tmp_path / "s" / "sweep.json"
    manifest.write_text(manifest.read_text().replace(pylyap.__version__, "0.0.1"))
    with pytest.raises(errors.OptionError, match=f"its pylyap_version is '0.0.1', this one's '{pylyap.__version__}'"):
        pylyap.sweep(squares([], offset=1.0), sweeps.grid(x=1), store=tmp_path / "s")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    with pytest.raises(errors.OptionError, match="something else"):
        pylyap.sweep(squares([]), sweeps.grid(x=1), store=tmp_path / "full")
    (tmp_path / "s" / "sweep.json").write_text("{")
    with pytest.raises(errors.FileFormatError, match="damaged"):
        pylyap.sweep(squares([], offset=1.0), sweeps.grid(x=1), store=tmp_path / "s")


def damage_end(path):
    path.write_bytes(path.read_bytes()[:-40])


def damage_number(path):
    bits = bytearray(path.read_bytes())
    place = bytes(bits).index(np.float64(4.0).tobytes())
    bits[place] ^= 1
    path.write_bytes(bits)


def exchange(path):
    (other,) = [p for p in path.parent.glob("*.npz") if p != path]
    path.write_bytes(other.read_bytes())


@pytest.mark.parametrize("damage", [damage_end, damage_number, exchange])
def test_damaged_files_are_computed_again(tmp_path, damage):
    calls, store = [], tmp_path / "s"
    pylyap.sweep(squares(calls), sweeps.grid(x=[1]), store=store)
    (one,) = store.glob("*.npz")
    pylyap.sweep(squares(calls), sweeps.grid(x=[1, 2]), store=store)
    (two,) = set(store.glob("*.npz")) - {one}
    damage(two)
    with pytest.warns(UserWarning, match="it will be computed again"):
        result = pylyap.sweep(squares(calls), sweeps.grid(x=[1, 2]), store=store)
    assert calls == [1, 2, 2] and result["square"].tolist() == [1, 4]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pylyap.sweep(squares(calls), sweeps.grid(x=[1, 2]), store=store)
    assert calls == [1, 2, 2]


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


def test_a_store_tells_functions_apart(tmp_path):
    def make(scale):
        return lambda condition: {"y": scale * condition["x"]}

    def sweep(function):
        return pylyap.sweep(sweeps.Measure("m", function), sweeps.grid(x=1), store=tmp_path / "s")

    assert sweep(make(2.0))["y"].tolist() == [2.0] == sweep(make(2.0))["y"].tolist()
    assert sweep(make(np.float64(2.0))).complete
    for other in (make(3.0), make(np.full(1000, 2.0)), functools.partial(make(2.0)), lambda condition: {"y": 2.0}):
        with pytest.raises(errors.OptionError, match="settings.function"):
            sweep(other)
    with pytest.raises(errors.OptionError, match="not plain"):
        sweep(make({2.0}))

    class Callable:
        def __call__(self, condition):
            return {"y": 1.0}

    for hidden in (Callable(), make(Callable())):
        with pytest.raises(errors.OptionError, match="give it `settings`"):
            pylyap.sweep(sweeps.Measure("m", hidden), sweeps.grid(x=1), store=tmp_path / "t")


def test_what_a_store_keeps_of_functions():
    def make(factor, matrix):
        def function(condition, factor=factor, *, matrix=matrix):
            return function

        return function

    matrix = np.arange(1000.0)
    kept = store_plain(described(make(2.0, matrix)))
    assert kept == store_plain(described(make(2.0, matrix.copy())))
    assert kept != store_plain(described(make(3.0, matrix)))
    assert kept != store_plain(described(make(2.0, matrix + 1)))
    partial = functools.partial(make(2.0, matrix), factor=1.0)
    assert store_plain(described(partial)) == {"partial": kept, "arguments": [], "keywords": {"factor": 1.0}}


def test_a_store_knows_ufuncs_classes_and_functions_that_call_each_other():
    def make(phi):
        def one(condition):
            return {"y": phi(other(condition["x"]))}

        def other(x):
            return one({"x": x - 1})["y"] if x else x

        return one

    kept = [store_plain(described(make(phi))) for phi in (np.tanh, np.sin, abs, sweeps.RandomNetworks, [1].index)]
    assert kept[0] == store_plain(described(make(np.tanh)))
    assert all(kept[i] != kept[j] for i in range(5) for j in range(i))


def test_ctrl_c_in_an_inner_sweep_ends_the_outer_one():
    def interrupted(condition):
        raise KeyboardInterrupt

    def outer(condition):
        inner = sweeps.Measure("inner", interrupted if condition["x"] else lambda condition: {"y": 1.0})
        return {"n": len(pylyap.sweep(inner, sweeps.grid(z=1)))}

    result = pylyap.sweep(sweeps.Measure("outer", outer), sweeps.grid(x=[0, 1, 2]))
    assert not result.complete and result["n"].tolist() == [1]
    assert not pylyap.sweep(sweeps.Measure("alone", interrupted), sweeps.grid(x=1)).complete


def test_conditions_are_checked_before_the_first_one_is_computed(tmp_path):
    spectra = sweeps.Spectra(sweeps.RandomNetworks(), t_average=10)
    for measure in (spectra, family()):
        for wrong, text in ((dict(alpha=3.0), "alpha"), (dict(n=0), "n = 0"), (dict(n=2.5), "n = 2.5")):
            conditions = [*GRID, {"n": 30, "alpha": 1.0, "gain": 1.0, **wrong}]
            with pytest.raises(errors.OptionError, match=text) as caught:
                pylyap.sweep(measure, conditions, store=tmp_path / measure.name)
            assert len(caught.value.partial) == 0
    with pytest.raises(errors.OptionError, match="fresh"):
        sweeps.GainFamily(sweeps.RandomNetworks(fresh=True), t_average=10)


def test_an_error_keeps_what_is_finished():
    fragile = sweeps.Measure("inverse", lambda condition: {"y": 1 / condition["x"]})
    with pytest.raises(ZeroDivisionError) as caught:
        pylyap.sweep(fragile, sweeps.grid(x=[2, 1, 0, 4]))
    assert caught.value.partial["y"].tolist() == [0.5, 1.0]
    assert [condition["x"] for condition in caught.value.partial.missing] == [0, 4]


def test_little_memory_changes_no_bit(monkeypatch):
    whole = pylyap.sweep(family(), GRID)
    monkeypatch.setattr("pylyap.sweeps.gains.BYTES_TOGETHER", 1)  # one realisation at a time
    parts = pylyap.sweep(family(), GRID)
    np.testing.assert_array_equal(parts["largest_exponent"], whole["largest_exponent"])


def test_what_a_measure_returns_is_checked():
    for wrong in (3.0, {}, {"x": 1.0}):
        with pytest.raises(errors.OptionError, match="the measure returned"):
            pylyap.sweep(sweeps.Measure("wrong", lambda condition, wrong=wrong: wrong), sweeps.grid(x=1))
    for wrong in (None, np.array([None]), [[1], [1, 2]], object()):
        with pytest.raises(errors.OptionError, match="the measure returned y = "):
            pylyap.sweep(sweeps.Measure("wrong", lambda condition, wrong=wrong: {"y": wrong}), sweeps.grid(x=1))
    silent = type("Silent", (sweeps.Measure,), {"__call__": lambda self, batch: []})
    with pytest.raises(errors.OptionError, match="fewer results"):
        pylyap.sweep(silent("silent", None), sweeps.grid(x=1))


def test_progress_tells_the_time_left(capsys):
    pylyap.sweep(squares([]), sweeps.grid(x=range(3)), progress=True)
    last = capsys.readouterr().err.split("\r")[-1]
    assert "3 of 3 conditions" in last and "00:00 left" in last
    pylyap.sweep(squares([]), sweeps.grid(x=range(3)))  # no terminal here
    assert capsys.readouterr().err == ""


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


def test_one_gain_missing_or_another_order_changes_no_bit(tmp_path):
    whole = pylyap.sweep(family(), GRID, store=tmp_path / "s")
    next((tmp_path / "s").glob("*.npz")).unlink()
    rest = pylyap.sweep(family(), GRID, store=tmp_path / "s")
    backwards = pylyap.sweep(family(), GRID[::-1])
    for name in whole.names:
        np.testing.assert_array_equal(rest[name], whole[name])
        np.testing.assert_array_equal(backwards[name][::-1], whole[name])


def test_a_family_is_leading_exponents_of_its_network():
    result = pylyap.sweep(family(), GRID).select(alpha=1.0, trial=1)
    shared = {"n": 30, "alpha": 1.0, "trial": 1}
    network = sweeps.RandomNetworks("levy", seed=1)(shared)
    times = dict(t_average=60, t_transient=50, t_align=20)
    alone = pylyap.leading_exponents(network, [0.5, 2.0, 4.0], seed=sweeps.seed_of(shared), **times)
    np.testing.assert_array_equal(result["largest_exponent"], alone.exponents)
    np.testing.assert_array_equal(result["mean_square"], alone.mean_square)


def test_spectra_are_those_of_single_runs_in_any_company(tmp_path, monkeypatch):
    monkeypatch.setattr("pylyap.sweeps.measures.SIDE_BY_SIDE", 25)  # one size of each kind
    measure = sweeps.Spectra(sweeps.RandomNetworks("levy"), t_average=40, t_transient=20, t_align=10, n_exponents=4)
    conditions = sweeps.grid(n=[20, 30], alpha=1.5, gain=2.0, trial=range(2))
    result = pylyap.sweep(measure, conditions, store=tmp_path / "s")
    shuffled = pylyap.sweep(measure, [conditions[i] for i in (2, 0, 3, 1)])
    np.testing.assert_array_equal(shuffled["exponents"], result["exponents"][[2, 0, 3, 1]])
    for condition, exponents in zip(conditions, result["exponents"]):
        alone = pylyap.lyapunov_spectrum(
            sweeps.RandomNetworks("levy")(condition), t_average=40, t_transient=20, t_align=10, n_exponents=4,
            seed=sweeps.seed_of(condition),
        )
        np.testing.assert_array_equal(exponents, alone.exponents)
    stored = pylyap.sweep(measure, conditions, store=tmp_path / "s")
    assert stored["status"].tolist() == result["status"].tolist()
    assert json.loads((tmp_path / "s" / "sweep.json").read_text())["settings"]["make_network"]["weights"] == "levy"


def step_of(condition):
    return dict(dt=0.4 / condition["gain"], seed=condition["trial"])


def test_options_and_seeds_of_each_condition(monkeypatch):
    monkeypatch.setattr("pylyap.sweeps.measures.SIDE_BY_SIDE", 11)  # one size of each kind
    times = dict(t_average=8, t_transient=2, t_align=1, n_exponents=2)
    measure = sweeps.Spectra(flow_of, options_of=step_of, **times)
    conditions = sweeps.grid(n=[10, 12], gain=[2.0, 4.0], trial=range(2))
    assert all(len({c["gain"] for c in batch}) == 1 for batch in measure.batches(conditions, lambda c: False))
    together = list(measure(conditions))  # not cut into batches: neighbours have other options
    result = pylyap.sweep(measure, conditions)
    for condition, values, exponents in zip(conditions, together, result["exponents"]):
        alone = pylyap.lyapunov_spectrum(flow_of(condition), **step_of(condition), **times)
        np.testing.assert_array_equal(exponents, alone.exponents)
        np.testing.assert_array_equal(values["exponents"], alone.exponents)


def flow_of(condition):
    return pylyap.RateNetwork(pylyap.weights.gaussian(condition["n"], condition["gain"], seed=condition["trial"]))


def test_a_store_knows_the_options_of_each_condition(tmp_path):
    conditions = sweeps.grid(n=5, gain=2.0, trial=0)
    pylyap.sweep(sweeps.Spectra(flow_of, options_of=step_of, t_average=4), conditions, store=tmp_path)
    with pytest.raises(errors.OptionError, match="options_of"):
        pylyap.sweep(sweeps.Spectra(flow_of, t_average=4), conditions, store=tmp_path)


@pytest.mark.parametrize("own, error, word", [
    (dict(dtt=0.1), errors.UnknownOptionError, "did you mean 'dt'"),
    (dict(time_limit=1), errors.OptionError, "time_limit is not possible"),
])
def test_options_of_a_condition_are_checked(own, error, word):
    with pytest.raises(error, match=word):
        pylyap.sweep(sweeps.Spectra(flow_of, options_of=lambda condition: own, t_average=4), sweeps.grid(gain=2.0))


def test_options_are_checked():
    with pytest.raises(errors.OptionError, match="t_average is missing"):
        sweeps.Spectra(flow_of)
    with pytest.raises(errors.UnknownOptionError, match="did you mean 't_align'"):
        sweeps.Spectra(sweeps.RandomNetworks(), t_average=10, t_aling=3)
    with pytest.raises(errors.OptionError, match="time_limit is not possible"):
        sweeps.Spectra(sweeps.RandomNetworks(), t_average=10, time_limit=3)
    with pytest.raises(errors.OptionError, match="'gain'"):
        pylyap.sweep(family(), sweeps.grid(n=10, alpha=1.0))
    with pytest.raises(errors.OptionError, match="time_limit"):
        pylyap.sweep(squares([]), sweeps.grid(x=1), time_limit=0)
    with pytest.raises(errors.OptionError, match="fewer seeds"):
        pylyap.lyapunov_ensemble([pylyap.DiscreteNetwork(np.eye(2) / 2)] * 2, t_average=10, seed=[1])


def test_a_run_that_diverges_is_a_result_and_listed(tmp_path):
    def network(condition):
        return pylyap.DiscreteNetwork(pylyap.weights.gaussian(10, condition["gain"], seed=1), activation="linear")

    measure = sweeps.Spectra(network, t_average=1000, t_transient=10, t_align=10)
    result = pylyap.sweep(measure, sweeps.grid(gain=[0.5, 100.0]), store=tmp_path / "s")
    assert result.complete and result.failures == [] and (result["status"] == "diverged").tolist() == [False, True]
    found = sweeps.status(tmp_path / "s")
    assert found.diverged == [{"gain": 100.0}] and len(found.done) == 2 and "diverged gain=100.0" in str(found)
