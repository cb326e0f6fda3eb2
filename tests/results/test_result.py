"""The result object from plain data: no Julia is needed here."""

import json
import math
import os
import subprocess
import sys
import zipfile

import numpy as np
import pytest

import pylyap
from pylyap.errors import FileFormatError, MissingPackageError, OptionError
from pylyap.results import storage
from pylyap.results.report import with_error
from pylyap.results.spectrum import LyapunovSpectrum
from pylyap.results.statistics import standard_error

from subprocesses import ROOT


def make(blocks=60, rates=(-1.0, 0.5, -0.1), size=3, **changes):
    """A spectrum whose columns are not in descending order, with a shorter last block and a frame."""
    generator = np.random.default_rng(1)
    durations = np.full(blocks, 2.0)
    durations[-1:] = 0.5
    local = np.array(rates) + 0.05 * generator.standard_normal((blocks, len(rates)))
    fields = dict(
        log_growth=local * durations[:, None], durations=durations, time_unit="tau", size=size, status="converged",
        message="60 blocks",
        diagnostics=dict(condition_number=np.full(blocks, 31.0), zero_exponent=-0.1, other=math.nan),
        provenance=dict(network="RateNetwork(3 units)", options=dict(seed=0, dt=None), wall_time=1.5),
        final_state=generator.standard_normal(size), final_frame=np.eye(size, len(rates)),
        unit_traces=generator.standard_normal((blocks, 2)), start_time=100.0,
    )  # fmt: skip
    return LyapunovSpectrum(**{**fields, **changes})


def empty():
    return make(blocks=0, status="diverged", diagnostics={}, unit_traces=np.empty((0, 2)))


def test_exponents_are_averages_in_descending_order():
    spectrum = make()
    total = spectrum.durations.sum()
    np.testing.assert_allclose(spectrum.exponents, spectrum.log_growth.sum(axis=0)[[1, 2, 0]] / total, rtol=1e-15)
    np.testing.assert_allclose(
        spectrum.local_exponents[:, 0], spectrum.log_growth[:, 1] / spectrum.durations, rtol=1e-15
    )
    np.testing.assert_allclose(spectrum.durations @ spectrum.local_exponents / total, spectrum.exponents, rtol=1e-12)
    np.testing.assert_array_equal(spectrum.stderr, standard_error(spectrum.local_exponents, spectrum.durations))
    assert (spectrum.n_blocks, spectrum.n_exponents, spectrum.n_positive) == (60, 3, 1)
    assert spectrum.times[0] == 102.0 and spectrum.times[-1] == 100.0 + total


def test_dimension_and_entropy():
    spectrum = make(blocks=2000)
    first, second, third = spectrum.exponents
    assert spectrum.kaplan_yorke_dimension == pytest.approx(2 + (first + second) / -third, rel=1e-14)
    assert spectrum.entropy_rate == first
    assert spectrum.stderr_of("entropy_rate") == pytest.approx(spectrum.stderr[0], rel=1e-12)
    # dD = d1 / |l3| + d2 / |l3| + (l1 + l2) d3 / l3^2, with independent columns; errors themselves are known to 5 %
    expected = math.hypot(0.05 / third, 0.05 / third, 0.05 * (first + second) / third**2) / math.sqrt(2000)
    assert spectrum.stderr_of("kaplan_yorke_dimension") == pytest.approx(expected, rel=0.2)
    assert math.isnan(spectrum.stderr_of("n_positive"))
    assert spectrum.reason("kaplan_yorke_dimension") == ""


def test_too_few_exponents_give_nan_with_a_reason():
    spectrum = make(rates=(0.2, 0.5), size=10)
    for name in ("kaplan_yorke_dimension", "entropy_rate", "n_positive"):
        assert math.isnan(getattr(spectrum, name)) and math.isnan(spectrum.stderr_of(name))
        assert "ask for more exponents" in spectrum.reason(name)
        assert "ask for more exponents" in spectrum.summary()


def test_unknown_number_suggests_the_nearest():
    with pytest.raises(OptionError, match="did you mean 'entropy_rate'"):
        make().stderr_of("entropy")
    with pytest.raises(OptionError, match="n_positive"):
        make().reason("positive")


def test_collapsed_directions_are_kept_and_counted():
    spectrum = make()
    stretch = spectrum.log_growth.copy()
    stretch[5:, 1] = -np.inf  # a direction that comes back is a new one, see results.collapse
    spectrum = make(log_growth=stretch)
    assert spectrum.exponents[2] == -np.inf and spectrum.exponents[0] == pytest.approx(-0.1, abs=0.05)
    assert spectrum.diagnostics["n_collapsed"] == 1
    assert math.isnan(spectrum.stderr[2]) and np.isfinite(spectrum.stderr[:2]).all()
    assert spectrum.kaplan_yorke_dimension == 0.0
    assert "1 (exponent -inf)" in spectrum.summary()


