"""The files of JSON in a store that are damaged, or something else: named, or as if they were not there."""

import itertools
import os

import pytest

import pylyap
from pylyap import _files, errors, sweeps

MEASURE = sweeps.Measure("m", lambda condition: {"y": condition["x"]})
CONDITIONS = [{"x": 1.0}, {"x": 2.0}]
ODD = {
    "a list": "[1]", "a number": "3", "nothing": "", "null": "null", "half of it": '{"format": "pylyap sw',
    "deep lists": "[" * 10**5, "deep dicts": '{"a":' * 10**5, "deep and whole": '{"format":' + "[" * 200 + "]" * 200 + "}",
    "a number of many digits": '{"version": %s}' % ("9" * 5000), "another encoding": '{"a": 1}'.encode("utf-16"),
    "another format": '{"format": "notes"}', "no measure": '{"format": "pylyap sweep", "version": 2}',
    "a measure that is none": '{"format": "pylyap sweep", "version": 2, "measure": [1]}',
}  # fmt: skip
LISTS = {"numbers": "[1, 2]", "words": '["a"]', "lists": "[[1]]"}
FAILURE = '{"condition": %s, "kind": "raised", "reason": "", "attempts": %s, "driver": %s}'
FAILURES = {
    "a condition that is none": FAILURE % (3, 1, '""'), "attempts that are none": FAILURE % ("{}", "[]", '""'),
    "drivers": FAILURE % ("{}", 1, "[]"),
}  # fmt: skip
DRIVER = '{"name": "a", "host": "b", "machine": "c", "pid": 4, "started": null, "began": %s}'
DRIVERS = {
    "numbers": '{"name": 1, "host": 2, "machine": 3, "pid": 4, "started": 5, "began": "now"}',
    "no time": DRIVER % "-Infinity", "a time of many digits": DRIVER % ("-1" + "0" * 400),
}  # fmt: skip


@pytest.fixture
def store(tmp_path):
    pylyap.sweep(MEASURE, CONDITIONS, store=tmp_path / "store")
    return tmp_path / "store"


def put(path, content):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize("name", ODD)
def test_a_description_that_is_none_is_named(store, name):
    put(store / "sweep.json", ODD[name])
    for call in (sweeps.status, sweeps.read_store, lambda folder: pylyap.sweep(MEASURE, CONDITIONS, store=folder)):
        with pytest.raises(errors.FileFormatError, match="sweep.json (is damaged|does not describe)"):
            call(store)


