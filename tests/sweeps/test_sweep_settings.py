"""What a store belongs to: its settings, functions among them; and files that were damaged or exchanged."""

import functools
import warnings

import numpy as np
import pytest
from swept import counted, flow_of, squares, step_of

import pylyap
from pylyap import errors, sweeps
from pylyap._functions import described
from pylyap.sweeps.store import _plain as store_plain


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


def test_a_store_knows_the_options_of_each_condition(tmp_path):
    conditions = sweeps.grid(n=5, gain=2.0, trial=0)
    pylyap.sweep(sweeps.Spectra(flow_of, options_of=step_of, t_average=4), conditions, store=tmp_path)
    with pytest.raises(errors.OptionError, match="options_of"):
        pylyap.sweep(sweeps.Spectra(flow_of, t_average=4), conditions, store=tmp_path)
