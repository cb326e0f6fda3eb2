"""No command writes over what it reads, nor a result over its own checkpoint; said before anything is computed."""

import numpy as np
import pytest

from pylyap.cli import main


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("W.npz", W=np.eye(3))
    np.save("x.npy", np.ones(3))
    (tmp_path / "link.npz").symlink_to("W.npz")
    return {path.name: path.read_bytes() for path in tmp_path.iterdir()}


COMMANDS = {
    "weights": "spectrum --weights W.npz --output W.npz",
    "another way to them": "spectrum --weights W.npz --output ./../{folder}/W.npz",
    "a link to them": "spectrum --weights W.npz --output link.npz",
    "a bias": "spectrum --weights W.npz --bias x.npy --output x.npy",
    "the checkpoint": "spectrum --weights W.npz --checkpoint run.npz --output run.npz",
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