def assert_all_there(store):
    assert "2 of 2 conditions done" in str(sweeps.status(store))
    assert len(sweeps.read_store(store)) == 2
    assert pylyap.sweep(MEASURE, CONDITIONS, store=store)["y"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("content", [*ODD.values(), *LISTS.values()], ids=[*ODD, *LISTS])
def test_what_was_asked_for_is_noted_again(store, content):
    (asked,) = (store / "work" / "asked").glob("*.json")
    put(asked, content)
    assert_all_there(store)


@pytest.mark.parametrize("lease", [b"\xff\xfe", b"\0" * 16], ids=["no text", "zeros"])  # zeros: left by a loss of power
@pytest.mark.parametrize("content", [*ODD.values(), *FAILURES.values(), *DRIVERS.values()], ids=[*ODD, *FAILURES, *DRIVERS])
def test_failures_drivers_and_leases_that_are_none_say_nothing(store, content, lease):
    gone = next(store.glob("*.npz"))
    gone.unlink()
    put(store / "work" / "failed" / f"{gone.stem}.json", content)
    put(store / "work" / "drivers" / "someone.json", content)
    put(store / "work" / "leases" / f"{gone.stem}.0", lease)
    assert "1 of 2 conditions done, 0 failed, 0 running, 1 missing" in str(sweeps.status(store))
    assert_computed_again(store)


@pytest.mark.parametrize("driver", [r"a\u0000b", r"\ud800"])
def test_a_driver_that_no_file_can_be_named_after_is_gone(store, driver):
    gone = next(store.glob("*.npz"))
    gone.unlink()
    put(store / "work" / "failed" / f"{gone.stem}.json", FAILURE % ("{}", 1, f'"{driver}"'))
    assert_computed_again(store)


def assert_computed_again(store):
    assert pylyap.sweep(MEASURE, CONDITIONS, store=store)["y"].tolist() == [1.0, 2.0]
    assert_all_there(store)


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
@pytest.mark.parametrize("make", [os.mkdir, getattr(os, "mkfifo", None)], ids=["a folder", "a pipe"])
@pytest.mark.parametrize("place", ["asked/00.json", "failed/{key}.json", "drivers/someone.json", "leases/{key}.0", "index"])
def test_something_else_in_their_place_holds_nobody_up(store, make, place):
    gone = next(store.glob("*.npz"))
    gone.unlink()
    path = store / "work" / place.format(key=gone.stem)
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    make(path)
    assert "1 of 2 conditions done, 0 failed, 0 running, 1 missing" in str(sweeps.status(store))
    if not (place.startswith(("failed", "leases")) and make is os.mkdir):  # which cannot be replaced by a file
        assert_computed_again(store)


def test_a_file_in_place_of_the_folder_of_work_is_named(store):
    for name in sorted((store / "work").rglob("*"), reverse=True):
        name.rmdir() if name.is_dir() else name.unlink()
    (store / "work").rmdir()
    (store / "work").write_text("mine")
    assert "2 of 2 conditions done" in str(sweeps.status(store)) and len(sweeps.read_store(store)) == 2
    with pytest.raises(errors.StoreError, match="cannot be written to"):
        pylyap.sweep(MEASURE, [{"x": 3.0}], store=store)


@pytest.mark.parametrize("text", ["x = " + "[" * 10**5, "x = " + "{a=" * 10**5, "seed = " + "9" * 5000, "a = 1\na = 2"])
def test_descriptions_that_break_the_reader_of_toml_are_named(tmp_path, text):
    (tmp_path / "grid.toml").write_text(text)
    with pytest.raises(errors.FileFormatError, match="is not a TOML file"):
        sweeps.Description.read(tmp_path / "grid.toml")


ENDLESS = {
    "an axis": (lambda: sweeps.grid(x=itertools.count()), "more than 1000 values"),
    "two axes": (lambda: sweeps.grid(x=range(100), y=range(100)), "10000 combinations: give at most 1000$"),
    "conditions": (lambda: pylyap.sweep(MEASURE, ({"x": x} for x in itertools.count())), "more than 1000 values"),
    "a range": (lambda: described(gain={"from": 0, "to": 1, "count": 1001}), r"gain\.count.*\b1000\b"),
    "trials": (lambda: described(trial=1001), r"trial.*\b1000\b"),
}


def described(**grid):
    weights = {"type": "gaussian", "n": 3, "g": 1.0}
    return sweeps.Description({"network": {"type": "DiscreteNetwork"}, "weights": weights, "run": {"t_average": 9}, "grid": grid})


@pytest.mark.parametrize("name", ENDLESS)
def test_conditions_without_end_are_refused(name, monkeypatch):
    for module in ("conditions", "description"):
        monkeypatch.setattr(f"pylyap.sweeps.{module}.MOST", 1000)  # a million of them take seconds
    with pytest.raises(errors.OptionError, match=ENDLESS[name][1]):
        ENDLESS[name][0]()


def test_json_within_the_limits_is_read():
    assert _files.from_json(b'{"a": [[1]], "b": ' + b"9" * 4300 + b"}")["a"] == [[1]]
    deep = b"[" * _files.MOST_LEVELS + b"]" * _files.MOST_LEVELS
    assert _files.from_json(deep)
    with pytest.raises(errors.FileFormatError, match="within each other"):
        _files.from_json(b"[" + deep + b"]")
