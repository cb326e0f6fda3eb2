"""Checkpoints as files: damaged, foreign, of another run, impossible to write; nothing is believed that was changed."""

import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from subprocesses import ROOT, environment

import pylyap
from pylyap import _archives, _files, _stops, errors
from pylyap.runs import checkpoints, loop

W = pylyap.weights.gaussian(5, 2.0, seed=1)
OPTIONS = dict(t_average=200, t_transient=10, t_align=20, n_exponents=3)


def run(file, network=None, **changes):
    network = pylyap.DiscreteNetwork(W) if network is None else network
    return pylyap.lyapunov_spectrum(network, **{**OPTIONS, **changes}, checkpoint=file)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A checkpoint of a run that is done, and its result."""
    file = tmp_path_factory.mktemp("whole") / "run.npz"
    return file, run(file)


@pytest.fixture
def file(whole, tmp_path):
    return shutil.copy(whole[0], tmp_path / "run.npz")


def test_there_is_one_good_copy_at_every_moment(file, whole, monkeypatch):
    _files.previous(file).write_bytes(b"the copy before the copy")
    moves = []
    for name in ("replace", "fsync"):
        real = getattr(os, name)

        def checked(*arguments, real=real):
            moves.append(arguments)
            real(*arguments)
            good = [copy for copy in (file, _files.previous(file)) if _is_good(copy)]
            assert good, f"no whole copy after step {len(moves)}"

        monkeypatch.setattr(os, name, checked)
    run(file)
    assert len(moves) >= 4  # the file to disk, the old one aside, the new one in its place, the folder to disk
    assert _is_good(file) and _is_good(_files.previous(file))
    assert sorted(os.listdir(file.parent)) == ["run.npz", "run.npz.previous"]


def _is_good(path):
    try:
        return bool(checkpoints._content(path))
    except (errors.FileFormatError, OSError):
        return False


def test_what_a_killed_process_left_is_removed(file):
    (file.parent / ".run.npz-0123abcd").write_bytes(b"half of it")
    kept = file.parent / ".run.npz-mine"
    kept.write_bytes(b"the user's")
    run(file)
    assert kept.exists() and not (file.parent / ".run.npz-0123abcd").exists()


def _damaged(data):
    """Every tenth of a file, and 200 copies with a byte flipped."""
    for tenth in range(10):
        yield data[: len(data) * tenth // 10]
    random = np.random.default_rng(1)
    for place in random.choice(len(data), 200, replace=False):
        changed = bytearray(data)
        changed[place] ^= 1 << random.integers(8)
        yield bytes(changed)


def test_nothing_that_was_changed_is_believed(file):
    data = file.read_bytes()
    for changed in _damaged(data):
        file.write_bytes(changed)
        with pytest.raises(errors.CheckpointError, match="damaged|not a checkpoint"):
            run(file)
        assert file.read_bytes() == changed


def test_results_that_were_changed_are_refused(whole, tmp_path):
    path = tmp_path / "spectrum.npz"
    whole[1].save(path)
    data = path.read_bytes()
    assert np.array_equal(pylyap.load(path).exponents, whole[1].exponents)
    for changed in _damaged(data):
        path.write_bytes(changed)
        with pytest.raises(errors.FileFormatError):
            pylyap.load(path)


def test_values_of_sweeps_that_were_changed_are_computed_again(tmp_path):
    measure = pylyap.sweeps.Measure("m", lambda condition: {"y": np.arange(3.0) + condition["x"]})
    pylyap.sweep(measure, [{"x": 1.0}], store=tmp_path)
    (path,) = tmp_path.glob("*.npz")
    data = path.read_bytes()
    for changed in _damaged(data):
        path.write_bytes(changed)
        with pytest.warns(UserWarning, match="computed again"):
            result = pylyap.sweep(measure, [{"x": 1.0}], store=tmp_path)
        assert result["y"].ravel().tolist() == [1.0, 2.0, 3.0]


def test_a_damaged_one_gives_way_to_the_copy_before_it(file, whole):
    good = file.read_bytes()
    _files.previous(file).write_bytes(good)
    file.write_bytes(good[:-1])
    with pytest.warns(UserWarning, match="damaged.*goes on from the copy before it"):
        spectrum = run(file)
    assert np.array_equal(spectrum.local_exponents, whole[1].local_exponents)
    assert _is_good(file) and _files.previous(file).read_bytes() == good  # which did not give way to the damaged one
    file.unlink()
    with pytest.warns(UserWarning, match="there is no .*run.npz: the run goes on from the copy before it"):
        run(file)


CHANGES = {
    "weights (sha256)": dict(network=pylyap.DiscreteNetwork(W + 0.1)),
    "activation (sha256)": dict(network=pylyap.DiscreteNetwork(W, activation="erf")),
    "drive": dict(network=pylyap.DiscreteNetwork(W, drive=pylyap.drives.constant(0.1))),
    "n_exponents": dict(n_exponents=2),
    "t_transient": dict(t_transient=11),
    "t_align": dict(t_align=21),
    "qr_interval": dict(qr_interval=2),
    "seed": dict(seed=1),
    "precision": dict(precision="float32"),
    "initial_state (sha256)": dict(initial_state=np.zeros(5)),
    "initial_frame (sha256)": dict(initial_frame=np.eye(5)[:, :3]),
    "tangent_order": dict(tangent_order="published-transposed"),
    "t_average": dict(t_average=100),
}


@pytest.mark.parametrize("name", CHANGES)
def test_one_of_another_run_is_refused_by_name(name, file):
    before = file.read_bytes()
    with pytest.raises(errors.CheckpointMismatchError) as caught:
        run(file, **CHANGES[name])
    assert f"{name} was " in str(caught.value) or f"{name}." in str(caught.value) or name == "drive"
    assert name != "drive" or "drive" in str(caught.value)
    assert file.read_bytes() == before


def test_a_foreign_file_is_left_as_it_is(file, whole, tmp_path):
    foreign = {
        "a text": b"my notes",
        "nothing": b"",
        "a matrix": None,
        "a result": None,
        "of a newer pylyap": None,
        "of an ensemble": None,
    }
    for name, content in foreign.items():
        if content is not None:
            file.write_bytes(content)
        elif name == "a matrix":
            with open(file, "wb") as stream:
                np.save(stream, W)
        elif name == "a result":
            whole[1].save(file)
        else:
            header, arrays = _archives.read(whole[0])
            change = dict(version=checkpoints.VERSION + 1) if "newer" in name else dict(kind="ensemble")
            _archives.write(file, {**header, **change}, arrays)
        before = file.read_bytes()
        with pytest.raises(errors.CheckpointError, match="not a checkpoint|version 2, this pylyap reads 1|another kind of run"):
            run(file)
        assert file.read_bytes() == before, name


def test_arrays_that_do_not_fit_are_refused(file):
    header, arrays = _archives.read(file)
    for name, value in {
        "run.living.rows": np.array([9, 9, 9]), "run.n_steps": np.array([10**9]), "run.x": np.zeros(3),
        "run.n_logged": np.array([-1]), "log.log_growth": np.zeros((3, 2), order="F"), "run.Q": np.zeros((5, 3), np.int64),
    }.items():  # fmt: skip
        _archives.write(file, header, {**arrays, name: value})
        with pytest.raises(errors.CheckpointMismatchError, match="does not fit|further"):
            run(file)
    for broken in ({"parts": []}, {"parts": [{}]}, {"parts": 3}, {"surroundings": 1}, {"seconds": "x"}):
        _archives.write(file, {**header, **broken}, arrays)
        with pytest.raises(errors.CheckpointError):
            run(file)


def test_another_machine_is_told(file, whole):
    header, arrays = _archives.read(file)
    header["surroundings"]["blas"] = "another one"
    _archives.write(file, header, arrays)
    with pytest.warns(UserWarning, match="blas was 'another one' and is .*goes on"):
        spectrum = run(file)
    assert np.array_equal(spectrum.exponents, whole[1].exponents)


@pytest.mark.parametrize("value", [3.5, [], "", "no/such/folder/run.npz", os.sep, "a\0b"])
def test_a_name_that_cannot_be_written_is_refused_at_once(value):
    with pytest.raises(errors.OptionError, match="checkpoint|regular file|folder"):
        run(value)


@pytest.mark.parametrize("value", [-1, "x", None, np.nan])
def test_bad_intervals_are_refused(value, tmp_path):
    with pytest.raises(errors.OptionError, match="checkpoint_interval"):
        run(tmp_path / "run.npz", checkpoint_interval=value)


@pytest.mark.parametrize("fault", ["full", "gone", "read-only"])
def test_a_run_whose_checkpoint_cannot_be_written_goes_on(fault, tmp_path, monkeypatch, whole):
    """In the middle of the run: every write but the first one fails."""
    folder = tmp_path / "folder"
    folder.mkdir()
    real, count = _archives.write, 0

    def write(path, *arguments, **options):
        nonlocal count
        count += 1
        if count == 2 and fault == "gone":
            shutil.rmtree(folder)
        if count >= 2 and fault != "gone":
            code = {"full": 28, "read-only": 30}[fault]
            raise OSError(code, os.strerror(code))
        real(path, *arguments, **options)

    monkeypatch.setattr(_archives, "write", write)
    monkeypatch.setattr(loop, "chunks", lambda move, n: ((move(1), 1)[1] for _ in range(n)))
    with pytest.warns(UserWarning, match="cannot be written.*goes on without it") as told:
        spectrum = run(folder / "run.npz", checkpoint_interval=0)
    assert count > 100 and len(told) == 1
    assert np.array_equal(spectrum.local_exponents, whole[1].local_exponents)


@pytest.mark.parametrize(("interval", "took", "writes"), [(0, 5.0, 10), (1.5, 0.001, 5), (1.5, 0.045, 2), (30, 0.001, 0)])
def test_writing_takes_a_hundredth_of_the_time_at_most(interval, took, writes, monkeypatch, tmp_path):
    """Ten moments of one second each; the clock is the test's own."""
    clock = [0.0]
    monkeypatch.setattr(checkpoints.time, "monotonic", lambda: clock[0])
    checkpoint, found = checkpoints.Checkpoint(checkpoints.where(tmp_path / "run.npz", interval), "spectrum"), []
    monkeypatch.setattr(checkpoint, "_told", list)
    monkeypatch.setattr(checkpoints, "surroundings", dict)

    class Still:
        def state_arrays(self):
            return {}

    def write(*arguments, **options):
        clock[0] += took
        found.append(clock[0])

    monkeypatch.setattr(checkpoints._archives, "write", write)
    for _ in range(10):
        clock[0] += 1.0
        checkpoint.write_if_due(Still())
    assert len(found) == writes


