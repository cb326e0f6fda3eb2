"""`lyapunov_spectrum` as a user meets it: bad input, interrupts, limits, divergence, memory, repeatability, coverage."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest

import pylyap
from pylyap import errors
from subprocesses import interrupted_at


@pytest.fixture(scope="module")
def small():
    return pylyap.DiscreteNetwork(pylyap.weights.gaussian(20, 2.0, seed=1))


@pytest.fixture(scope="module")
def flow():
    return pylyap.RateNetwork(pylyap.weights.gaussian(20, 3.0, seed=1))


def python(code, timeout=120, **kwargs):
    """Run code in a process of its own, with a watchdog."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=timeout, **kwargs
    )


BAD = [
    (dict(n_exponents=0), errors.OptionError, "from 1 to 20"),
    (dict(n_exponents=21), errors.OptionError, "from 1 to 20"),
    (dict(n_exponents=2.5), errors.OptionError, "n_exponents"),
    (dict(t_average=-1), errors.OptionError, "t_average"),
    (dict(t_average=np.nan), errors.OptionError, "t_average"),
    (dict(t_average=5, qr_interval=10), errors.OptionError, "shorter than one orthonormalisation"),
    (dict(qr_interval="often"), errors.OptionError, "auto"),
    (dict(qr_interval=0), errors.OptionError, "qr_interval"),
    (dict(qr_interval=1.5), errors.OptionError, "nearest is 2"),
    (dict(dt=0.1), errors.OptionError, "no dt"),
    (dict(solver="rk4"), errors.OptionError, "'map'"),
    (dict(precision="float16"), errors.OptionError, "float64"),
    (dict(precision="double"), errors.OptionError, "float64"),
    (dict(target_stderr=0), errors.OptionError, "> 0"),
    (dict(target_stderr={"entropy": 0.1}), errors.OptionError, "entropy_rate"),
    (dict(time_limit=0), errors.OptionError, "time_limit"),
    (dict(initial_state=np.zeros(3)), errors.OptionError, "(20,)"),
    (dict(initial_state=np.full(20, np.nan)), errors.NetworkError, "NaN"),
    (dict(initial_frame=np.zeros((20, 3))), errors.OptionError, "orthonormal"),
    (dict(initial_frame=np.eye(20)[:, :3], n_exponents=4), errors.OptionError, "contradicts"),
    (dict(seed=-1), errors.OptionError, "seed"),
    (dict(t_avrage=5), errors.UnknownOptionError, "t_average"),
]


@pytest.mark.parametrize("options, error, says", BAD)
def test_bad_options_are_named_and_explained(small, options, error, says):
    with pytest.raises(error) as caught:
        pylyap.lyapunov_spectrum(small, **{"t_average": 100, **options})
    assert says in str(caught.value)


BAD_FOR_FLOWS = [
    (dict(dt=0), "dt"),
    (dict(dt=-0.1), "dt"),
    (dict(solver="map"), "rk4"),
    (dict(rtol=1e-6), "tsit5"),
    (dict(solver="tsit5", dt=0.1), "chooses its steps"),
    (dict(solver="tsit5", atol=0), "atol"),
]


@pytest.mark.parametrize("options, says", BAD_FOR_FLOWS)
def test_bad_options_of_a_flow(flow, options, says):
    with pytest.raises(errors.OptionError, match=says):
        pylyap.lyapunov_spectrum(flow, t_average=100, **options)


def test_not_a_network():
    with pytest.raises(errors.NetworkError, match="RateNetwork"):
        pylyap.lyapunov_spectrum(np.eye(3), t_average=10)


def test_errors_come_before_julia_starts():
    code = """
        import sys, pylyap
        network = pylyap.RateNetwork(pylyap.weights.gaussian(5, 1.0, seed=1))
        for options in (dict(n_exponents=9), dict(dt=0), dict(nonsense=1)):
            try:
                pylyap.lyapunov_spectrum(network, t_average=10, **options)
            except pylyap.errors.PylyapError:
                assert "juliacall" not in sys.modules
            else:
                raise SystemExit("no error")
    """
    run = python(code)
    assert run.returncode == 0, run.stderr


def test_numpy_memory_reaches_lapack_without_a_copy():
    from pylyap._core import arrays
    from pylyap._runtime import julia

    frame = np.asfortranarray(np.random.default_rng(0).standard_normal((30, 4)))
    shared = arrays.share(frame)
    address = julia().seval("A -> UInt(pointer(A))")(shared)
    assert int(address) == frame.ctypes.data
    before = frame.copy()
    core = julia().LyapunovSpectra
    workspace = core.HouseholderQR[julia().Float64](30, 4)
    getattr(core, "orthonormalize!")(shared, workspace)  # LAPACK's geqrf and orgqr, on the memory of `frame`
    q, r = np.linalg.qr(before)
    # rounding of a QR of 30 x 4 numbers of size 1
    np.testing.assert_allclose(frame, q * np.sign(np.diag(r)), atol=1e-13)


