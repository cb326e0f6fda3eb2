"""Sweeps as tables and TOML files."""

import numpy as np
import pytest

import pylyap
from pylyap import cli, errors, sweeps
from pylyap.sweeps.conditions import seed_of

TOML = """
seed = 3
store = "{store}"

[network]
type = "DiscreteNetwork"
activation = "tanh"

[weights]
type = "levy"
n = 8

[drive]
type = "white_noise"
sigma = 0.1

[run]
t_average = 60
t_transient = 20
t_align = 5
n_exponents = 2

[grid]
alpha = [1.2, 2.0]
g = {{ from = 0.5, to = 2.0, count = 3, spacing = "logarithmic" }}
trial = 2
"""


def tables(**changes):
    found = {
        "network": {"type": "RateNetwork"}, "weights": {"n": 6, "g": 2.0}, "run": {"t_average": 5.0}, "grid": {"trial": 2},
    }
    for name, value in changes.items():
        found[name] = {**found.get(name, {}), **value} if isinstance(value, dict) else value
    return found


def test_a_file_is_the_sweep_it_describes(tmp_path, capsys):
    (tmp_path / "grid.toml").write_text(TOML.format(store=tmp_path / "a store"))
    described = sweeps.Description.read(tmp_path / "grid.toml")
    np.testing.assert_allclose([c["g"] for c in described.conditions[:6:2]], [0.5, 1.0, 2.0], rtol=1e-15)
    assert len(described.conditions) == 12
    assert cli.main(["sweep", str(tmp_path / "grid.toml"), "--csv", str(tmp_path / "out.csv")]) == 0
    assert "12 of 12 conditions done" in capsys.readouterr().err
    result = sweeps.read_store(tmp_path / "a store")
    condition = described.conditions[-1]
    own = seed_of({"alpha": 2.0, "trial": 1}, 3)
    network = pylyap.DiscreteNetwork(
        pylyap.weights.levy(8, condition["g"], 2.0, seed=own), drive=pylyap.drives.white_noise(0.1, seed=seed_of({"trial": 1}, 3))
    )
    alone = pylyap.lyapunov_spectrum(
        network, t_average=60, t_transient=20, t_align=5, n_exponents=2, seed=seed_of(condition, 3)
    )
    np.testing.assert_array_equal(result["exponents"][-1], alone.exponents)


def test_a_dry_run_tells_what_a_sweep_takes(tmp_path, capsys):
    (tmp_path / "grid.toml").write_text(TOML.format(store=tmp_path / "s"))
    assert cli.main(["sweep", str(tmp_path / "grid.toml"), "--dry-run"]) == 0
    told = capsys.readouterr().out
    for word in ("12 conditions", "one after the other", "in the store", "of memory"):
        assert word in told
    assert not (tmp_path / "s").exists()


def test_a_forecast_grows_with_the_work():
    def seen(**axes):
        measure = sweeps.Spectra(sweeps.RandomNetworks("gaussian"), t_average=400, t_transient=20, t_align=5)
        return sweeps.forecast(measure, sweeps.grid(trial=range(10), **axes))

    one, two = seen(n=10), seen(n=[10, 40])
    assert (one.n_conditions, two.n_conditions) == (10, 20)
    assert two.bytes_of_memory == 8 * (40**2 + 4 * 40**2) and two.bytes_of_store > 2 * one.bytes_of_store
    assert one.seconds > 0 and str(one).startswith("10 conditions")


def test_networks_share_random_numbers_over_runs_gains_and_activations():
    described = sweeps.Description(tables(grid={"g": [1.0, 2.0], "activation": ["tanh", "relu"], "dt": [0.05, 0.1]}))
    make = described.measure.make_network
    first = make(described.conditions[0])
    for condition in described.conditions:
        network = make(condition)
        same = condition["trial"] == described.conditions[0]["trial"]
        assert np.allclose(network.weights / condition["g"], first.weights, rtol=1e-15, atol=0) == same
        assert described.measure.options_for(condition)["dt"] == condition["dt"]
    fresh = sweeps.Description(tables(weights={"fresh": True}, grid={"g": [1.0, 2.0]}))
    one, two = (fresh.measure.make_network({"g": g, "trial": 0}).weights for g in (1.0, 2.0))
    assert not np.allclose(two, 2 * one)


