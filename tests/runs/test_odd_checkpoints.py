"""Checkpoints whose header is odd and whose checksum is right, whose place is odd, or whose place another run writes to."""

import copy
import math
import os
import warnings

import numpy as np
import pytest
from subprocesses import ROOT

import pylyap
from pylyap import _archives, errors
from pylyap.cli import main
from pylyap.runs import checkpoints

FILE = ROOT / "tests" / "data" / "files" / "checkpoint-1.npz"
NETWORK = pylyap.DiscreteNetwork(pylyap.weights.gaussian(3, 2.0, seed=1))
OPTIONS = dict(n_exponents=2, t_transient=1, t_align=2, t_average=20, qr_interval=1)


def run(file, **options):
    return pylyap.lyapunov_spectrum(NETWORK, **{**OPTIONS, **options}, checkpoint=file)


def put(path, **changes):
    """The file of a run with other entries: of the header, of its part, or of what the part keeps."""
    header, arrays = _archives.read(FILE)
    header = copy.deepcopy(header)
    (part,) = header["parts"]
    for owner in (header, part, part["kept"]):
        owner.update({name: value for name, value in changes.items() if name in owner})
    _archives.write(path, header, arrays)


REFUSED = {
    **dict.fromkeys(("steps_per_block", "longest_block", "n_average"), (0, -1, 1.5, True, None, "x", 2 ** 62, 10 ** 400)),
    **dict.fromkeys(("n_transient", "n_align", "look_every"), (-1, 1.5, None, 2 ** 62)),
    "max_condition": (1, 0.5, math.nan, None, "x", 10 ** 400), "seconds": (-1, math.nan, math.inf, None, "x", 10 ** 400),
    "surroundings": (None, 1, [["a", 1]]), "parts": (None, [], [1], {"0": {}}), "about": (None, 1, [], {}, "x"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_run_has_written_is_refused(name, tmp_path):
    for value in REFUSED[name]:
        put(tmp_path / "run.npz", **{name: value})
        before = (tmp_path / "run.npz").read_bytes()
        with pytest.raises(errors.CheckpointError):
            run(tmp_path / "run.npz")
        assert (tmp_path / "run.npz").read_bytes() == before, value


@pytest.mark.parametrize("notes", [None, [], "x", {"side_by_side": "x"}, {"side_by_side": 0}])
def test_odd_notes_of_an_ensemble_are_not_believed(notes, tmp_path):
    put(tmp_path / "run.npz", notes=notes)
    with pytest.raises(errors.CheckpointMismatchError, match="another kind of run"):
        pylyap.lyapunov_ensemble([NETWORK], **OPTIONS, checkpoint=tmp_path / "run.npz")


@pytest.mark.parametrize("command", [{"help": []}, {"colour": "red"}, {"weights": "W.npy", "gain": {"a": 1}}, {}, {"weights": 1, "dry_run": True}])
def test_a_command_that_is_none_is_refused(command, tmp_path, capsys):
    put(tmp_path / "run.npz", command=command)
    assert main(["resume", str(tmp_path / "run.npz")]) == 1
    assert "names options that this pylyap cannot use" in capsys.readouterr().err


def test_a_place_where_the_checkpoint_before_could_not_be_kept_is_refused(tmp_path):
    (tmp_path / "run.npz.previous").mkdir()
    with pytest.raises(errors.OptionError, match="is a folder"):
        run(tmp_path / "run.npz")


def test_a_name_to_which_nothing_can_be_added_is_refused(tmp_path):
    longest = os.pathconf(tmp_path, "PC_NAME_MAX")
    with pytest.raises(errors.OptionError, match="cannot be written"):
        checkpoints.where(tmp_path / ("a" * longest), 60)
    assert checkpoints.where(tmp_path / ("a" * (longest - 20)), 60)


def test_a_second_run_that_writes_the_same_file_is_told_once(tmp_path, monkeypatch):
    class Still:
        def state_arrays(self):
            return {}

    def begun():
        made = checkpoints.Checkpoint(checkpoints.where(tmp_path / "run.npz", 0), "spectrum")
        made._parts = made._plans = []
        return made

    def written(*runs):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")  # also the same words of another run
            for run in 3 * runs:
                run.write(Still())
        return [str(warning.message) for warning in told]

    monkeypatch.setattr(checkpoints, "surroundings", dict)
    first, second = begun(), begun()
    assert written(first) == []
    told = written(second, first)
    assert len(told) == 2 and all("another process has written the checkpoint" in text for text in told)
    assert written(begun()) == []  # who finds the file at its beginning goes on from it
    os.link(tmp_path / "run.npz", tmp_path / "other.npz")  # a file with two names is filled anew in place
    third = begun()
    (tmp_path / "other.npz").write_bytes(b"another")
    assert len(written(third)) == 1


def test_a_folder_that_becomes_a_file_is_like_one_that_has_gone(tmp_path, monkeypatch):
    folder, real, count = tmp_path / "folder", _archives.write, []
    folder.mkdir()

    def write(path, *arguments, **options):
        count.append(path)
        if len(count) == 2:
            for name in folder.iterdir():
                name.unlink()
            folder.rmdir()
            folder.write_text("a file")
        real(path, *arguments, **options)

    whole = pylyap.lyapunov_spectrum(NETWORK, **OPTIONS)
    monkeypatch.setattr(_archives, "write", write)
    monkeypatch.setattr("pylyap.runs.loop.chunks", lambda move, n: ((move(1), 1)[1] for _ in range(n)))
    with pytest.warns(UserWarning, match="cannot be written.*goes on without it"):
        spectrum = run(folder / "run.npz", checkpoint_interval=0)
    assert len(count) > 10 and np.array_equal(spectrum.local_exponents, whole.local_exponents)


def test_vectors_of_which_a_direction_dies_end_again_where_they_ended(tmp_path, monkeypatch):
    """The last checkpoint is the one before the direction died: a run that cannot go on writes none."""
    bias = np.random.default_rng(0).normal(size=30)  # about half of the units are off
    dying = pylyap.DiscreteNetwork(pylyap.weights.gaussian(30, 0.5, seed=1), activation="relu", bias=bias)
    options = dict(n_vectors=30, t_average=1000, t_transient=10, t_align=50, qr_interval=1, checkpoint=tmp_path / "run.npz", checkpoint_interval=0)
    monkeypatch.setattr("pylyap.runs.loop.chunks", lambda move, n: ((move(1), 1)[1] for _ in range(n)))
    first = pylyap.covariant_vectors(dying, **options)
    _, arrays = _archives.read(tmp_path / "run.npz")
    again = pylyap.covariant_vectors(dying, **options)
    assert "died" in first.message and again.message == first.message and again.status == first.status == "diverged"
    assert arrays["run.status"].tolist() == [1]  # running
    for name in ("log_growth", "final_state", "final_frame"):
        assert np.array_equal(getattr(again.spectrum, name), getattr(first.spectrum, name)), name