STOPPED = """
import sys, pylyap
network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(5, 2.0, seed=1))
times = dict(t_average=1e9, t_transient=10, t_align=10, qr_interval=1000)
spectrum = pylyap.lyapunov_spectrum(network, n_exponents=1, **times, checkpoint=sys.argv[1], progress=True)
print(spectrum.status)
"""


@pytest.mark.slow  # two processes that start Julia
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGUSR1])
def test_termination_is_like_ctrl_c_and_leaves_a_checkpoint(number, tmp_path):
    child = subprocess.Popen(
        [sys.executable, "-c", STOPPED, str(tmp_path / "run.npz")], env=environment(PYLYAP_STOP_SIGNAL="usr1"),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    seen = ""
    while "average" not in seen:
        letter = child.stderr.read(1)
        assert letter, seen
        seen += letter
    child.send_signal(number)
    printed, _ = child.communicate(timeout=120)
    assert (child.returncode, printed) == (0, "interrupted\n")
    assert _is_good(tmp_path / "run.npz")


@pytest.mark.parametrize("name", ["nothing", "KILL", "SIGSEGV", "12"])
def test_a_signal_that_cannot_be_used_is_refused(name, monkeypatch):
    monkeypatch.setenv(_stops.VARIABLE, name)
    with pytest.raises(errors.OptionError, match=f"PYLYAP_STOP_SIGNAL = {name.upper()!r}"):
        _stops.numbers()


def test_handlers_are_put_back_and_the_users_own_are_left_alone():
    mine = lambda number, stack: None  # noqa: E731
    before = signal.signal(signal.SIGTERM, mine)
    try:
        with loop.StopRequest():
            assert signal.getsignal(signal.SIGTERM) is mine and signal.getsignal(signal.SIGINT) is not mine
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with loop.StopRequest() as stop:
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)  # of a helper process, which is told of one stop in two ways
            assert stop.requested
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)


