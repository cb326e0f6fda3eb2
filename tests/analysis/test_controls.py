"""The controls on spectra whose truth is known: each mistake is found, and nothing else is blamed."""

import dataclasses
import os
import signal
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

import pylyap
from pylyap import _solvers as solvers
from pylyap import errors
from pylyap.analysis.controls import of_more_runs, of_one_run

ENOUGH = 600.0  # seconds, so that a busy machine leaves nothing out; the runs are short


def verdicts(report, *codes):
    return {code: report[code].verdict for code in codes}


def gaussian(n, g, seed=1):
    return pylyap.RateNetwork(pylyap.weights.gaussian(n, g, seed=seed))


def chaotic():
    """A small network known to be chaotic: lambda_1 = 0.16 per tau, with several steps and seeds."""
    return pylyap.RateNetwork(pylyap.weights.gaussian(30, 6.0, seed=4), bias=np.full(30, 0.3))


@pytest.mark.slow
def test_a_healthy_chaotic_network_passes():
    report = pylyap.controls(
        chaotic(), t_average=400, time_budget=ENOUGH, make_size=lambda n: gaussian(n, 6.0),
        make_realisation=lambda seed: gaussian(30, 6.0, seed),
    )
    assert report.spectrum.exponents[0] > 0.05
    assert "fail" not in {check.verdict for check in report.checks}, report.table()
    passed = verdicts(report, "C2", "C4", "C5", "C7", "C11", "C14", "C15", "C19")
    assert set(passed.values()) == {"pass"}, report.table()
    assert report["C1"].verdict in ("pass", "not applicable") and report["C13"].verdict != "no time"


def test_a_limit_cycle_passes():
    cycle = pylyap.RateNetwork(pylyap.weights.gaussian(30, 6.0, seed=5), bias=np.full(30, 0.3))
    report = pylyap.controls(cycle, t_average=300, time_budget=ENOUGH)
    assert report.spectrum.exponents[1] < -0.05  # one exponent 0 and all others negative: a cycle
    assert report.verdict == "pass", report.table()
    passed = verdicts(report, "C1", "C2", "C4", "C6", "C9", "C11", "C14", "C15", "C18", "C19")
    assert set(passed.values()) == {"pass"}, report.table()


def test_a_system_of_its_own_passes():
    report = pylyap.controls(pylyap.systems.stuart_landau(), t_average=50, time_budget=ENOUGH)
    assert report.verdict == "pass", report.table()
    assert verdicts(report, "C1", "C14", "C18") == {"C1": "pass", "C14": "pass", "C18": "not applicable"}


def test_a_fixed_point_passes_and_has_no_zero_exponent():
    report = pylyap.controls(gaussian(20, 0.5), t_average=200, time_budget=ENOUGH)
    assert report.verdict == "pass", report.table()
    assert report["C1"].verdict == "not applicable" and "rest" in report["C1"].text
    assert report["C16"].verdict == "pass"  # the eigenvalues of the weights


def test_too_long_an_interval_is_found():
    report = pylyap.controls(chaotic(), t_average=600, qr_interval=30.0, time_budget=ENOUGH)
    assert report.verdict == "fail"
    assert verdicts(report, "C4", "C5") == {"C4": "fail", "C5": "fail"}
    assert "qr_interval" in report["C4"].text and "lost in rounding" in report["C5"].text
    assert report["C14"].verdict == "pass"  # which has nothing to do with it


@pytest.mark.parametrize("solver, dt", [("rk4", 1.25), ("euler", 0.5)])
def test_too_large_a_step_is_found(solver, dt):
    report = pylyap.controls(chaotic(), t_average=300, solver=solver, dt=dt, qr_interval=dt, time_budget=ENOUGH)
    assert report.verdict == "fail", report.table()
    assert verdicts(report, "C2", "C6") == {"C2": "fail", "C6": "fail"}, report.table()
    assert "smaller" in report["C2"].text and "dt is too large" in report["C6"].text
    assert report["C14"].verdict == "pass"  # the tangent is that of the step, right or wrong


@pytest.mark.slow
def test_a_map_has_no_step_and_noise_no_zero_exponent():
    W = pylyap.weights.gaussian(20, 3.0, seed=10)
    report = pylyap.controls(pylyap.DiscreteNetwork(W), t_average=2000, time_budget=ENOUGH)
    assert {report[code].verdict for code in ("C1", "C3", "C6", "C10", "C13", "C17")} == {"not applicable"}
    assert "fail" not in {check.verdict for check in report.checks}, report.table()
    noisy = pylyap.RateNetwork(W, drive=pylyap.drives.white_noise(0.5, seed=1))
    report = pylyap.controls(noisy, t_average=50, t_transient=20, time_budget=ENOUGH)
    assert report["C1"].verdict == "not applicable" and "input" in report["C1"].text
    assert report["C6"].verdict == "not applicable" and report["C11"].verdict == "pass", report.table()


