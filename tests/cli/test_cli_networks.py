"""The options of the command line give the network that the same words give in Python."""

import numpy as np
import pytest

import pylyap
from pylyap import cli
from pylyap.cli import _networks
from pylyap.errors import OptionError

N = 6


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(1)
    np.save(tmp_path / "W.npy", pylyap.weights.gaussian(N, 2.0, seed=1))
    for name, values in dict(tau=rng.uniform(1, 2, N), bias=rng.normal(size=N), movie=rng.normal(size=(50, N)), mix=rng.normal(size=(N, 2))).items():
        np.save(tmp_path / f"{name}.npy", values)
        np.savetxt(tmp_path / f"{name}.csv", values, delimiter=",", fmt="%.17g")
        np.savetxt(tmp_path / f"{name}.txt", values, fmt="%.17g")
    np.savetxt(tmp_path / "row.csv", np.load(tmp_path / "tau.npy")[np.newaxis], delimiter=",", fmt="%.17g")
    np.save(tmp_path / "two.npy", rng.normal(size=(50, 2)))
    return tmp_path


def network(folder, *arguments):
    given = [str(folder / text) if text.endswith((".npy", ".csv", ".txt")) else text for text in arguments]
    return _networks.network_of(cli.parser().parse_args(["spectrum", "--weights", str(folder / "W.npy"), *given]))


def same(one, other):
    """All that the numbers of two networks depend on."""
    mine, theirs = one.arrays(), other.arrays()
    assert repr(one) == repr(other) and mine.keys() == theirs.keys()
    for name in mine:
        np.testing.assert_array_equal(mine[name], theirs[name], err_msg=name)


@pytest.mark.parametrize("ending", ["npy", "csv", "txt"])
def test_numbers_of_units_come_from_files_of_any_kind(folder, ending):
    W, tau, bias = (np.load(folder / f"{name}.npy") for name in ("W", "tau", "bias"))
    same(network(folder, "--tau", f"tau.{ending}", "--bias", f"bias.{ending}"), pylyap.RateNetwork(W, tau=tau, bias=bias))


def test_a_vector_may_be_a_row_or_a_column(folder):
    same(network(folder, "--tau", "row.csv"), network(folder, "--tau", "tau.npy"))


def test_numbers_stand_for_all_units(folder):
    W = np.load(folder / "W.npy")
    same(network(folder, "--tau", "2.5", "--bias", "-0.5"), pylyap.RateNetwork(W, tau=2.5, bias=np.full(N, -0.5)))


@pytest.mark.parametrize("ending", ["npy", "csv", "txt"])
def test_an_input_comes_from_a_file(folder, ending):
    W, movie = np.load(folder / "W.npy"), np.load(folder / "movie.npy")
    expected = pylyap.RateNetwork(W, drive=pylyap.drives.array(movie, 0.2))
    same(network(folder, "--input", f"movie.{ending}", "--input-interval", "0.2"), expected)


def test_an_input_has_channels_and_weights(folder):
    W, two, mix = (np.load(folder / f"{name}.npy") for name in ("W", "two", "mix"))
    expected = pylyap.DiscreteNetwork(W, drive=pylyap.drives.array(two, 1.0, input_weights=mix))
    same(network(folder, "--model", "discrete", "--input", "two.npy", "--input-weights", "mix.npy"), expected)


@pytest.mark.parametrize(
    ("options", "drive"),
    [
        (["--noise", "0.3"], lambda: pylyap.drives.white_noise(0.3, seed=5)),
        (["--ornstein-uhlenbeck", "0.3", "4"], lambda: pylyap.drives.ornstein_uhlenbeck(0.3, 4.0, seed=5)),
        (["--sinusoid", "2", "0.1"], lambda: pylyap.drives.sinusoid(2.0, 0.1, phase="random", seed=5)),
    ],
)
def test_drives_are_those_of_the_functions(folder, options, drive):
    expected = pylyap.RateNetwork(np.load(folder / "W.npy"), activation="erf", drive=drive())
    same(network(folder, *options, "--drive-seed", "5", "--activation", "erf"), expected)


def test_gain_and_radius(folder):
    W = np.load(folder / "W.npy")
    same(network(folder, "--gain", "1.5"), pylyap.RateNetwork(W * 1.5))
    scaled = pylyap.weights.scaled_to(W, 3.0)
    same(network(folder, "--gain", "1.5", "--spectral-radius", "3"), pylyap.RateNetwork(scaled * 1.5))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--model", "discrete", "--tau", "2"], "--tau"),
        (["--input-interval", "2"], "--input"),
        (["--input-weights", "mix.npy"], "--input"),
        (["--bias", "nowhere.csv"], "nowhere.csv"),
        (["--tau", "W.npy"], None),  # a matrix is no vector
        (["--tau", "-1"], "tau"),
        (["--tau", "nan"], "tau"),
    ],
)
def test_what_does_not_fit_is_refused(folder, arguments, word):
    with pytest.raises((OptionError, pylyap.errors.NetworkError)) as told:
        network(folder, *arguments)
    assert word is None or word in str(told.value)


def test_a_file_with_words_is_no_file_of_numbers(folder):
    (folder / "words.csv").write_text("a,b\nc,d\n")
    with pytest.raises(OptionError, match="words.csv"):
        network(folder, "--bias", "words.csv")


def test_what_was_assumed_is_said_as_a_sentence(tmp_path, capsys):
    np.savetxt(tmp_path / "W.csv", pylyap.weights.gaussian(N, 2.0, seed=1), delimiter=",")
    assert cli.main(["spectrum", "--weights", str(tmp_path / "W.csv"), "--dt", "0.1", "--dry-run"]) == 0
    said = capsys.readouterr().err
    assert said.startswith(f"pylyap: {tmp_path / 'W.csv'}: element [i, j] is taken as")
    assert "UserWarning" not in said and ".py" not in said
