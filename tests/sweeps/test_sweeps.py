"""Sweeps: conditions, measures, and what comes back."""

import csv
import json

import numpy as np
import pytest

import pylyap
from pylyap import errors, sweeps
from pylyap.sweeps.conditions import identity, plain_conditions

from swept import GRID, family, flow_of, squares, step_of


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
    for bad in (np.zeros((2, 2)), [1], 3, None, b"b"):
        with pytest.raises(errors.OptionError, match="^ignoring = "):
            sweeps.seed_of({"a": 1}, ignoring=bad)


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