def test_white_noise_at_the_customary_step_is_to_be_trusted():
    def noisy(dt):
        drive = pylyap.drives.white_noise(0.5, seed=1)
        network = pylyap.RateNetwork(gaussian(20, 3.0).weights, drive=drive)
        return pylyap.controls(network, dt=dt, t_average=100, time_budget=ENOUGH)

    report = noisy(0.1)  # Heun's method is off by dt^2 / 6 = 0.0017
    assert "trusted" not in report.spectrum.message and report["C2"].verdict == "pass", report.table()
    report = noisy(0.4)  # 0.03
    assert "sum rule is violated" in report.spectrum.message and report["C2"].verdict == "fail", report.table()


def test_too_little_time_is_said():
    report = pylyap.controls(chaotic(), t_average=1e6, t_transient=1, t_align=1, time_budget=1.0)
    left_out = [check for check in report.checks if check.verdict == "no time"]
    assert left_out and all("time_budget" in check.text for check in left_out)


def test_a_diverging_run_fails():
    unstable = pylyap.RateNetwork(2 * np.eye(3), activation="linear")
    report = pylyap.controls(unstable, t_average=2000, time_budget=ENOUGH)
    assert report.verdict == "fail" and "infinite or NaN" in report["C7"].text


def test_table_figure_and_page(tmp_path):
    report = pylyap.controls(gaussian(12, 0.5), t_average=50, time_budget=ENOUGH)
    lines = report.table().splitlines()
    assert lines[0].split() == ["control", "verdict", "value", "bound"] and len(lines) == 1 + 19 + 2
    assert [line.split()[0] for line in lines[1:20]] == [f"C{i}" for i in range(1, 20)]
    assert len(report.figure().axes) == 7
    report.html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert all(f"<td>C{i}</td>" in page for i in range(1, 20))
    assert page.count("data:image/png;base64,") == 1 and 'src="http' not in page and 'href="' not in page
    with pytest.raises(errors.OptionError, match="C1 to C19"):
        report["C20"]


def test_command_line(tmp_path, capsys):
    from pylyap.cli import main

    np.save(tmp_path / "W.npy", pylyap.weights.gaussian(10, 0.5, seed=1))
    page, figure = tmp_path / "page.html", tmp_path / "figure.png"
    given = ["controls", "--weights", str(tmp_path / "W.npy"), "--t-average", "60", "--time-budget", "600"]
    assert main([*given, "--html", str(page), "--figure", str(figure)]) == 0
    assert "PASS" in capsys.readouterr().out and page.exists() and figure.exists()
    assert main([*given, "--solver", "euler", "--dt", "0.5"]) == 1  # the mean exponent is that of another system
    assert main([*given, "--html", str(tmp_path / "nowhere" / "page.html")]) == 2


def test_bad_options():
    network = gaussian(10, 2.0)
    with pytest.raises(errors.UnknownOptionError, match="t_average"):
        pylyap.controls(network, t_avrage=10)
    with pytest.raises(errors.OptionError, match="time_budget"):
        pylyap.controls(network, time_budget=0)
    with pytest.raises(errors.OptionError, match="precision is not allowed"):
        pylyap.controls(network, precision="float32")
    with pytest.raises(errors.NetworkError):
        pylyap.controls(np.eye(3))


def test_what_is_not_known_is_no_failure():
    report = pylyap.controls(chaotic(), t_average=15, qr_interval=1.0, time_budget=ENOUGH)  # too few blocks in parts of the run
    unknown = verdicts(report, "C6", "C8", "C9", "C18")
    assert set(unknown.values()) == {"not applicable"}, report.table()
    assert all("t_average" in report[code].text for code in unknown)
    short = pylyap.controls(chaotic(), t_average=2, qr_interval=1.0, time_budget=ENOUGH)
    assert short.verdict == "not applicable" and "raise t_average" in short["C2"].text


def test_a_map_whose_steps_crush_directions_is_right():
    crushing = pylyap.DiscreteNetwork(pylyap.weights.gaussian(100, 10.0, seed=1))  # one step: by 1e13
    report = pylyap.controls(crushing, t_average=400, time_budget=ENOUGH)
    assert verdicts(report, "C4", "C15") == {"C4": "not applicable", "C15": "not applicable"}, report.table()
    assert "fail" not in {check.verdict for check in report.checks}, report.table()


def test_few_exponents_may_leave_zero_out():
    report = pylyap.controls(chaotic(), n_exponents=1, t_average=400, time_budget=ENOUGH)
    assert report.spectrum.exponents[-1] > 0.05  # chaos, and the zero is further down
    assert report["C1"].verdict == "not applicable" and "not among" in report["C1"].text