def test_weights_are_not_copied_on_their_way_to_julia(small):
    from pylyap._core.bridge import Bridge
    from pylyap._runtime import julia

    system = small.to_core(Bridge(), {})
    assert int(julia().seval("s -> UInt(pointer(s.weights))")(system)) == small.weights.ctypes.data


def test_the_same_seed_gives_the_same_bits(flow):
    runs = [pylyap.lyapunov_spectrum(flow, t_average=20, seed=5) for _ in range(2)]
    np.testing.assert_array_equal(runs[0].log_growth, runs[1].log_growth)
    other = pylyap.lyapunov_spectrum(flow, t_average=20, seed=6)
    assert not np.array_equal(runs[0].log_growth, other.log_growth)


def test_solvers_agree(flow):
    # The same short stretch; chaos has no time to amplify the solvers' own errors.
    start = dict(initial_state=np.linspace(-1, 1, 20), t_average=2, t_transient=0, t_align=0, seed=3)
    exact = pylyap.lyapunov_spectrum(flow, dt=0.005, **start)
    for options, tolerance in (
        (dict(solver="tsit5"), 1e-6),  # 1e-8 a step, a few steps
        (dict(solver="rk4", dt=0.05), 1e-4),  # dt^4 = 6e-6, times rates of order 10
        (dict(solver="heun", dt=0.01), 1e-2),  # dt^2 = 1e-4, likewise
    ):
        spectrum = pylyap.lyapunov_spectrum(flow, **options, **start)
        np.testing.assert_allclose(spectrum.exponents, exact.exponents, atol=tolerance)
        assert spectrum.provenance["options"]["solver"] == options["solver"]


def test_times_and_blocks(flow):
    spectrum = pylyap.lyapunov_spectrum(flow, t_average=10.5, t_transient=3, t_align=2, qr_interval=1.0, dt=0.1)
    # ten whole blocks and a half one; exact up to the rounding of sums of 0.1
    np.testing.assert_allclose(spectrum.durations, [1.0] * 10 + [0.5], rtol=1e-12)
    np.testing.assert_allclose(spectrum.times[[0, -1]], [6.0, 15.5], rtol=1e-12)
    assert spectrum.provenance["options"]["qr_interval"] == pytest.approx(1.0)
    assert spectrum.unit_traces.shape == (11, 8)
    np.testing.assert_array_equal(spectrum.unit_traces[-1], spectrum.final_state[:8])


def test_automatic_interval(flow):
    fixed = pylyap.lyapunov_spectrum(flow, t_average=300, qr_interval=0.1)
    spectrum = pylyap.lyapunov_spectrum(flow, t_average=300)
    assert 0.1 < spectrum.diagnostics["qr_interval"] <= 1.0  # a frame of all directions makes a longer one useless
    assert spectrum.diagnostics["worst_condition_number"] < 1e7
    # chaos makes two runs of it: within their errors
    error = np.hypot(fixed.stderr, spectrum.stderr)
    assert (np.abs(fixed.exponents - spectrum.exponents) < 4.5 * error).all()  # 20 comparisons
    few = pylyap.lyapunov_spectrum(flow, t_average=20, qr_interval="auto", n_exponents=1, dt=0.1)
    assert few.diagnostics["qr_interval"] == pytest.approx(0.2) and few.n_blocks == 100  # as many as are promised


def test_stop_rule(flow):
    first = pylyap.lyapunov_spectrum(flow, t_average=1e5, target_stderr={"largest_exponent": 0.02})
    assert first.status == "converged" and "target_stderr" in first.message
    assert first.stderr[0] <= 0.02 and first.durations.sum() < 1e4
    whole = pylyap.lyapunov_spectrum(flow, t_average=1e5, target_stderr=0.02)
    assert whole.stderr.max() <= 0.02
    rnn = pylyap.LeakyRNN(np.eye(3), W_in=np.ones((3, 1)), inputs=np.random.default_rng(1).normal(size=(300, 1)))
    read = pylyap.lyapunov_spectrum(rnn, target_stderr=1e-12)
    assert "target_stderr is not met" in read.message and "raise t_average" not in read.message
    missed = pylyap.lyapunov_spectrum(flow, t_average=50, target_stderr={"largest_exponent": 1e-6})
    assert missed.status == "max_time" and "largest_exponent" in missed.message