def test_no_finished_block_is_no_crash():
    spectrum = empty()
    assert np.isnan(spectrum.exponents).all() and np.isnan(spectrum.stderr).all() and len(spectrum.exponents) == 3
    assert spectrum.local_exponents.shape == (0, 3) and spectrum.times.shape == (0,)
    for name in ("kaplan_yorke_dimension", "entropy_rate", "n_positive"):
        assert math.isnan(getattr(spectrum, name)) and math.isnan(spectrum.stderr_of(name))
        assert "no block was finished" in spectrum.reason(name)
    assert "no block was finished" in spectrum.summary()
    assert "diverged" in repr(spectrum)


@pytest.mark.parametrize("blocks", [1, 2, 9])
def test_few_blocks_have_exponents_but_no_errors(blocks):
    spectrum = make(blocks=blocks)
    assert np.isfinite(spectrum.exponents).all() and np.isnan(spectrum.stderr).all()
    assert "no error bar" in spectrum.summary()


def test_results_do_not_change():
    spectrum = make()
    with pytest.raises(AttributeError):
        spectrum.status = "perfect"
    for array in (spectrum.exponents, spectrum.log_growth, spectrum.final_state, spectrum.local_exponents):
        with pytest.raises(ValueError):
            array[0] = 0


def test_summary_says_what_matters():
    text = make().summary()
    for part in ("RateNetwork(3 units)", "all 3", "lambda_1", "+-", "D/N", "H/N", "converged: 60 blocks", "1.5 s"):
        assert part in text
    assert "per tau" in text and "per step" in make(time_unit="step").summary()
    assert "the 3 leading ones of 7" in make(size=7, final_state=np.zeros(7), final_frame=None).summary()
    assert repr(make()).startswith("LyapunovSpectrum(3 of 3 exponents, lambda_1 = 0.5")


@pytest.mark.parametrize(
    "value, error, text",
    [
        (1.23456, 0.0123, "1.235 +- 0.012"),
        (85.14, 2.13, "85.1 +- 2.1"),
        (-0.5, 0.0, "-0.5 +- 0"),
        (1234.5, 99.0, "1234 +- 99"),
        (12345.6, 123.0, "12345.6 +- 1.2e+02"),
        (1e-14, 1e-15, "1e-14 +- 1.0e-15"),
        (0.2, math.nan, "0.2 (no error bar)"),
        (-math.inf, math.nan, "-inf (no error bar)"),
    ],
)
def test_numbers_with_errors(value, error, text):
    assert with_error(value, error) == text


# Files


def assert_same(a, b):
    for name in (*storage.ARRAYS, *storage.PLAIN, "exponents", "stderr", "times"):
        np.testing.assert_equal(getattr(a, name), getattr(b, name), err_msg=name)
    np.testing.assert_equal(a.diagnostics, b.diagnostics)
    for name, value in a.diagnostics.items():
        assert type(b.diagnostics[name]) is type(value)


def test_file_round_trip(tmp_path):
    stretch = make().log_growth.copy()
    stretch[3:, 0] = -np.inf
    spectrum = make(log_growth=stretch)
    spectrum.save(tmp_path / "a.npz")
    loaded = pylyap.load(tmp_path / "a.npz")
    assert_same(spectrum, loaded)
    assert loaded.exponents[-1] == -np.inf and math.isnan(loaded.diagnostics["other"])
    assert os.listdir(tmp_path) == ["a.npz"]


@pytest.mark.parametrize(
    "spectrum", [empty(), make(final_frame=None), make(blocks=1)], ids=["empty", "no frame", "one"]
)
def test_file_round_trip_of_special_cases(tmp_path, spectrum):
    spectrum.save(tmp_path / "a")  # the name is used as given
    assert_same(spectrum, pylyap.load(str(tmp_path / "a")))


def test_numpy_values_and_objects_in_the_provenance_do_not_stop_saving(tmp_path):
    spectrum = make(provenance=dict(threads=np.int64(2), seed=np.random.SeedSequence(7), times=np.arange(2)))
    spectrum.save(tmp_path / "a")
    loaded = pylyap.load(tmp_path / "a").provenance
    assert loaded["threads"] == 2 and loaded["times"] == [0, 1] and "entropy=7" in loaded["seed"]


def test_every_damaged_byte_is_noticed_or_harmless(tmp_path):
    spectrum = make(blocks=3)
    spectrum.save(tmp_path / "a")
    good = (tmp_path / "a").read_bytes()
    noticed = 0
    for position in range(0, len(good), 7):
        (tmp_path / "b").write_bytes(good[:position] + bytes([good[position] ^ 0x10]) + good[position + 1 :])
        try:
            loaded = pylyap.load(tmp_path / "b")
        except FileFormatError:
            noticed += 1
        else:
            assert_same(spectrum, loaded)  # such as a time stamp inside the zip
    assert noticed > len(good) / 7 / 2  # the data, which carry checksums, are more than half of this small file


@pytest.mark.parametrize("kept", [0, 1, 100, -1, -200])
def test_truncated_file(tmp_path, kept):
    make().save(tmp_path / "a")
    (tmp_path / "b").write_bytes((tmp_path / "a").read_bytes()[:kept])
    with pytest.raises(FileFormatError, match="b is damaged"):
        pylyap.load(tmp_path / "b")