def test_eulers_customary_step_is_a_warning():
    report = pylyap.controls(chaotic(), solver="euler", dt=0.1, t_average=200, time_budget=ENOUGH)
    assert verdicts(report, "C2", "C6") == {"C2": "warn", "C6": "warn"}, report.table()
    assert "another system than the flow" in report["C6"].text


def test_an_initial_state_of_the_users_is_kept_where_it_belongs():
    # each of four units is at rest on either side of 0, with the exponent -0.66 above and -0.54 below
    bistable = pylyap.RateNetwork(1.5 * np.eye(4), bias=np.full(4, 0.05))
    report = pylyap.controls(bistable, initial_state=-np.ones(4), t_average=800, time_budget=ENOUGH)
    assert report["C15"].verdict == "pass", report.table()  # the same trajectory: 0.06 is allowed
    assert report["C9"].verdict == "warn" and "attractors" in report["C9"].text
    report = pylyap.controls(
        bistable, initial_state=-np.ones(4), t_average=50, time_budget=ENOUGH,
        make_size=lambda n: pylyap.RateNetwork(1.5 * np.eye(n)), make_realisation=lambda seed: bistable,
    )
    assert {"half the size", "realisation 1"} <= set(report.curves), report.table()


def test_an_error_in_one_control_leaves_the_others(monkeypatch):
    from pylyap.analysis.controls import of_more_runs

    def broken(*given, **options):
        raise ZeroDivisionError("a mistake")

    monkeypatch.setattr(of_more_runs, "twin_exponent", broken)
    report = pylyap.controls(gaussian(12, 0.5), t_average=50, time_budget=ENOUGH)
    assert report["C11"].verdict == "warn" and "ZeroDivisionError: a mistake" in report["C11"].text
    assert report["C15"].verdict == "pass"


def no_false_alarm(system, *codes, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)  # such as -inf minus -inf
        report = pylyap.controls(system, time_budget=ENOUGH, **options)
    assert "could not be made" not in report.table(), report.table()
    assert {report[code].verdict for code in codes} <= {"pass", "not applicable"}, report.table()


def test_directions_that_collapse_give_no_false_alarm():
    numbers = np.random.default_rng(0).normal(size=(20, 20))
    no_false_alarm(pylyap.DiscreteNetwork(np.triu(numbers, 1)), "C7", "C11", "C12", "C16", t_average=300)
    of_rank_two = pylyap.DiscreteNetwork(numbers[:, :2] @ numbers[2:4])
    no_false_alarm(of_rank_two, "C7", "C11", "C12", "C16", t_average=1000)


def test_a_map_that_stretches_far_gives_no_false_alarm():
    """A twin beside it is 6^10 times further away after ten steps; its slope changes fast near -1 and 1."""
    source = "f!(n, x, p, t) = (n[1] = cos(6acos(x[1])); nothing)"
    no_false_alarm(pylyap.systems.map(1, source, initial_state=[0.3]), "C11", t_average=3000)


def test_a_run_that_diverges_fails():
    def unstable(seed):
        return pylyap.RateNetwork(5 * np.eye(12), activation="linear")

    stable = pylyap.RateNetwork(pylyap.weights.gaussian(12, 0.5, seed=1), activation="linear")
    report = pylyap.controls(stable, t_average=1000, time_budget=ENOUGH, make_realisation=unstable)
    assert report["C10"].verdict == "fail" and "infinite or NaN" in report["C10"].text


def test_networks_of_another_kind_are_refused_before_any_run():
    with pytest.raises(errors.OptionError, match="RateNetwork with 12 units"):
        pylyap.controls(gaussian(12, 0.5), make_realisation=lambda seed: gaussian(10, 0.5))
    with pytest.raises(errors.OptionError, match="RateNetwork with 6 units"):
        pylyap.controls(gaussian(12, 0.5), make_size=lambda n: np.eye(n))


def test_ctrl_c_ends_the_report_and_keeps_what_there_is(monkeypatch):
    from pylyap.runs import loop

    chunks, calls = loop.chunks, []

    def pressed(move, n_steps):  # in the middle of a run, where it would otherwise be ended with what there is
        for size in chunks(move, n_steps):
            if len(calls) == 2:  # the first call is before any run
                os.kill(os.getpid(), signal.SIGINT)
            yield size

    def realisation(seed):
        calls.append(seed)
        return gaussian(12, 0.5, seed)

    monkeypatch.setattr(loop, "chunks", pressed)
    report = pylyap.controls(gaussian(12, 0.5), t_average=50, time_budget=ENOUGH, make_realisation=realisation)
    assert report.interrupted and "interrupted" in report.headline()
    assert all(report[code].text == "Not made: interrupted." for code in ("C10", "C13", "C17"))
    assert report["C18"].verdict == "pass" and "realisation 1" not in report.curves
    calls[:] = [0, 0]
    with pytest.raises(KeyboardInterrupt):  # the run under test
        pylyap.controls(gaussian(12, 0.5), t_average=50, time_budget=ENOUGH)


