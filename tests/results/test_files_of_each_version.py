"""Files of every version that pylyap has written stay readable, and what is no such file is refused before it takes memory.

`python tests/results/test_files_of_each_version.py` writes files of the present version into tests/data/files.
"""

import io
import json
import pathlib
import resource
import zipfile

import numpy as np
import pytest

import pylyap
from pylyap import errors
from pylyap.runs import checkpoints

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "data" / "files"


def network():
    return pylyap.DiscreteNetwork(pylyap.weights.gaussian(3, 2.0, seed=1))


def test_a_spectrum_of_version_1():
    spectrum = pylyap.load(FOLDER / "spectrum-1.npz")
    assert spectrum.log_growth.shape == (20, 2) and spectrum.size == 3 and spectrum.time_unit == "step"
    # the file's own numbers: means of what it holds
    assert np.allclose(spectrum.exponents, np.sort(spectrum.log_growth.mean(axis=0))[::-1], rtol=1e-12)


def test_a_checkpoint_of_version_1():
    header, arrays = checkpoints._content(FOLDER / "checkpoint-1.npz")
    assert header["kind"] == "spectrum" and header["parts"][0]["about"]["n_exponents"] == 2
    assert arrays["run.x"].shape == (3,) and arrays["log.log_growth"].shape == (2, 20) and arrays["run.n_steps"] == [23]


def test_covariant_vectors_of_version_1():
    vectors = pylyap.load(FOLDER / "covariant-vectors-1.npz")
    assert vectors.vectors.shape == (10, 3, 2) and vectors.spectrum.size == 3
    assert np.allclose(np.linalg.norm(vectors.vectors, axis=1), 1, rtol=0, atol=1e-12)  # rounding of three squares
    header, arrays = checkpoints._content(FOLDER / "covariant-checkpoint-1.npz")
    assert header["kind"] == "covariant vectors" and arrays["kept.triangles"].shape == (3, 20)


def test_numpy_reads_a_file_without_pylyap():
    with np.load(FOLDER / "spectrum-1.npz") as file:
        assert json.loads(file["header"].tobytes())["format"] == "pylyap spectrum"
        assert file["log_stretch"].shape == (20, 2)


def _npz(compression=zipfile.ZIP_STORED, **members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return stream.getvalue()


def _npy(array):
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def _header(text='{"format": "pylyap spectrum", "version": 1}'):
    return _npy(np.frombuffer(text.encode(), np.uint8))


HUGE = _npy(np.zeros((1, 500))).replace(b"(1, 500), }" + b" " * 14, b"(1000000000000, 500), }  ")  # 4 PB, by its header
HOSTILE = {
    "10^12 blocks": _npz(header=_header(), log_stretch=HUGE),
    "a zip bomb": _npz(zipfile.ZIP_DEFLATED, header=_header(), log_stretch=_npy(np.zeros((10**6, 8)))),
    "a number of a million digits": _npz(header=_header('{"version": ' + "9" * 10**6 + "}")),
    "a million brackets": _npz(header=_header("[" * 10**6)),
    "a header that is no object": _npz(header=_header("[1]")),
    "no header": _npz(log_stretch=_npy(np.eye(2))),
    "another zip": _npz(**{"../../header": _header()}),
    "objects": _npz(header=_header(), log_stretch=_npy(np.array([1.0])).replace(b"<f8", b"|O8"))
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_without_taking_memory(name, tmp_path):
    assert b"1000000000000" in HUGE and len(HUGE) < 10_000
    path = tmp_path / "file.npz"
    path.write_bytes(HOSTILE[name])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(errors.FileFormatError):
        pylyap.load(path)
    taken = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    assert taken < 2e8  # the brackets and digits take some; 64 MB of zeros, and all else, would take more


def test_a_file_larger_than_the_memory_is_refused_at_once(tmp_path):
    path = tmp_path / "file.npz"
    with open(path, "wb") as file:
        file.truncate(10**13)  # a sparse file takes no room
    with pytest.raises(errors.NotEnoughMemoryError, match="needs 10 TB of memory, and .* are free"):
        pylyap.load(path)


def test_links_are_followed_and_devices_are_not_read(tmp_path):
    (tmp_path / "link").symlink_to(FOLDER / "spectrum-1.npz")
    assert pylyap.load(tmp_path / "link").size == 3
    for path in ("/dev/zero", str(tmp_path)):
        with pytest.raises(errors.FileFormatError, match="a device|a folder"):
            pylyap.load(path)


def write_all():
    FOLDER.mkdir(exist_ok=True)
    options = dict(n_exponents=2, t_transient=1, t_align=2, t_average=20, qr_interval=1)
    checkpoint = FOLDER / "checkpoint-1.npz"
    checkpoint.unlink(missing_ok=True)
    pylyap.lyapunov_spectrum(network(), **options, checkpoint=checkpoint).save(FOLDER / "spectrum-1.npz")
    checkpoint = FOLDER / "covariant-checkpoint-1.npz"
    checkpoint.unlink(missing_ok=True)
    options = dict(n_vectors=2, t_transient=1, t_align=20, t_average=20, t_backward=10, qr_interval=1, sample_interval=2)
    vectors = pylyap.covariant_vectors(network(), **options, checkpoint=checkpoint)
    vectors.save(FOLDER / "covariant-vectors-1.npz")
    (FOLDER / "covariant-checkpoint-1.npz.2").unlink()


if __name__ == "__main__":
    write_all()