@pytest.mark.parametrize("changes, units", [
    (dict(network={"type": "lorenz96", "n": 5}, weights=None, grid={"F": [4.0, 8.0]}), 5),
    (dict(network={"type": "LeakyRNN", "leak": 0.5}, run={"t_average": 10.0}), 6),
    (dict(weights={"type": "dale"}, grid={"excitatory": [0.5, 0.6]}), 6),
    (dict(grid={"weights.type": ["gaussian", "orthogonal"]}), 6),
    (dict(network={"tau": 2.0, "bias": [0.1] * 6}), 6),
])
def test_all_constructors_can_be_described(changes, units):
    found = {name: table for name, table in tables(**changes).items() if table is not None}
    described = sweeps.Description(found)
    assert [described.measure.make_network(c).size for c in described.conditions] == [units] * len(described.conditions)


def test_files_are_looked_for_beside_the_description_and_belong_to_the_settings(tmp_path):
    np.save(tmp_path / "W.npy", np.eye(3) / 2)
    found = tables(weights={"type": "file", "path": "W.npy"}, grid={})
    del found["weights"]["n"], found["weights"]["g"]
    described = sweeps.Description(found, tmp_path)
    assert described.measure.make_network(described.conditions[0]).weights.tolist() == (np.eye(3) / 2).tolist()
    before = described.measure.settings
    np.save(tmp_path / "W.npy", np.eye(3) / 4)
    assert described.measure.settings != before


@pytest.mark.parametrize("changes, text", [
    (dict(netwrok={}), "did you mean 'network'"),
    (dict(network={"activaton": "tanh"}), "did you mean 'activation'"),
    (dict(network={"type": "RateNetwrok"}), "did you mean 'RateNetwork'"),
    (dict(weights={"type": "lévy"}), "did you mean 'levy'"),
    (dict(weights={"alhpa": 1.0, "type": "levy"}), "did you mean 'alpha'"),
    (dict(weights={"type": "levy"}), "needs alpha"),
    (dict(drive={"type": "sinusoid", "frequncy": 1.0}), "did you mean 'frequency'"),
    (dict(drive={"sigma": 1.0}), "needs a type"),
    (dict(run={"t_avrage": 1.0}), "did you mean 't_average'"),
    (dict(run={"time_limit": 1.0}), "no option 'time_limit'"),
    (dict(run={"measure": "spectra"}), "did you mean 'spectrum'"),
    (dict(grid={"gg": [1.0]}), "no option 'gg'"),
    (dict(grid={"activatoin": ["tanh"]}), "did you mean 'activation'"),
    (dict(grid={"wieghts.g": [1.0]}), "did you mean 'weights'"),
    (dict(grid={"weights.gg": [1.0]}), "no option 'gg'"),
    (dict(grid={"g": {"from": 1, "too": 2, "count": 3}}), "did you mean 'to'"),
    (dict(grid={"g": {"from": 0, "to": 2, "count": 3, "spacing": "logarithmic"}}), "give numbers > 0"),
    (dict(grid={"g": {"from": 0, "to": 2}}), "no 'count'"),
    (dict(grid={"g": []}), "at least one value"),
    (dict(grid={"trial": 0}), "trial = 0"),
    (dict(grid={"activation": ["tanh", "tahn"]}), "did you mean 'tanh'"),
    (dict(network={"type": "lorenz63"}), r"\[weights\] has no meaning"),
    (dict(run=3), r"has to be a table"),
])
def test_what_cannot_be_meant_is_refused(changes, text):
    with pytest.raises((errors.OptionError, errors.UnknownOptionError, errors.NetworkError), match=text):
        sweeps.Description(tables(**changes))


@pytest.mark.parametrize("content, text", [("[grid", "is not a TOML file"), (None, "cannot be read")])
def test_files_that_are_none(content, text, tmp_path, capsys):
    if content is not None:
        (tmp_path / "grid.toml").write_text(content)
    assert cli.main(["sweep", str(tmp_path / "grid.toml")]) in (1, 2)
    assert text in capsys.readouterr().err
    assert cli.main(["sweep", str(tmp_path / "grid.txt")]) == 2
    assert "neither a file that ends in .toml" in capsys.readouterr().err