def test_stretches_are_compared_as_far_as_both_reach():
    from pylyap.analysis.controls.check import growth_difference

    def spectrum(durations, seed=0):
        fine = np.random.default_rng(seed).standard_normal(12)  # growth in each unit of time
        ends = np.cumsum(durations).astype(int)
        growth = np.diff(np.concatenate([[0.0], np.cumsum(fine)[ends - 1]]))[:, None]
        return pylyap.LyapunovSpectrum(
            log_growth=growth, durations=np.array(durations, float), time_unit="tau", size=1, status="max_time",
            message="", diagnostics={}, provenance={}, final_state=np.zeros(1),
        )

    # blocks of 3 and of 2, the latter cut at 8: both end at 6
    assert growth_difference(spectrum([3] * 4), spectrum([2] * 4)) < 1e-14
    assert growth_difference(spectrum([3] * 4), spectrum([2] * 4, seed=1)) > 0.01


def test_sparse_weights_stay_sparse(monkeypatch):
    import scipy.sparse

    normal = np.random.default_rng(1).standard_normal
    W = scipy.sparse.random(40, 40, density=0.2, random_state=1, format="csr", data_rvs=normal)
    monkeypatch.setattr(scipy.sparse.csr_array, "toarray", None)
    monkeypatch.setattr(scipy.sparse.csr_matrix, "toarray", None)
    report = pylyap.controls(pylyap.RateNetwork(2 * W), t_average=20, t_transient=20, time_budget=ENOUGH)
    assert verdicts(report, "C3", "C16") == {"C3": "not applicable", "C16": "not applicable"}, report.table()


def test_a_pass_needs_the_controls_that_matter():
    from pylyap.analysis.controls import Check, ControlsReport

    def verdict(**special):
        rows = [Check(f"C{i}", "", special.get(f"C{i}", "pass"), "") for i in range(1, 20)]
        return ControlsReport(tuple(rows), None, {}, None, "", 0.0).verdict

    assert verdict() == verdict(C15="no time") == verdict(C3="not applicable") == "pass"
    assert verdict(C4="no time") == "no time"
    assert verdict(C4="no time", C16="warn") == "warn" and verdict(C16="warn", C7="fail") == "fail"


def about(spectrum, network):
    """What the controls that make no other run look at."""
    solver = solvers.BY_NAME[spectrum.provenance["options"]["solver"]]
    return SimpleNamespace(base=spectrum, network=network, solver=solver, digits_are_lost=False)


def test_a_step_is_judged_by_the_looks_of_the_run_where_half_of_it_is_another_input():
    drive = pylyap.drives.ornstein_uhlenbeck(0.3, 2.0, seed=1)
    network = pylyap.RateNetwork(pylyap.weights.gaussian(20, 3.0, seed=1), drive=drive)
    for dt in (0.1, 1.25):
        run = pylyap.lyapunov_spectrum(network, t_average=500, dt=dt)
        verdict, text, value, bound = of_more_runs.step(about(run, network))
        assert (verdict == "pass") == (dt == 0.1) and "half its length" in text, text
        assert (value, bound) == (run.diagnostics["step_error"], run.diagnostics["step_error_allowed"])


def test_drifts_and_long_memory_are_told():
    standard = pylyap.systems.map(
        2, "f!(n, x, p, t) = (n[2] = mod(x[2] + sin(x[1]), 2pi); n[1] = mod(x[1] + n[2], 2pi); nothing)",
        jvp="j!(d, v, x, p, t) = (d[2] = v[2] + cos(x[1]) * v[1]; d[1] = v[1] + d[2]; nothing)", initial_state=[1.0, 2.0],
    )
    sticky = pylyap.lyapunov_spectrum(standard, t_average=2000)
    verdict, text, *_ = of_one_run.error_bars(about(sticky, standard))
    assert verdict == "warn" and "preserves volume" in text, text
    network = chaotic()
    usual = pylyap.lyapunov_spectrum(network, t_average=300)
    assert usual.diagnostics["settled"] == 1.0 and of_one_run.duration(about(usual, network))[0] == "pass"
    drifting = dataclasses.replace(usual, diagnostics={**usual.diagnostics, "settled": 0.0})
    verdict, text, *_ = of_one_run.duration(about(drifting, network))
    assert verdict == "warn" and "drift" in text, text
    few = pylyap.lyapunov_spectrum(network, t_average=3)
    assert np.isnan(few.diagnostics["settled"])
