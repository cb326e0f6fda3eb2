"""`pylyap covariant` and the page of `pylyap reproduce covariant`."""

import numpy as np
import pytest

import pylyap
from pylyap import cli
from pylyap.papers.covariant import page
from pylyap.sweeps import grid


def test_the_command_writes_vectors_and_a_figure(tmp_path, capsys):
    np.save(tmp_path / "W.npy", np.asarray(pylyap.weights.gaussian(20, 4.0, seed=1)))
    files = ["--output", str(tmp_path / "v.npz"), "--plot", str(tmp_path / "v.png")]
    run = [
        "covariant",
        "--weights",
        str(tmp_path / "W.npy"),
        "--model",
        "discrete",
        "--n-vectors",
        "3",
        "--t-average",
        "300",
    ]
    assert cli.main([*run, "--t-align", "200", "--t-backward", "200", *files]) == 0
    assert "3 of 20, " in capsys.readouterr().out
    assert pylyap.load(tmp_path / "v.npz").vectors.shape[1:] == (20, 3) and (tmp_path / "v.png").stat().st_size > 0
    assert cli.main([*run, "--max-memory", "1 byte"]) == 2
    assert cli.main([*run, "--plot", str(tmp_path / "v.docx")]) == 2


@pytest.mark.parametrize("condition", [dict(kind="rate", g=[6.0]), dict(kind="map", alpha=[1.5])])
def test_a_page_is_made_of_what_is_measured(condition):
    kind = condition.pop("kind")
    (asked,) = grid(n=[12], length=[40.0], **condition)
    found = page.measure({"kind": kind, **asked}, part=0.4, map_gain=2.0)
    assert set(found) == set(page.KEYS) and len(found["participation"]) == 5
    assert np.all((1 <= found["participation"]) & (found["participation"] <= 12))
    assert found["growth"] == pytest.approx(found["exponents"].max(), abs=1e-9) or found["exponents"].argmax() > 0
    rows = page._rows([({"n": 12, **asked, "kind": kind}, found)], kind)
    assert len(rows) == 5
