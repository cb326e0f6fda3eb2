"""What `make test-oldest` installs, and which settings `make test-machines` tries: programs in this folder, not tests."""

import runpy

from subprocesses import ROOT

oldest = runpy.run_path(str(ROOT / "tests" / "oldest.py"))
machines = runpy.run_path(str(ROOT / "tests" / "machines.py"))

PROJECT = """
dependencies = [
    "one>=1.2",  # why [this] one
    "two>=0.9",
]

[project.optional-dependencies]
extra = ["two>=0.10", "three>=2.0; python_version < '3.11'"]  # the higher bound holds
torch = ["torch>=2.0"]
docs = ["site==1.6.1"]
bench = ["rival>=0.1"]
"""


def test_of_each_package_the_lowest_version_that_all_bounds_allow():
    assert oldest["oldest"](PROJECT) == ["one==1.2", "two==0.10", "three==2.0"]


def test_the_project_itself_is_read_whole():
    found = " ".join(oldest["oldest"](oldest["TEXT"]))
    for name in ("juliacall==", "numpy==", "scipy==", "matplotlib==", "pytest==", "distributed==", "h5py=="):
        assert name in found
    assert "jax" not in found and "twine" not in found


def test_only_kernels_that_the_processor_can_run_are_tried():
    plain, modern = ([name for name, *_ in machines["settings"](flags)] for flags in ({"sse3"}, {"sse3", "sse4_2", "avx", "avx2"}))
    assert plain == ["Prescott", "under load"]
    assert modern == ["Prescott", "Nehalem", "Sandybridge", "Haswell", "Zen", "under load"]


def test_files_that_are_left_out_on_other_machines_are_there():
    assert [file for file in machines["NOTHING_ROUNDS"] if not (ROOT / "tests" / file).exists()] == []
