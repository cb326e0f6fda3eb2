"""The result of a sweep as others read it: xarray, NetCDF, Zarr, pandas, CSV, figures; and the commands for stores."""

import csv

import matplotlib
import numpy as np
import pytest

import pylyap
from pylyap import cli, errors, plotting, sweeps

GRID = sweeps.grid(g=[2.0, 1.0, 4.0], n=[3, 5], trial=range(2))


def values(condition):
    g, n, trial = condition["g"], condition["n"], condition["trial"]
    return {
        "largest_exponent": g - 2 + trial, "exponents": g - np.arange(n), "stderr": np.full(n, 0.1), "n_positive": int(g),
        "status": "converged", "matrix": np.eye(2) * g,
    }


MEASURE = sweeps.Measure("exported", values)


@pytest.fixture(scope="module")
def result():
    return pylyap.sweep(MEASURE, GRID)


@pytest.fixture
def folder(tmp_path):
    pylyap.sweep(MEASURE, GRID[1:], store=tmp_path / "s")
    pylyap.sweep(MEASURE, GRID[:3], store=tmp_path / "t")
    return tmp_path


def check_dataset(dataset):
    assert dataset.g.values.tolist() == [1.0, 2.0, 4.0] and dataset.n.values.tolist() == [3, 5]
    for condition in GRID:
        here, expected = dataset.sel(condition), values(condition)
        assert here.largest_exponent.item() == expected["largest_exponent"] and here.status.item() == "converged"
        assert here.n_positive.item() == expected["n_positive"]
        np.testing.assert_array_equal(here.exponents[: condition["n"]], expected["exponents"])
        assert np.isnan(here.exponents[condition["n"] :]).all()
        np.testing.assert_array_equal(here.matrix, expected["matrix"])
    assert dataset.exponents.dims == dataset.stderr.dims == ("g", "n", "trial", "exponent") and dataset.finished.all()


def test_a_dataset_has_a_dimension_for_each_name(result):
    pytest.importorskip("xarray")
    check_dataset(result.to_xarray())
    assert result.to_xarray().n_positive.dtype.kind == "i"


def test_what_is_missing_is_empty_in_a_dataset():
    pytest.importorskip("xarray")
    part = pylyap.sweep(MEASURE, GRID, time_limit=1e-9).to_xarray()  # the first one alone
    assert part.finished.sum() == 1 and part.finished.sel(GRID[0]) and part.sizes["g"] == 3
    assert part.n_positive.sel(GRID[0]) == 2 and np.isnan(part.n_positive.sel(GRID[5]))
    assert part.status.sel(GRID[5]) == ""


def test_conditions_that_are_no_grid_are_a_list():
    pytest.importorskip("xarray")
    line = [{"x": i, "y": 2 * i, "z": 3 * i} for i in range(20)]
    square = sweeps.Measure("square", lambda condition: {"square": condition["x"] ** 2})
    dataset = pylyap.sweep(square, line).to_xarray()
    assert dict(dataset.sizes) == {"condition": 20} and dataset.square.values.tolist() == [i**2 for i in range(20)]
    assert dataset.z.values.tolist() == list(range(0, 60, 3))
    mixed = pylyap.sweep(square, [{"x": 1}, {"x": 2, "kind": "a"}]).to_xarray()
    assert mixed.kind.values.tolist() == ["nan", "a"]


@pytest.mark.parametrize("ending, package", [("nc", "h5netcdf"), ("zarr", "zarr")])
def test_files_for_others(result, tmp_path, ending, package):
    pytest.importorskip(package)
    xarray = pytest.importorskip("xarray")
    path = tmp_path / f"result of a sweep.{ending}"
    for _ in range(2):  # also over one that is there
        result.save(path)
        with xarray.open_dataset(path, engine=package) as dataset:
            check_dataset(dataset.load())
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_netcdf_is_written_through_links_and_not_over_what_is_no_file(result, tmp_path):
    pytest.importorskip("h5netcdf")
    real, link = tmp_path / "real.nc", tmp_path / "link.nc"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to("real.nc")
    result.save(link)
    assert link.is_symlink() and real.stat().st_mode & 0o777 == 0o640 and real.read_bytes() != b"old"
    result.save(tmp_path / ("n" * 252 + ".nc"))  # 255 bytes, the longest name that there is
    folder = tmp_path / "folder.nc"
    folder.mkdir()
    (folder / "precious").touch()
    with pytest.raises(errors.OptionError, match="is a folder"):
        result.save(folder)
    assert (folder / "precious").exists()


