"""Checks name what is wrong; no odd value gets past them as a raw traceback."""

import gzip
import inspect

import numpy as np
import pytest

import pylyap
from pylyap.errors import NetworkError, OptionError, PylyapError, UnknownOptionError
from pylyap import _checks as checks
from pylyap.results import statistics

GREAT = 10**400  # too large for a float
GREATER = 10**5000  # which Python does not even print


@pytest.mark.parametrize("value", [GREAT, GREATER, -GREATER], ids=["great", "greater", "negative"])
def test_numbers_too_large(value):
    with pytest.raises(OptionError, match="^dt = .* is not allowed: give a step"):
        checks.real("dt", value, "a step")
    with pytest.raises(OptionError, match="^n = .* is not allowed: give an integer from 1 to 5"):
        checks.count("n", value, most=5)


def test_long_values_are_shortened_in_messages():
    with pytest.raises(OptionError) as failure:
        checks.real("dt", np.arange(1000.0), "a step")
    assert len(str(failure.value)) < 200


@pytest.mark.parametrize(
    "value", [np.array(["rk4", "euler"]), np.arange(3), ["rk4"], {}, None, 4, GREATER, b"rk4"], ids=lambda v: type(v).__name__
)
def test_anything_that_is_no_string_is_not_one_of_them(value):
    with pytest.raises(OptionError, match="^solver = .* is not known. Allowed: 'rk4', 'euler'"):
        checks.one_of("solver", value, ("rk4", "euler"))


@checks.named_options()
def without_more(first, *, speed=1, colour=None):
    """Its own words."""
    return first, speed, colour


@checks.named_options(and_those_of=("weight", "speed"))
def with_more(first, *, speed=1, **options):
    return first, speed, options


def test_named_options_come_from_the_signature():
    assert without_more(1, speed=2) == without_more(first=1, speed=2) == (1, 2, None)
    assert with_more(1, weight=3) == (1, 1, {"weight": 3})
    with pytest.raises(UnknownOptionError) as caught:
        without_more(1, sped=2)
    assert str(caught.value) == "without_more has no option 'sped'; did you mean 'speed'? Its options: speed, colour."
    with pytest.raises(UnknownOptionError, match="'wieght'; did you mean 'weight'. Its options: speed, weight[.]$"):
        with_more(1, wieght=2)
    with pytest.raises(TypeError, match="first"):  # Python's own error for what is no option
        without_more(speed=2)


def test_named_options_leave_signature_and_docstring():
    assert str(inspect.signature(without_more)) == "(first, *, speed=1, colour=None)"
    assert without_more.__doc__ == "Its own words."
    assert without_more.__kwdefaults__ == {"speed": 1, "colour": None}


@pytest.mark.parametrize("call", [
    pylyap.lyapunov_spectrum, pylyap.lyapunov_ensemble, pylyap.controls, pylyap.train_force, pylyap.read_weights,
    pylyap.from_state_dict, pylyap.from_torch, pylyap.RateNetwork, pylyap.DiscreteNetwork, pylyap.LeakyRNN,
    pylyap.GRUNetwork, pylyap.LSTMNetwork, pylyap.systems.flow, pylyap.systems.map, pylyap.sweeps.Spectra,
    pylyap.analysis.twin_exponent, pylyap.analysis.adjoint_spectrum, pylyap.torch.LyapunovCallback,
])  # fmt: skip
def test_a_misspelt_option_is_named_with_the_options_there_are(call):
    assert "unknown" not in inspect.signature(call).parameters
    with pytest.raises(UnknownOptionError, match=f"^{call.__name__} has no option 'no_such_thing'.* Its options: "):
        call(no_such_thing=1)


def test_options_of_a_run():
    network = pylyap.RateNetwork(np.eye(2))
    for options in (dict(dt=GREAT), dict(n_exponents=GREATER), dict(solver=np.array(["rk4", "euler"]))):
        with pytest.raises(OptionError):
            pylyap.lyapunov_spectrum(network, t_average=10, **options)


@pytest.mark.parametrize(
    "W",
    [np.ma.masked_equal(np.eye(2), 0.0), list(np.ma.masked_equal(np.eye(2), 0.0)), np.ma.masked_equal(np.eye(2, dtype=int), 0)],
    ids=["array", "list of rows", "integers"],
)
def test_masked_entries_are_not_used_as_numbers(W):
    with pytest.raises(NetworkError, match=r"^W has masked entries.*filled"):
        pylyap.RateNetwork(W)


