"""Stores of sweeps: damage, failures of the disk, several drivers, the index, and what is read from them."""

import json
import multiprocessing
import os
import random
import subprocess
import time
import warnings

import numpy as np
import pytest

import pylyap
from pylyap import errors, sweeps
from pylyap.sweeps import leases, store
from subprocesses import run_python


def noted(condition, folder):
    """Some numbers; and a file in a folder for each call."""
    with open(f"{folder}/{condition['x']}-{time.monotonic_ns()}", "w"):
        pass
    rng = np.random.default_rng(sweeps.seed_of(condition))
    return {"number": rng.normal(), "three": rng.normal(size=3), "count": condition["x"] % 3, "word": "odd" * (condition["x"] % 2)}


def calls(folder):
    numbers = [int(name.partition("-")[0]) for name in os.listdir(folder)]
    return {x: numbers.count(x) for x in sorted(set(numbers))}


@pytest.fixture
def marks(tmp_path):
    (tmp_path / "marks").mkdir()
    return tmp_path / "marks"


def measure(marks):
    return sweeps.Measure("noted", noted, folder=str(marks))


def assert_same(one, other):
    assert one.conditions == other.conditions and one.names == other.names
    for name in one.names:
        np.testing.assert_array_equal(one[name], other[name])


VALUES = {
    "double": 0.1, "single": np.float32(0.1), "integer": 3, "small": np.uint8(200), "truth": True, "word": "mot juste",
    "nothing": np.nan, "infinite": -np.inf, "minus": -0.0, "matrix": np.arange(6.0).reshape(2, 3), "empty": np.empty((0, 2)),
    "integers": np.arange(3), "complex": 1 + 2j, "singles": np.ones(3, np.float32), "text": np.array(["a", "bc"]),
}


def test_values_come_back_as_they_were(tmp_path):
    everything = sweeps.Measure("everything", lambda condition: VALUES)
    pylyap.sweep(everything, sweeps.grid(x=1), store=tmp_path / "s")
    again = pylyap.sweep(everything, sweeps.grid(x=1), store=tmp_path / "s")
    assert again.names == list(VALUES)
    for name, value in VALUES.items():
        assert again[name].dtype == np.asarray(value).dtype and again[name][0].tobytes() == np.asarray(value).tobytes()
    (file,) = (tmp_path / "s").glob("*.npz")
    with np.load(file, allow_pickle=False) as npz:  # others can read it, too
        assert "numbers" in npz.files


def test_every_damage_is_found_and_computed_again(tmp_path, marks):
    folder, grid = tmp_path / "s", sweeps.grid(x=range(10))
    whole = pylyap.sweep(measure(marks), grid, store=folder)
    sweeps.read_store(folder)
    files, rng, n = sorted(folder.glob("*.npz")), random.Random(1), 100
    for i in range(n):
        file = rng.choice(files)
        content = bytearray(file.read_bytes())
        place = rng.randrange(len(content))
        kind = i % 4
        if kind == 0:
            content[place] ^= 1 << rng.randrange(8)  # wherever it is: also where a zip file means nothing by it
        elif kind == 1:
            del content[place:]
        elif kind == 2:
            content[place : place + 20] = rng.randbytes(20)
        else:
            content = bytearray(rng.choice([other for other in files if other != file]).read_bytes())
        file.write_bytes(content)
        assert len(sweeps.status(folder).damaged) == 1
        before = len(os.listdir(marks))
        with pytest.warns(UserWarning, match="computed again"):
            assert_same(pylyap.sweep(measure(marks), grid, store=folder), whole)
        assert len(os.listdir(marks)) == before + 1
    assert sweeps.status(folder).damaged == []