def test_zarr_replaces_a_store_and_nothing_else(result, tmp_path):
    pytest.importorskip("zarr")
    folder = tmp_path / "data.zarr"
    folder.mkdir()
    (folder / "precious").touch()
    with pytest.raises(errors.OptionError, match="no Zarr store"):
        result.save(folder)
    assert (folder / "precious").exists()
    (folder / "precious").unlink()
    folder.chmod(0o750)
    (tmp_path / "link.zarr").symlink_to("data.zarr")
    for _ in range(2):  # into an empty folder, and over a store
        result.save(tmp_path / "link.zarr")
    assert (tmp_path / "link.zarr").is_symlink() and folder.stat().st_mode & 0o777 == 0o750
    assert sorted(file.name for file in tmp_path.iterdir()) == ["data.zarr", "link.zarr"]


def test_a_table_of_pandas(result, tmp_path):
    pytest.importorskip("pandas")
    table = result.to_pandas()
    assert len(table) == 12 and table["g"].tolist() == result["g"].tolist()
    assert table["exponents"][1].tolist() == result["exponents"][1].tolist()
    with pytest.raises(errors.OptionError, match=r"\.nc, \.zarr or \.csv"):
        result.save(tmp_path / "result.xls")


def test_curves_with_bands(result):
    ax = plotting.plot_sweep(result, "largest_exponent", "g", by="trial")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["trial = 0", "trial = 1"]
    assert [line.get_ydata().tolist() for line in ax.get_lines()[:2]] == [[-1, 0, 2], [0, 1, 3]]
    ax = plotting.plot_sweep(result, "largest_exponent", "g")
    assert ax.get_lines()[0].get_ydata().tolist() == [-0.5, 0.5, 2.5]
    (band,) = ax.collections
    # four values at each place, two of them one higher: standard deviation 1 / sqrt(3), error half of it
    heights = [vertex[1] for vertex in band.get_paths()[0].vertices if vertex[0] == 1.0]
    np.testing.assert_allclose([min(heights), max(heights)], -0.5 + np.array([-1, 1]) / np.sqrt(12), rtol=1e-12)
    matplotlib.pyplot.close("all")


def test_phase_diagrams(result):
    ax = plotting.plot_sweep_plane(result, "largest_exponent", "g", "n")
    np.testing.assert_array_equal(np.ma.filled(ax.collections[0].get_array(), np.nan), [[-0.5, 0.5, 2.5]] * 2)
    assert ax.collections[0].get_clim() == (-2.5, 2.5)
    with pytest.raises(errors.OptionError, match="cannot be drawn"):
        plotting.plot_sweep_plane(result, "exponents", "g", "n")
    with pytest.raises(errors.UnknownOptionError, match="did you mean 'largest_exponent'"):
        plotting.plot_sweep(result, "largest_exponents", "g")
    matplotlib.pyplot.close("all")


def test_an_axis_is_logarithmic_where_its_values_are():
    measure = sweeps.Measure("flat", lambda condition: {"y": 1.0})
    for places, scale in ((np.geomspace(0.1, 10, 5), "log"), (np.linspace(0.1, 10, 5), "linear"), ([1.0, 2.0], "linear")):
        ax = plotting.plot_sweep(pylyap.sweep(measure, sweeps.grid(x=places)), "y", "x")
        assert ax.get_xscale() == scale
    matplotlib.pyplot.close("all")


def test_commands_for_stores(folder, capsys):
    assert cli.main(["sweep", "status", str(folder / "s"), str(folder / "t")]) == 0
    assert capsys.readouterr().out.count("conditions done, 0 failed") == 2
    assert cli.main(["sweep", "merge", str(folder / "s"), str(folder / "t"), "--output", str(folder / "all.csv")]) == 0
    assert "12 conditions in" in capsys.readouterr().out
    with open(folder / "all.csv") as file:
        assert len(list(csv.DictReader(file))) == 12
    for more in (["--by", "trial"], ["--y", "n"], []):
        figure = folder / f"figure{len(more)}.png"
        assert cli.main(["sweep", "plot", str(folder / "s"), "--x", "g", "--output", str(figure), *more]) == 0
        assert figure.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("arguments, text", [
    (["status"], "needs a folder"),
    (["status", "nowhere"], "no file sweep.json"),
    (["merge", "nowhere"], "needs --output"),
    (["plot", "nowhere"], "needs --x"),
    (["status", "nowhere", "--size", "3"], "--size does not belong to pylyap sweep status"),
    (["plot", "nowhere", "--x", "g", "--gain", "3"], "--gain does not belong"),
    (["--size", "3", "--gain", "1", "--alpha", "1", "--x", "g"], "--x does not belong"),
    (["--gain", "1"], "--size and --gain"),
    (["--size", "3", "--gain", "1", "--alpha", "1", "--engine", "dusk"], "did you mean 'dask'"),
    (["--size", "3", "--gain", "1", "--alpha", "1", "--engine", "processes:x"], "engine = 'processes:x'"),
    (["--size", "3", "--gain", "1", "--alpha", "1", "--engine", "slurm:2"], "need a store"),
])
def test_wrong_usage_of_commands(arguments, text, capsys):
    assert cli.main(["sweep", *arguments]) == 2
    assert text in capsys.readouterr().err