def test_too_few_blocks_are_not_called_converged(flow):
    spectrum = pylyap.lyapunov_spectrum(flow, t_average=3)
    assert spectrum.status == "max_time" and "raise t_average" in spectrum.message


def test_a_drift_is_not_called_converged(flow):
    # From 1e-150 it takes more than 100 tau of linear growth until the network saturates.
    late = dict(t_average=400, t_transient=0, t_align=10, initial_state=np.full(20, 1e-150))
    spectrum = pylyap.lyapunov_spectrum(flow, **late)
    assert spectrum.status == "max_time" and "not settled" in spectrum.message
    assert pylyap.lyapunov_spectrum(flow, t_average=400).status == "converged"


def test_time_limit_keeps_what_was_done(flow):
    # the first step counts, and is made before anybody looks at the clock, however long it takes to compile
    start = dict(t_transient=0, t_align=0, qr_interval=0.1, dt=0.1)
    spectrum = pylyap.lyapunov_spectrum(flow, t_average=1e5, time_limit=0.5, **start)
    assert spectrum.status == "max_time" and "time limit" in spectrum.message
    assert 0 < spectrum.n_blocks < 1e6
    assert np.isfinite(spectrum.exponents).all()


def test_divergence_keeps_the_blocks_before_it():
    # dt = 3 tau makes Euler's factor -2: the state doubles every step and leaves double precision after 1024 steps.
    network = pylyap.RateNetwork(np.zeros((4, 4)))
    options = dict(solver="euler", dt=3.0, qr_interval=3.0, t_average=9000, t_transient=0, t_align=30)
    spectrum = pylyap.lyapunov_spectrum(network, initial_state=np.ones(4), **options)
    assert spectrum.status == "diverged"
    assert "t = 30" in spectrum.message  # 1024 or 1025 steps of 3 tau
    assert 1000 < spectrum.n_blocks < 1020
    np.testing.assert_allclose(spectrum.exponents, np.log(2) / 3, rtol=1e-12)  # exact up to rounding


def test_divergence_before_the_first_block():
    network = pylyap.RateNetwork(np.zeros((4, 4)))
    spectrum = pylyap.lyapunov_spectrum(network, solver="euler", dt=3.0, t_average=9000, t_transient=9000)
    assert spectrum.status == "diverged" and spectrum.n_blocks == 0
    assert np.isnan(spectrum.exponents).all() and "diverged" in spectrum.summary()


IN_A_SCRIPT = """
    import os, signal, time, pylyap
    before = signal.getsignal(signal.SIGINT)
    network = pylyap.RateNetwork(pylyap.weights.gaussian(150, 3.0, seed=1))
    # every step is a block: the bar is drawn when the first has been counted
    options = dict(t_align=1, t_transient=1, qr_interval=0.1, dt=0.1)
    spectrum = pylyap.lyapunov_spectrum(network, t_average=1e5, progress=True, **options)
    assert spectrum.status == "interrupted", spectrum.status
    assert spectrum.n_blocks > 0 and spectrum.exponents[0] == spectrum.exponents[0]
    assert signal.getsignal(signal.SIGINT) is before
    second = pylyap.lyapunov_spectrum(network, t_average=5)
    assert abs(second.durations.sum() - 5) < 1e-9     # a sum of rounded steps
    try:                                                     # and Ctrl-C works as before
        os.kill(os.getpid(), signal.SIGINT)
        while True:
            time.sleep(0.01)
    except KeyboardInterrupt:
        print("all well")
"""


def test_interrupt_returns_the_partial_result_and_restores_the_handler():
    code, printed, told = interrupted_at("average", textwrap.dedent(IN_A_SCRIPT))
    assert code == 0 and "all well" in printed, told


def test_interrupt_on_the_command_line(tmp_path):
    np.save(tmp_path / "w.npy", pylyap.weights.gaussian(150, 3.0, seed=1))
    arguments = ["spectrum", "--weights", "w.npy", "--t-average", "1e6", "--t-align", "1", "--output", "r.npz"]
    as_in_a_terminal = "import sys; sys.stderr.isatty = lambda: True; from pylyap.cli import main; "
    code, printed, told = interrupted_at("average", f"{as_in_a_terminal}sys.exit(main({arguments}))", cwd=tmp_path)
    assert code == 130 and "interrupted" in printed, told
    assert pylyap.load(tmp_path / "r.npz").status == "interrupted"