def test_damage_of_everything_else_costs_nothing(tmp_path, marks):
    folder, grid = tmp_path / "s", sweeps.grid(x=range(10))
    whole = pylyap.sweep(measure(marks), grid, store=folder)
    old(folder)
    sweeps.read_store(folder)
    index = folder / "work" / "index"
    assert len(store.index.read(index, store.Store(folder).fingerprint)) == 10
    content = bytearray(index.read_bytes())
    content[len(content) // 2] ^= 1
    index.write_bytes(content)
    for file in (folder / "work" / "asked").iterdir():
        file.write_text("{")
    for file in ("leases/abc.0", "drivers/x.json", "failed/abc.json"):
        (folder / "work" / file).parent.mkdir(exist_ok=True)
        (folder / "work" / file).write_text("[")
    assert str(sweeps.status(folder)).startswith("noted: 10 of 10 conditions done, 0 failed, 0 running, 0 missing")
    assert_same(pylyap.sweep(measure(marks), grid, store=folder), whole)
    assert calls(marks) == dict.fromkeys(range(10), 1)


def old(folder):
    """Make files look as if they had been left alone for a while, which lets them into the index."""
    while time.time() - max(file.stat().st_ctime for file in folder.glob("*.npz")) < store.index.SETTLED:
        time.sleep(0.05)


def test_the_index_saves_reading_and_is_no_truth(tmp_path, marks, monkeypatch):
    folder, grid = tmp_path / "s", sweeps.grid(x=range(6))
    whole = pylyap.sweep(measure(marks), grid, store=folder)
    old(folder)
    sweeps.read_store(folder)
    read = []
    original = store.sealed.read
    monkeypatch.setattr(store.sealed, "read", lambda path: read.append(os.path.basename(path)) or original(path))
    assert_same(sweeps.read_store(folder), whole)
    pylyap.sweep(measure(marks), sweeps.grid(x=6), store=folder)
    assert read == []
    file = folder / f"{store.key_of(grid[2])}.npz"
    times = file.stat()
    file.write_bytes(file.read_bytes()[:-1] + b"?")  # another content of the same size and time
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert len(sweeps.status(folder).damaged) == 1
    (folder / "work" / "index").unlink()
    file.unlink()
    assert sweeps.read_store(folder).missing == [grid[2]]


def test_the_index_is_written_as_conditions_finish(tmp_path, marks, monkeypatch):
    monkeypatch.setattr(store.index, "SETTLED", 0.0)
    folder, seen = tmp_path / "s", []

    def looking(measure, batches):
        for batch in batches:
            yield from sweeps.here(measure, [batch])
            there = store.Store(folder)
            seen.append(len(store.index.read(folder / "work" / "index", there.fingerprint)))

    pylyap.sweep(measure(marks), sweeps.grid(x=range(20)), store=folder, engine=looking)
    assert seen[-1] >= 18 and seen == sorted(seen)  # the files of the last tick of the clock are not settled


@pytest.mark.parametrize("torn", [b"", b"0123456789abcdef[", b"x" * 100, b"\xff\n\n\0\n"])
def test_an_index_outlives_lines_that_were_torn(tmp_path, torn):
    path, rows = tmp_path / "index", {}
    for i in range(40):
        values = {name: np.asarray(value) for name, value in VALUES.items()}
        rows[f"key {i}"] = store.index.Row((100, i, i), {"x": i}, values)
        store.index.add(path, "a sweep", {f"key {i}": rows[f"key {i}"]})
        with open(path, "ab") as file:
            file.write(torn)
    found = store.index.read(path, "a sweep")
    assert found.keys() == rows.keys()
    for key, row in rows.items():
        assert found[key][:2] == row[:2]
        for name, value in row.values.items():
            there = found[key].values[name]
            assert (there.dtype, there.shape, there.tobytes()) == (value.dtype, value.shape, value.tobytes())
    assert store.index.read(path, "another sweep") == {}


def test_an_index_of_many_old_lines_is_written_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(store.index, "SPARE", 3)
    path = tmp_path / "index"
    for i in range(9):
        store.index.add(path, "a sweep", {"key": store.index.Row((100, i, i), {"x": 1}, {"y": np.float64(i)})})
    size = path.stat().st_size
    for _ in range(2):
        assert store.index.read(path, "a sweep")["key"] == ((100, 8, 8), {"x": 1}, {"y": 8.0})
    assert path.stat().st_size < size / 8


def test_what_a_status_says(tmp_path, marks):
    def some(condition):
        if condition["x"] == 3:
            raise ValueError("three")
        return {"status": "diverged" if condition["x"] == 1 else "converged"}

    folder = tmp_path / "s"
    with pytest.warns(UserWarning, match="three"):
        pylyap.sweep(sweeps.Measure("some", some), sweeps.grid(x=range(5)), store=folder, retries=0)
    next(folder.glob(f"{store.key_of({'x': 2})}.npz")).write_bytes(b"")
    (folder / f"{store.key_of({'x': 4})}.npz").unlink()
    with leases.Leases(folder / "work") as mine:
        assert mine.claim([store.key_of({"x": 4})])
        found = sweeps.status(folder)
        assert found.running == [{"x": 4}] and found.missing == [{"x": 2}] and found.done == [{"x": 0}, {"x": 1}]
        assert [failure.condition for failure in found.failures] == [{"x": 3}] and found.diverged == [{"x": 1}]
        assert len(found.damaged) == 1 and [driver.pid for driver in found.drivers] == [os.getpid()]
        assert found.seconds_left is None  # nothing was finished since this driver began
        told = str(found)
    for word in ("2 of 5 conditions done, 1 failed, 1 running, 1 missing, 1 damaged", "x=3: raised, tried once: ValueError: three",
                 "diverged x=1", f"process {os.getpid()}"):
        assert word in told
    with pytest.raises(errors.OptionError, match=r"no file sweep\.json"):
        sweeps.status(tmp_path)


def test_stores_of_one_sweep_are_merged(tmp_path, marks):
    grid = sweeps.grid(x=range(6), y=[0.5, 1.5])
    whole = pylyap.sweep(measure(marks), grid)
    pylyap.sweep(measure(marks), grid[:7], store=tmp_path / "a")
    pylyap.sweep(measure(marks), grid[5:], store=tmp_path / "b")
    assert_same(sweeps.read_store(tmp_path / "a", tmp_path / "b"), whole)
    other = sweeps.Measure("other", noted, folder=str(marks))
    pylyap.sweep(other, grid[:1], store=tmp_path / "c")
    with pytest.raises(errors.OptionError, match="belongs to another sweep"):
        sweeps.read_store(tmp_path / "a", tmp_path / "c")


def test_leases_hold_as_long_as_their_driver_lives(tmp_path, monkeypatch):
    with leases.Leases(tmp_path) as one, leases.Leases(tmp_path) as two:
        assert one.claim(["a", "b"]) and not two.claim(["c", "b"]) and two.claim(["c"])
        assert leases.leased(tmp_path).keys() == {"a", "b", "c"}
        one.release(["a"])
        assert two.claim(["a"]) and not one.claim(["a"])
        monkeypatch.setattr(leases, "EXPIRES", -1.0)  # everybody looks dead
        assert two.claim(["b"]) and two.deaths("b") == 1
        one.release(["b"])  # which is no longer its own
        monkeypatch.undo()
        assert not one.claim(["b"])
    assert leases.leased(tmp_path) == {} and leases.drivers(tmp_path) == []


KILLED = """
import os, pathlib
from pylyap.sweeps import leases
with leases.Leases(pathlib.Path(FOLDER)) as mine:
    assert mine.claim(["a"])
    os.kill(os.getpid(), 9)
"""


def test_the_leases_of_a_killed_driver_are_free_at_once(tmp_path):
    for n in range(2):
        run_python(KILLED.replace("FOLDER", repr(str(tmp_path))))
        assert (tmp_path / "leases" / f"a.{n}").exists()
    with leases.Leases(tmp_path) as mine:
        assert mine.claim(["a"]) and mine.deaths("a") == 2
    assert list((tmp_path / "leases").iterdir()) == []


def drive(folder, marks, n):
    pylyap.sweep(measure(marks), sweeps.grid(x=range(n)), store=folder, progress=False)


def driver(folder, marks, n):
    """A driver in a process of its own, which is a fork of this one; it starts no Julia."""
    process = multiprocessing.get_context("fork").Process(target=drive, args=(folder, marks, n))
    process.start()
    return process


def test_two_drivers_share_the_work(tmp_path, marks):
    folder = tmp_path / "with a space"
    drivers = [driver(folder, marks, 100) for _ in range(2)]
    for one in drivers:
        one.join(100)
        assert one.exitcode == 0
    assert calls(marks) == dict.fromkeys(range(100), 1)
    left = {name: os.listdir(folder / "work" / name) for name in ("leases", "drivers")}
    assert left == {"leases": [], "drivers": []}


MOST_KILLS, LEAST_KILLS = 20, 5  # how often a driver is late on a busy machine is not known beforehand


@pytest.mark.parametrize("at_once", [1, 2])
def test_drivers_killed_at_random_times_lose_nothing(tmp_path, marks, monkeypatch, at_once):
    monkeypatch.setattr(store.index, "SETTLED", 0.05)  # so that the index is also written when they are killed
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # which matters to a computer that dies, not to a process
    rng, folder, n, kills = random.Random(at_once), tmp_path / "with a space", 400, 0
    drivers = []
    while kills < MOST_KILLS:
        drivers += [driver(folder, marks, n) for _ in range(at_once - len(drivers))]
        wanted = len(os.listdir(marks)) + rng.randrange(1, 12)
        while all(one.is_alive() for one in drivers) and len(os.listdir(marks)) < wanted:
            time.sleep(rng.random() * 0.002)
        one = drivers.pop(rng.randrange(len(drivers)))
        one.kill()
        one.join()
        assert one.exitcode in (-9, 0)
        kills += 1 if one.exitcode == -9 else MOST_KILLS  # 0: all was done before it could be killed
    assert kills >= LEAST_KILLS
    for one in [*drivers, driver(folder, marks, n)]:
        one.join(200)
        assert one.exitcode == 0
    assert set(calls(marks)) == set(range(n))
    assert n <= sum(calls(marks).values()) <= n + kills  # each costs what was under way
    assert sweeps.status(folder).damaged == []
    assert_same(sweeps.read_store(folder), pylyap.sweep(measure(marks), sweeps.grid(x=range(n))))


def mounted(folder, *options):
    """Mount a file system for tests; skip where that is not allowed."""
    folder.mkdir(exist_ok=True)
    if os.name != "posix" or os.geteuid() != 0 or subprocess.run(["mount", *options, folder], capture_output=True).returncode:
        pytest.skip("file systems can be mounted by root only")


def test_a_full_disk_is_told_and_nothing_finished_is_lost(tmp_path, marks):
    disk = tmp_path / "disk"
    mounted(disk, "-t", "tmpfs", "-o", "size=200k", "tmpfs")
    try:
        big = sweeps.Measure("big", lambda condition: {"y": np.full(2000, float(condition["x"]))})
        with pytest.raises(errors.StoreError, match=r"cannot be written to: No space left.*finished before") as caught:
            pylyap.sweep(big, sweeps.grid(x=range(30)), store=disk / "s")
        kept = len(caught.value.partial)
        assert 0 < kept < 30 and len(sweeps.status(disk / "s").done) == kept and sweeps.status(disk / "s").damaged == []
        subprocess.run(["mount", "-o", "remount,size=2m", disk], check=True)
        assert pylyap.sweep(big, sweeps.grid(x=range(30)), store=disk / "s")["y"][:, 0].tolist() == list(range(30))
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_read_only_store_can_be_read_and_nothing_else(tmp_path, marks):
    folder = tmp_path / "s"
    whole = pylyap.sweep(measure(marks), sweeps.grid(x=range(3)), store=folder)
    mounted(folder, "--bind", folder)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        assert_same(sweeps.read_store(folder), whole)
        assert len(sweeps.status(folder).done) == 3
        assert_same(pylyap.sweep(measure(marks), sweeps.grid(x=range(3)), store=folder), whole)
        with pytest.raises(errors.StoreError, match="cannot be written to: .*(write-protected|Read-only)"):
            pylyap.sweep(measure(marks), sweeps.grid(x=range(4)), store=folder)
        with pytest.raises(errors.StoreError, match="cannot be written to"):
            pylyap.sweep(measure(marks), sweeps.grid(x=1), store=folder / "new")
    finally:
        subprocess.run(["umount", folder], check=True)


def test_many_conditions_are_listed_and_merged_from_the_index(tmp_path, monkeypatch):
    folder, grid = tmp_path / "s", sweeps.grid(g=np.linspace(0, 3, 50).tolist(), n=[10, 20], trial=range(10))
    monkeypatch.setattr(store._files.os, "fsync", lambda handle: None)  # of the disk, which is not the point here
    half = sweeps.Measure("half", lambda condition: {"y": condition["g"] / 2, "exponents": np.zeros(condition["n"])})
    whole = pylyap.sweep(half, grid, store=folder)
    old(folder)
    sweeps.read_store(folder)
    read = []
    original = store.sealed.read
    monkeypatch.setattr(store.sealed, "read", lambda path: read.append(path) or original(path))
    assert len(sweeps.status(folder).done) == 1000 and sweeps.read_store(folder)["y"].tolist() == whole["y"].tolist()
    assert read == []


def test_a_store_that_is_being_made_is_not_strange(tmp_path, marks):
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / ".pylyap-12345678").write_text("{")  # the draft of a driver that was killed
    assert pylyap.sweep(measure(marks), sweeps.grid(x=1), store=folder).complete


