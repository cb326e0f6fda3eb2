"""No command writes over what it reads, nor a result over its own checkpoint; said before anything is computed."""

import argparse

import numpy as np
import pytest

from pylyap.cli import main
from pylyap.cli._kept import refuse_to_overwrite


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("W.npz", W=np.eye(3))
    np.save("x.npy", np.ones(3))
    (tmp_path / "link.npz").symlink_to("W.npz")
    (tmp_path / "hard.npz").hardlink_to("W.npz")
    return {path.name: path.read_bytes() for path in tmp_path.iterdir()}


COMMANDS = {
    "weights": "spectrum --weights W.npz --output W.npz",
    "another way to them": "spectrum --weights W.npz --output ./../{folder}/W.npz",
    "a link to them": "spectrum --weights W.npz --output link.npz",
    "another name of them": "spectrum --weights W.npz --output hard.npz",
    "weights of inputs": "spectrum --weights W.npz --input x.npy --input-weights link.npz --bias x.npy --output hard.npz",
    "a bias": "spectrum --weights W.npz --bias x.npy --output x.npy",
    "the checkpoint": "spectrum --weights W.npz --checkpoint run.npz --output run.npz",
    "the checkpoint before": "spectrum --weights W.npz --checkpoint run.npz --output run.npz.previous",
    "the checkpoint of vectors": "covariant --weights W.npz --n-vectors 1 --checkpoint run.npz --output run.npz",
    "result and figure": "spectrum --weights W.npz --output a.png --plot a.png",
    "a result that is shown": "show W.npz --plot W.npz",
    "one of several": "ensemble --weights W.npz --output .",
    "a checkpoint that goes on": "resume W.npz --output W.npz",
    "an input": "trained W.npz --inputs x.npy --output x.npy",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_it_is_refused(name, files, tmp_path, capsys):
    assert main(COMMANDS[name].format(folder=tmp_path.name).split()) == 2
    assert "would write over" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files


def test_words_that_are_no_files_are_none(files):
    refuse_to_overwrite(argparse.Namespace(words=["plot", "folder"], weights="levy", output="plot", html="levy"))
