"""What a run needs is known before it begins: memory against what is free, limits of containers seen, and time."""

import re

import numpy as np
import pytest
import scipy.sparse

import pylyap
from pylyap import _memory, errors
from pylyap.cli import main
from pylyap.runs import needs
from pylyap.runs.plan import make_plan
from pylyap.runs.spectrum import plan_options

NETWORK = pylyap.DiscreteNetwork(pylyap.weights.gaussian(20, 1.0, seed=1))
GROUP = "2:memory:/job\n"
MOUNT = "30 24 0:27 / {} rw - cgroup cgroup rw,memory\n"
MOUNT_V2 = "30 24 0:27 / {} rw - cgroup2 cgroup rw\n"


def machine(tmp_path, version, limits):
    """A process in a group with limits: files as Linux has them."""
    for name, values in limits.items():
        folder = tmp_path / "groups" / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in values.items():
            (folder / file).write_text(f"{text}\n")
    (tmp_path / "cgroup").write_text(GROUP if version == 1 else "0::/job\n")
    (tmp_path / "mountinfo").write_text((MOUNT if version == 1 else MOUNT_V2).format(tmp_path / "groups"))
    (tmp_path / "meminfo").write_text("MemTotal: 9000000 kB\nMemAvailable: 8000000 kB\n")
    return _memory.free(tmp_path, tmp_path / "meminfo")


@pytest.fixture
def no_ulimit(monkeypatch):
    monkeypatch.setattr(_memory, "_of_address_space", lambda: None)


def test_without_a_limit_it_is_what_the_machine_has(tmp_path, no_ulimit):
    assert machine(tmp_path, 2, {"job": {"memory.max": "max", "memory.current": 5}}) == 8_000_000 * 1024
    unlimited = {"memory.limit_in_bytes": 9223372036854771712, "memory.usage_in_bytes": 5}
    assert machine(tmp_path, 1, {"job": unlimited}) == 8_000_000 * 1024


def test_the_narrowest_group_decides_and_pages_of_files_are_given_back(tmp_path, no_ulimit):
    v2 = {
        ".": {"memory.max": 10_000_000, "memory.current": 9_000_000, "memory.stat": "anon 5\ninactive_file 4000000"},
        "job": {"memory.max": 7_000_000, "memory.current": 1_000_000},
    }  # fmt: skip
    assert machine(tmp_path, 2, v2) == 5_000_000  # 10 - (9 - 4) MB of the outer one, 6 MB of the inner one


def test_limits_of_version_1(tmp_path, no_ulimit):
    v1 = {"job": {"memory.limit_in_bytes": 3_000_000, "memory.usage_in_bytes": 1_000_000, "memory.stat": "total_inactive_file 500000"}}
    assert machine(tmp_path, 1, v1) == 2_500_000


def test_where_nobody_says_nothing_is_refused(tmp_path, no_ulimit, monkeypatch):
    assert _memory.free(tmp_path / "nothing", tmp_path / "nothing") is None
    monkeypatch.setattr(_memory, "free", lambda: None)
    assert pylyap.weights.gaussian(3, 1.0, seed=1).shape == (3, 3)
    needs.check([plan()], 2)


@pytest.mark.parametrize(("size", "text"), [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (2e9, "2 GB"), (10**30, "more than 1000 PB")])
def test_sizes_in_words(size, text):
    assert _memory.shown(size) == text


def plan(network=NETWORK, **options):
    return make_plan(network, **plan_options(**{"t_average": 1000, **options}))


def test_the_estimate_is_about_what_a_run_holds():
    found = needs.of(plan(n_exponents=5, qr_interval=2), 1)
    assert found.memory["frame"] == 2 * 20 * 5 * 8
    assert found.memory["blocks"] == 2 * 500 * (5 + needs.PER_BLOCK) * 8  # what `BlockLog` holds, and a copy of it
    assert found.products == 1000 + (100 + 1000) * 6  # the default transient alone, alignment and average with 5 columns
    assert needs.of(plan(pylyap.RateNetwork(NETWORK.weights), t_transient=0, t_align=0, t_average=1), 1).products == 4 * 10 * 21