def test_resume_on_the_command_line(tmp_path, capsys):
    from pylyap.cli import main

    np.save(tmp_path / "W.npy", W)
    file, first, second = (str(tmp_path / name) for name in ("run.npz", "first.npz", "second.npz"))
    common = ["spectrum", "--weights", str(tmp_path / "W.npy"), "--model", "discrete", "--n-exponents", "2", "--gain", "1.5"]
    times = ["--t-transient", "5", "--t-align", "10", "--qr-interval", "1"]
    assert main([*common, *times, "--t-average", "100", "--checkpoint", file]) == 0
    assert main(["resume", file, "--t-average", "300", "--output", first]) == 0
    assert main([*common, *times, "--t-average", "300", "--output", second]) == 0
    assert np.array_equal(pylyap.load(first).local_exponents, pylyap.load(second).local_exponents)
    np.save(tmp_path / "W.npy", 2 * W)
    assert main(["resume", file, "--t-average", "300"]) == 1
    assert "weights (sha256) was" in capsys.readouterr().err
    for wrong in ({"weights": None}, {"colour": "red"}, {"gain": "x"}, 7):
        header, arrays = _archives.read(file)
        _archives.write(file, {**header, "command": wrong}, arrays)
        assert main(["resume", file]) == 1
    assert main(["resume", str(tmp_path / "no file")]) == 2