def test_other_files_are_refused(tmp_path):
    np.save(tmp_path / "array.npy", np.ones(3))
    np.savez(tmp_path / "arrays.npz", a=np.ones(3))
    np.save(tmp_path / "pickle.npy", np.array([{}], dtype=object), allow_pickle=True)
    (tmp_path / "text.npz").write_text("hello")
    for name in ("array.npy", "arrays.npz", "pickle.npy", "text.npz"):
        with pytest.raises(FileFormatError, match=name):
            pylyap.load(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        pylyap.load(tmp_path / "absent.npz")


class Trap:
    """Unpickling it runs code."""

    def __reduce__(self):
        return pytest.fail, ("code in a file was run",)


def test_code_in_a_file_is_not_run(tmp_path):
    np.savez(tmp_path / "a.npz", header=np.array([Trap()], dtype=object))
    with pytest.raises(FileFormatError, match="damaged"):
        pylyap.load(tmp_path / "a.npz")


def rewrite(path, header=None, **arrays):
    """Change header entries or arrays of a saved file, with valid checksums."""
    with np.load(path) as npz:
        content = {name: npz[name] for name in npz.files}
    text = json.loads(content["header"].tobytes())
    text.update(header or {})
    content.update(arrays)
    content = {name: array for name, array in content.items() if array is not None}
    text["arrays"] = {name: [a.dtype.name, list(a.shape)] for name, a in content.items() if name != "header"}
    text["arrays"].update((header or {}).get("arrays", {}))
    content["header"] = np.frombuffer(json.dumps(text).encode(), np.uint8)
    with open(path, "wb") as file:
        np.savez(file, **content)


@pytest.mark.parametrize(
    "changes, message",
    [
        (dict(header=dict(format="soup")), "not a result saved by pylyap"),
        (dict(header=dict(version=2)), "version 2.*update"),
        (dict(header=dict(arrays=dict(durations=["float32", [60]]))), "header says"),
        (dict(durations=np.ones(59)), r"durations has shape \(59,\), not \(60,\)"),
        (dict(final_state=np.ones(4)), "final_state"),
        (dict(final_frame=np.ones((3, 2))), "final_frame"),
        (dict(unit_traces=np.ones((5, 2))), "unit_traces"),
        (dict(log_stretch=np.ones(60)), "log_stretch has 1 dimensions, not 2"),
        (dict(log_stretch=np.ones((60, 3, 1))), "log_stretch has 3 dimensions, not 2"),
        (dict(log_stretch=np.full((60, 3), "a")), "log_stretch has dtype <U1"),
        (dict(durations=np.ones(60, complex)), "durations has dtype complex128"),
        (dict(unit_traces=np.ones(60)), "unit_traces has 1 dimensions, not 2"),
        (dict(header=dict(diagnostics="abc")), "incomplete"),
        (dict(header=dict(size="3")), "size = '3'"),
        (dict(log_stretch=None), "incomplete.*log_stretch"),
        (dict(unit_traces=None), "incomplete.*unit_traces"),
        (dict(extra=np.ones(3)), "incomplete.*extra"),
    ],
)
def test_files_that_do_not_fit_together(tmp_path, changes, message):
    path = tmp_path / "a"
    make().save(path)
    rewrite(path, **changes)
    with pytest.raises(FileFormatError, match=message):
        pylyap.load(path)


def test_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a"
    make(status="max_time").save(path)

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        make().save(path)
    assert os.listdir(tmp_path) == ["a"] and pylyap.load(path).status == "max_time"
    monkeypatch.undo()
    make().save(path)
    assert pylyap.load(path).status == "converged"


def test_file_is_a_plain_zip_without_pickles(tmp_path):
    make().save(tmp_path / "a")
    with zipfile.ZipFile(tmp_path / "a") as archive:
        assert all(name.endswith(".npy") for name in archive.namelist())
        assert not any(b"'O'" in archive.read(name)[:128] for name in archive.namelist())


# Other packages


def test_xarray_is_missed_with_a_way_on(monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(MissingPackageError, match="pip install xarray"):
        make().to_xarray()


def test_to_xarray():
    pytest.importorskip("xarray")
    data = make().to_xarray()
    np.testing.assert_array_equal(data["local_exponents"].sel(exponent=1), make().local_exponents[:, 0])
    assert data.sizes == {"exponent": 3, "time": 60, "unit": 2} and data.attrs["time_unit"] == "tau"


def test_import_is_cheap():
    heavy = ("matplotlib", "scipy.stats", "torch", "juliacall")
    code = f"import sys, pylyap; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_file_of_version_1_is_read():
    found = pylyap.load(ROOT / "tests" / "data" / "spectrum-version-1.npz")  # saved by pylyap 0.1.0
    assert [round(float(exponent), 6) for exponent in found.exponents] == [0.007348, -0.001746]
    assert found.log_growth.shape == (20, 2) and found.diagnostics["qr_interval"] == 1.0