def test_a_run_that_does_not_fit_is_refused_with_the_estimate(monkeypatch):
    monkeypatch.setattr(_memory, "free", lambda: 100_000)
    with pytest.raises(errors.NotEnoughMemoryError, match=r"about 5\d\d kB of memory \(frame 6.4 kB, .*\), and 100 kB are free: give fewer"):
        pylyap.lyapunov_spectrum(NETWORK, t_average=1000, qr_interval=1)
    with pytest.raises(errors.NotEnoughMemoryError, match="runs side by side need"):
        pylyap.lyapunov_ensemble([NETWORK] * 2, t_average=1000, qr_interval=1)


def test_blocks_do_not_count_where_a_run_may_end_early(monkeypatch):
    monkeypatch.setattr(_memory, "free", lambda: 10**6)
    needed = dict(t_average=10**9, qr_interval=1, n_exponents=1, t_align=10)
    with pytest.raises(errors.NotEnoughMemoryError, match="blocks 192 GB"):
        pylyap.lyapunov_spectrum(NETWORK, **needed)
    assert pylyap.lyapunov_spectrum(NETWORK, **needed, time_limit=0.1).status == "max_time"


def test_the_log_takes_memory_as_the_run_goes_on():
    from pylyap._core.integrator import Integrator

    run = Integrator(NETWORK, plan(n_exponents=1, t_average=1e9, qr_interval=1))
    run.start_averaging(10**9)
    for _ in range(3):
        run.average(1000)
    assert run.n_logged == 3000 <= len(run.log.steps) < 10_000
    assert np.all(run.log.steps[:3000] == 1) and np.all(run.log.log_growth[0, :3000] != 0)


@pytest.mark.parametrize(("make", "size"), [
    (lambda n: pylyap.weights.gaussian(n, 1.0, seed=1), 10**7), (lambda n: pylyap.weights.levy(n, 1.0, 1.5, seed=1), 10**7),
    (lambda n: pylyap.weights.orthogonal(n, 1.0, seed=1), 10**7), (pylyap.systems.lorenz96, 10**13),
    (lambda n: pylyap.theory.discrete_time_spectrum(1.0, n), 10**400),
])  # fmt: skip
def test_sizes_that_do_not_fit_are_refused(make, size):
    with pytest.raises(errors.NotEnoughMemoryError, match="needs .* of memory, and .* are free"):
        make(size)


def test_a_dry_run_tells_what_it_would_need(tmp_path, capsys):
    np.save(tmp_path / "W.npy", NETWORK.weights)
    assert main(["spectrum", "--weights", str(tmp_path / "W.npy"), "--t-average", "100", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"^steps +1000 of the state alone, 200 \+ 1000 of state and frame$", told, re.MULTILINE)
    assert re.search(r"^products +1.05e\+05 of the weights", told, re.MULTILINE)  # 4 stages of 1000 + 1200 * 21 products
    assert re.search(r"^memory +\S+ .?B beside the weights: frame 6.4 kB, buffers .*, blocks ", told, re.MULTILINE)
    assert re.search(r"^time +about \S+ (s|minutes)$", told, re.MULTILINE)
    assert not list(tmp_path.glob("*.npz"))


@pytest.mark.parametrize("run", [pylyap.lyapunov_spectrum, pylyap.analysis.adjoint_spectrum, lambda network, **options: pylyap.lyapunov_ensemble([network], **options)])
def test_a_frame_that_does_not_fit_is_refused_before_it_is_made(run, monkeypatch):
    monkeypatch.setattr(_memory, "free", lambda: 10**9)
    large = pylyap.DiscreteNetwork(scipy.sparse.csr_array(scipy.sparse.eye(20_000)))  # a frame of 3.2 GB
    with pytest.raises(errors.NotEnoughMemoryError, match="of memory"):
        run(large, t_average=10)
