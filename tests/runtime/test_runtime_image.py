"""A system image: where it is used, what its name depends on, and that it changes no number but by rounding."""

import json
import shutil
import sys

import numpy as np
import pytest
from subprocesses import run_python

from pylyap._runtime import choice, image, julia, portable
from pylyap.cli import main
from pylyap.errors import JuliaUnavailableError

SPECTRUM = """
import json, sys
import numpy as np
import pylyap

W = 3 / 40**0.5 * np.random.default_rng(3).normal(size=(40, 40))
spectra = [
    pylyap.lyapunov_spectrum(network, t_average=5, t_transient=0, t_align=0, solver=solver, progress=False)
    for network, solver in ((pylyap.RateNetwork(W), "rk4"), (pylyap.RateNetwork(W), "tsit5"), (pylyap.DiscreteNetwork(W), "map"))
]
json.dump([spectra[0].provenance["julia"], [s.log_growth.tolist() for s in spectra]], sys.stdout)
"""


@pytest.fixture
def runtime(tmp_path):
    """A runtime of which only the folder is there."""
    found = portable.Portable(tmp_path / portable.FOLDER_NAME)
    found.root.mkdir()
    return found


@pytest.fixture
def with_image(runtime, monkeypatch):
    monkeypatch.delenv(image.SWITCH, raising=False)
    file = image.file_of(runtime)
    file.parent.mkdir()
    file.touch()
    return runtime


def test_without_an_image_nothing_is_set(runtime):
    assert image.variables(runtime) == {}


def test_an_image_of_this_core_is_used(with_image):
    values = image.variables(with_image)
    assert values["PYTHON_JULIACALL_SYSIMAGE"] == str(image.file_of(with_image))
    assert values["JULIA_PYTHONCALL_EXE"] == sys.executable


def test_the_user_decides(with_image, monkeypatch):
    monkeypatch.setenv("PYTHON_JULIACALL_SYSIMAGE", "mine.so")
    assert image.variables(with_image) == {}
    monkeypatch.delenv("PYTHON_JULIACALL_SYSIMAGE")
    monkeypatch.setenv(image.SWITCH, "no")
    assert image.variables(with_image) == {}


def test_an_image_of_another_state_of_the_core_is_not_used(with_image, monkeypatch, tmp_path):
    core = tmp_path / "julia"
    shutil.copytree(image.core_path(), core, ignore=shutil.ignore_patterns("test"))
    monkeypatch.setattr(image, "core_path", lambda: core)
    elsewhere = image.file_of(with_image)
    assert image.variables(with_image) == {}
    with open(core / "src" / "interface.jl", "a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert image.file_of(with_image) != elsewhere


def test_without_a_compiler_it_is_said_what_is_missing(runtime, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(JuliaUnavailableError, match="C compiler"):
        image.build(runtime, print)


def test_if_possible_goes_on_without_one(runtime, monkeypatch, tmp_path, capsys):
    chosen = choice.Choice("portable", "test", folder=str(runtime.root))
    monkeypatch.setattr(choice, "choose", lambda: chosen)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["julia", "image", "--if-possible"]) == 0
    assert "C compiler" in capsys.readouterr().out
    assert main(["julia", "image"]) != 0


def test_images_of_older_states_of_the_same_core_are_deleted(runtime):
    file = image.file_of(runtime)
    file.parent.mkdir()
    for name, core in (("older", image.core_path()), ("of-another-clone", "elsewhere")):
        file.with_name(f"{name}.so").touch()
        file.with_name(f"{name}.core").write_text(str(core), encoding="utf-8")
    file.touch()
    image._delete_others(file)
    assert sorted(path.name for path in file.parent.glob("*.so")) == sorted([file.name, "of-another-clone.so"])


def test_it_changes_numbers_by_rounding_only_and_is_told():
    chosen = choice.recorded()
    if chosen is None or chosen.kind != "portable" or not image.variables(portable.Portable(chosen.folder)):
        pytest.skip("no image is in use here: pylyap julia image makes one")
    told, found = {}, {}
    for switch in ("no", None):
        run = run_python(SPECTRUM, timeout=600, **{image.SWITCH: switch})
        assert run.returncode == 0, run.stderr
        told[switch], found[switch] = json.loads(run.stdout)
    assert told[None] == f"{told['no']}, image {image.file_of(portable.Portable(chosen.folder)).stem}"
    for with_it, without in zip(found[None], found["no"]):
        # 5 tau or steps: rounding grows by a factor below 1e3 in them, and the smallest growths are of size 0.01
        np.testing.assert_allclose(with_it, without, rtol=0, atol=1e-10)


STEPS = """
module PylyapTestOfSteps
using LyapunovSpectra, LinearAlgebra
import LyapunovSpectra as LS
steps(run, n) = @allocated advance!(run, n)
function allocated(system, algorithm, dt)
    n = LS.dimension(system)
    run = LS.init(system, algorithm, fill(0.1, n), Matrix{Float64}(I, n, n); dt=dt, steps_per_block=5)
    advance!(run, 100)
    steps(run, 1)
    return steps(run, 100)
end
W = [sin(7i + 3j^2) / 2 for i in 1:40, j in 1:40]
bytes = [allocated(RateNetwork(W), LS.RK4(), 0.1), allocated(RateNetwork(W), LS.LawsonAB4(), 0.1),
    allocated(DiscreteNetwork(W), LS.MapStep(), 1.0)]
end
"""


def test_steps_allocate_nothing_in_the_julia_in_use():
    """Code that is compiled ahead, for an image or a package, may be that of types found too early: it allocates."""
    main = julia()
    main.seval(STEPS)
    assert list(main.PylyapTestOfSteps.bytes) == [0, 0, 0]