def test_checkpoints_have_a_place_in_the_store(tmp_path):
    def long(condition):
        path = sweeps.checkpoint_of(condition)
        if path is None:
            return {"resumed": -1}
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text("half")
            raise KeyboardInterrupt
        return {"resumed": len(path.read_text())}

    grid, folder = sweeps.grid(x=range(2)), tmp_path / "s"
    assert pylyap.sweep(sweeps.Measure("long", long), grid)["resumed"].tolist() == [-1, -1]
    assert len(pylyap.sweep(sweeps.Measure("long", long), grid, store=folder)) == 0
    assert len(pylyap.sweep(sweeps.Measure("long", long), grid, store=folder)) == 1
    assert pylyap.sweep(sweeps.Measure("long", long), grid, store=folder)["resumed"].tolist() == [4, 4]
    assert list((folder / "work" / "checkpoints").iterdir()) == []


def test_other_content_is_no_failure(tmp_path, marks):
    pylyap.sweep(measure(marks), sweeps.grid(x=1), store=tmp_path / "s")
    failed = tmp_path / "s" / "work" / "failed"
    failed.mkdir(exist_ok=True)
    (failed / f"{store.key_of({'x': 2})}.json").write_text(json.dumps({"reason": "?"}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert pylyap.sweep(measure(marks), sweeps.grid(x=2), store=tmp_path / "s").complete