def test_resume_tells_once_that_it_goes_on_from_the_copy(tmp_path, capsys):
    from pylyap.cli import main

    np.save(tmp_path / "W.npy", W)
    file = tmp_path / "run.npz"
    assert main(["spectrum", "--weights", str(tmp_path / "W.npy"), "--model", "discrete", "--t-average", "100", "--checkpoint", str(file)]) == 0
    shutil.copy(file, _files.previous(file))
    file.write_bytes(file.read_bytes()[:-1])
    assert main(["resume", str(file)]) == 0
    told = capsys.readouterr().err
    assert told.count("damaged") == 1 and "goes on from the copy before it" in told


def test_a_folder_that_goes_while_a_file_is_written_is_told_once(tmp_path, monkeypatch):
    """The system's words differ from moment to moment; the fault is the same."""
    checkpoint = checkpoints.Checkpoint(checkpoints.where(tmp_path / "run.npz", 0), "spectrum")
    monkeypatch.setattr(checkpoint, "_told", list)
    monkeypatch.setattr(checkpoints, "surroundings", dict)
    faults = iter([FileNotFoundError(2, "No such file", "a"), FileNotFoundError(2, "there is no folder", "b"), OSError(28, "full", "c")])

    class Still:
        def state_arrays(self):
            return {}

    def write(*arguments, **options):
        raise next(faults)

    monkeypatch.setattr(checkpoints._archives, "write", write)
    with pytest.warns(UserWarning) as told:
        for _ in range(3):
            checkpoint.write(Still())
    assert ["No such file" in str(told[0].message), "full" in str(told[1].message), len(told)] == [True, True, 2]


def test_one_that_no_command_made_says_what_to_do(whole, capsys):
    from pylyap.cli import main

    assert main(["resume", str(whole[0])]) == 1
    assert "call the function again" in capsys.readouterr().err