def test_a_masked_array_without_a_masked_entry_is_an_array():
    np.testing.assert_array_equal(pylyap.RateNetwork(np.ma.array(np.eye(2))).weights, np.eye(2))


def unaligned(array):
    """The same numbers at an odd address, in Fortran order."""
    memory = np.zeros(array.nbytes + 1, np.uint8)
    view = memory[1:].view(array.dtype).reshape(array.shape, order="F")
    view[...] = array
    assert not view.flags.aligned and view.flags.f_contiguous
    return view


@pytest.mark.parametrize("change", [unaligned, lambda W: np.asfortranarray(W.astype(">f8"))], ids=["unaligned", "big-endian"])
def test_weights_that_julia_could_not_read_in_place_are_copied(change):
    W = np.arange(4.0).reshape(2, 2) / 10
    network = pylyap.DiscreteNetwork(change(W), bias=change(np.array([0.1, 0.2])))
    for array in (network.weights, network.bias):
        assert array.dtype == np.float64 and array.flags.aligned and array.flags.f_contiguous and array.dtype.isnative
    np.testing.assert_array_equal(network.weights, W)
    same = pylyap.DiscreteNetwork(W, bias=[0.1, 0.2])

    def run(one):
        return pylyap.lyapunov_spectrum(one, t_average=50, t_transient=10, t_align=10, progress=False)

    np.testing.assert_array_equal(run(network).exponents, run(same).exponents)


def whole_files(folder):
    """Two files of each kind that can be read."""
    W = np.arange(400.0).reshape(20, 20)
    np.save(folder / "w.npy", W)
    np.savez_compressed(folder / "w.npz", W=W)
    (folder / "w.csv").write_text("\n".join(",".join(map(str, row)) for row in W))
    text = "%%MatrixMarket matrix array real general\n20 20\n" + "\n".join(map(str, W.T.ravel()))
    (folder / "w.mtx").write_text(text)
    (folder / "w.mtx.gz").write_bytes(gzip.compress(text.encode()))
    return W, [folder / name for name in ("w.npy", "w.npz", "w.csv", "w.mtx", "w.mtx.gz")]


def test_whole_files_are_read(tmp_path):
    W, files = whole_files(tmp_path)
    for file in files:
        np.testing.assert_array_equal(pylyap.read_weights(file), W)


@pytest.mark.parametrize("kept", [0.0, 0.05, 0.5, 0.99])
def test_truncated_files_are_named(tmp_path, kept):
    W, files = whole_files(tmp_path)
    for file in files:
        content = file.read_bytes()
        file.write_bytes(content[: int(kept * len(content))])
        if file.suffix == ".csv" and kept > 0.9:
            continue  # the last number has lost digits, which nobody can see
        with pytest.raises(NetworkError, match=f"cannot read .*{file.name} as|shape"):
            pylyap.RateNetwork(pylyap.read_weights(file))  # half a table is a table, and no square


def test_damaged_bytes_are_named(tmp_path):
    # within the compressed numbers of an archive: zlib.error, or a wrong checksum
    _, files = whole_files(tmp_path)
    content = bytearray(files[1].read_bytes())
    for place in range(60, 160):
        content[place] ^= 0xFF
    files[1].write_bytes(content)
    with pytest.raises(NetworkError, match="cannot read .*w.npz as .npz") as failure:
        pylyap.read_weights(files[1])
    assert failure.value.__cause__ is not None


class Hostile:
    """Raises what no array does."""

    def __array__(self, *_, **__):
        raise KeyError("array")

    def __iter__(self):
        raise KeyError("iter")

    def __float__(self):
        raise KeyError("float")


@pytest.mark.parametrize("convert", [
    lambda value: checks.floats("x", value), lambda value: checks.reals("x", value, "numbers"),
    lambda value: checks.real("x", value, "a number"), lambda value: checks.numbers("x", value, "give numbers"),
    lambda value: pylyap.theory.semicircle_fraction(value, 0.5), lambda value: statistics.standard_error(value),
    lambda value: statistics.kaplan_yorke_dimension(value),
])  # fmt: skip
def test_whatever_the_object_of_somebody_raises_is_told_in_our_words(convert):
    for value in (Hostile(), [Hostile()]):
        with pytest.raises(PylyapError):
            convert(value)