def test_command_line_refuses_what_it_could_not_write(tmp_path, capsys):
    from pylyap.cli import main

    np.save(tmp_path / "w.npy", np.zeros((3, 3)))
    for name, value, says in (
        ("--output", tmp_path, "folder"),
        ("--output", tmp_path / "no" / "r.npz", "no folder"),
        ("--plot", tmp_path / "f.xyz", "known endings"),
    ):
        assert main(["spectrum", "--weights", str(tmp_path / "w.npy"), name, str(value)]) == 2
        assert says in capsys.readouterr().err


def test_command_line_without_a_result_fails(tmp_path):
    from pylyap.cli import main

    np.save(tmp_path / "w.npy", pylyap.weights.gaussian(50, 3.0, seed=1))
    assert main(["spectrum", "--weights", str(tmp_path / "w.npy"), "--time-limit", "1e-9"]) == 1


def test_lost_digits_are_not_called_converged():
    still = pylyap.RateNetwork(0.1 * np.eye(4))
    spectrum = pylyap.lyapunov_spectrum(still, t_average=40_000, qr_interval=1000)  # exp(-900) is below double precision
    assert spectrum.status == "max_time" and "not to be trusted" in spectrum.message
    fine = pylyap.lyapunov_spectrum(still, t_average=400)
    assert fine.status == "converged"
    np.testing.assert_allclose(fine.exponents, -0.9, atol=1e-6)  # RK4's own error, 0.09^5 / 120 / 0.1
    chaos = pylyap.RateNetwork(pylyap.weights.gaussian(100, 3.0, seed=1))
    spectrum = pylyap.lyapunov_spectrum(chaos, t_average=800, qr_interval=20)
    assert spectrum.status == "max_time" and "shorten qr_interval" in spectrum.message


def test_automatic_intervals_at_the_extremes():
    dead = pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(np.zeros((4, 4))), t_average=1000)
    assert dead.status == "converged" and np.isneginf(dead.exponents).all()
    fast = pylyap.systems.linear(np.diag([1000.0, -1.0]))
    spectrum = pylyap.lyapunov_spectrum(fast, t_average=1, t_transient=0, t_align=0.5)
    np.testing.assert_allclose(spectrum.exponents, [1000, -1], rtol=1e-6)  # RK4: (1000 dt)^4 / 120, dt = 1e-5


def test_a_whole_run_is_whole(flow):
    # the time limit has passed when the last chunk returns, but there is nothing left to do
    spectrum = pylyap.lyapunov_spectrum(flow, t_average=0.1, t_transient=0, t_align=0, qr_interval=0.1, time_limit=1e-9)
    assert spectrum.n_blocks == 1 and "time limit" not in spectrum.message


@pytest.mark.parametrize(
    "network, t_average, t_truth",
    [
        (pylyap.DiscreteNetwork(pylyap.weights.gaussian(20, 3.0, seed=10)), 1000, 100_000),
        pytest.param(
            pylyap.RateNetwork(pylyap.weights.gaussian(30, 6.0, seed=4), bias=np.full(30, 0.3)), 1000, 50_000,
            marks=pytest.mark.slow,
        ),
    ],
    ids=["map", "flow"],
)
def test_error_bars_cover(network, t_average, t_truth):
    """Over 400 seeds the nominal 95 % intervals of lambda_1, H and D cover the truth in 90 to 98 % of the runs."""
    names = ("entropy_rate", "kaplan_yorke_dimension")
    options = dict(n_exponents=8, t_transient=100, t_align=50)
    truth = pylyap.lyapunov_spectrum(network, t_average=t_truth, seed=999, **options)
    assert truth.exponents[0] > 0.1  # chaotic, or there is nothing to cover

    def numbers(spectrum):
        values = [spectrum.exponents[0], *(getattr(spectrum, name) for name in names)]
        return np.array(values), np.array([spectrum.stderr[0], *map(spectrum.stderr_of, names)])

    value, error = numbers(truth)
    inside = np.zeros(3)
    runs = 400
    for spectrum in pylyap.lyapunov_ensemble([network] * runs, t_average=t_average, seed=1, **options):
        found, its_error = numbers(spectrum)
        inside += np.abs(found - value) < 1.96 * np.hypot(its_error, error)
    # Chaos makes another machine another draw of all runs, so the limits have room for two standard deviations of them:
    # 0.015 at a coverage of 0.90, and 0.007 at 0.98. D, at 0.924 over 1200 runs, is four standard deviations above the
    # lower one. Errors that are 30 % too small cover 83 % and fail; 50 % too large, 99.7 %, and fail 19 times of 20.
    assert (0.87 <= inside / runs).all() and (inside / runs <= 0.993).all(), inside / runs
