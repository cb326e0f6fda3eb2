"""Controls that compute something again, another way. Each gives (verdict, text, value, bound), see `Check`."""

import numpy as np

from ... import _solvers as solvers
from ...runs.spectrum import lyapunov_spectrum
from ...results.verdict import WORST_CONDITION
from ...runs.adjoint import adjoint_spectrum
from ...runs.twin import twin_exponent
from .check import AT_THE_ENDS, LARGE_CONDITION, SIGMAS, OutOfTime, compare, graded, growth_difference
from .of_one_run import EULER_OFF

MOST_GROWTH = 1e3  # of a distance of 1e-8 within a block: curvature then changes its logarithm by about 1e-5
MOST_BLOCKS = 0.9  # of the blocks of a twin have to agree


def interval(study):
    """C4: another interval between orthonormalisations, on the same trajectory."""
    base = study.base
    if study.solver.is_adaptive:
        return "not applicable", "The steps of an adaptive solver, and so the trajectory, depend on it."
    dt = base.provenance["options"]["dt"]
    steps, worst = round(base.diagnostics["qr_interval"] / dt), base.diagnostics["worst_condition_number"]
    if study.network.is_map and steps == 1 and worst**2 > WORST_CONDITION["float64"]:
        return "not applicable", "Two steps without orthonormalisation would lose digits, one step does not (C5)."
    other = _other_interval(steps, worst)
    time = _whole(study.time / 4, max(steps, other) * dt)
    if time == 0:
        return "not applicable", "The run is shorter than four intervals."
    again = study.run(f"QR every {other * dt:g}", t_average=time, qr_interval=other * dt)
    value = growth_difference(base, again)
    verdict = graded(value, 1e-4, 1e-3)  # rounding, amplified by conditions up to 1e8, is far below
    text = f"Every {other * dt:g} instead of {steps * dt:g} {study.unit}: the same exponents on the same trajectory."
    if verdict != "pass":
        text = f"Every {other * dt:g} instead of {steps * dt:g} {study.unit}: other exponents; shorten qr_interval."
    return verdict, text, value, 1e-4


def _other_interval(steps, condition):
    """A divisor of the interval; shorter by far if that is too long; twice one step, which has no divisor."""
    if steps == 1:
        return 2
    wanted = steps / 10 if condition > LARGE_CONDITION else steps / 2
    return max(d for d in range(1, steps) if steps % d == 0 and d <= max(1, wanted))


def step(study):
    """C6: a finer solver."""
    base = study.base
    if study.network.is_map:
        return "not applicable", "A map has neither step nor solver."
    if study.digits_are_lost:
        return "not applicable", "This run loses digits (C5): there is nothing to compare with."
    drive = study.network.drive
    solver, dt = study.solver, base.provenance["options"]["dt"]
    if solver.is_adaptive:
        change, label = dict(rtol=1e-10, atol=1e-10), f"{solver.name}, tolerance 1e-10"
    elif drive is not None and not drive.is_defined_between_steps:
        return _looked(base, "A random drive is drawn step by step: half the step is another input.")
    else:
        finer = solvers.fixed_step_default(study.network).name
        change, label = dict(solver=finer, dt=dt / 2), f"{finer}, dt = {dt / 2:g}"
    interval = _short_interval(base)
    change["qr_interval"] = interval
    again = study.run(label, t_average=_whole(study.time / 2, interval), **change)
    value, bound = compare(base, again)
    # Euler's first-order error, dt / 2 for the leak, is not a surprise as long as C2 does not fail for it
    euler = solver.order == 1 and dt / 2 <= EULER_OFF
    verdict = graded(value, bound, np.inf if euler else 2 * bound)
    text = f"With {label}: the same exponents within the errors."
    if verdict == "pass" and not euler:
        seen, *rest = _looked(base, text)
        if seen in ("warn", "fail"):  # the other run is shorter, and its errors larger
            return "warn", *rest
    if euler and verdict != "pass":
        text = f"With {label}: other exponents, as Euler's method at this dt is another system than the flow (C2)."
    elif verdict != "pass":
        text = f"With {label}: other exponents. dt is too large, or the network has several attractors (see C9)."
    return verdict, text, value, bound


def _looked(base, text):
    """What the looks of the run itself say where another run says nothing: (verdict, text, value, bound)."""
    error, allowed = base.diagnostics["step_error"], base.diagnostics["step_error_allowed"]
    if np.isnan(error):
        return "not applicable", text
    places = f"in {base.diagnostics['n_step_looks']} places one step was compared with two of half its length"
    verdict = graded(error, allowed, 10 * allowed)
    told = "the step is short enough" if verdict == "pass" else f"exponents are off by about {error:.2g}; make the step smaller"
    return verdict, f"{text} But {places}: {told}.", error, allowed


def transient(study):
    """C8: go on from the end with a new frame."""
    again = study.run(
        "from the end, new frame", t_average=study.time / 2, initial_state=study.base.final_state, seed=study.seed_number(1),
    )
    value, bound = compare(study.base, again)
    verdict = graded(value, bound, 2 * bound)
    text = "Going on from the end with another frame gives the same exponents."
    if verdict != "pass":
        text = "Going on from the end gives other exponents: raise t_transient and t_align."
    return verdict, text, value, bound


def initial_conditions(study):
    """C9: other initial states."""
    found = []
    for number in (2, 3):
        state = np.random.default_rng([study.seed_number(number), study.base.size]).standard_normal(study.base.size)
        own = study.network.initial_state
        start = None if own is None else own * (1 + 0.01 * state)  # a system's own basin of attraction; None: from the seed
        again = study.run(
            f"initial state {number}", t_average=study.time / 2, seed=study.seed_number(number), initial_state=start,
        )
        found.append(compare(study.base, again))
    value, bound = max(found, key=lambda pair: pair[0] / pair[1])
    text = "Other initial states lead to the same exponents."
    verdict = graded(value, bound)
    if verdict != "pass":
        text = "Other initial states lead to other exponents: several attractors, or a transient longer than t_transient."
    return verdict, text, value, bound


def realisations(study):
    """C10: other networks of the same ensemble."""
    if study.make_realisation is None:
        return "not applicable", "Give make_realisation(seed) to see how much networks of a kind differ."
    spectra = [study.base]
    for number in range(1, 4):
        network = study.realisation(number)
        spectra.append(study.run(f"realisation {number}", network=network, t_average=study.time / 4))
    value = float(np.std([s.exponents[0] for s in spectra], ddof=1))
    text = f"lambda_1 of {len(spectra)} networks scatters by {value:.2g}: that is the error of statements about the ensemble."
    return "pass", text, value  # any scatter is right


def perturbation(study):
    """C11: the first exponent from two trajectories."""
    base = study.base
    if not np.isfinite(base.exponents[0]):
        return "not applicable", "The first exponent is -inf."
    step = study.fixed_step()
    dt = 1.0 if study.network.is_map else step.get("dt", base.provenance["options"]["dt"])
    block = _short_enough(base, dt)
    fixed = {**step, "qr_interval": block, "t_average": _whole(study.time / 4, block)}
    pair = study.twin = study.whole(twin_exponent(study.network, **fixed, time_limit=study.time_left(), progress=False))
    # Not the worst block: beside a fold or a kink even a twin as close as this one is not where its tangent points.
    two, one = pair.local_exponents, pair.tangent_local_exponents
    apart = np.abs(np.subtract(two, one, out=np.zeros_like(two), where=two != one)) * pair.durations
    value, bound = float(np.quantile(apart, MOST_BLOCKS)), 1e-3
    verdict = graded(value, bound, 30 * bound)
    text = "A twin 1e-8 away parts as the first tangent vector grows, block by block."
    if verdict != "pass":
        text = "A twin 1e-8 away does not part as the tangent grows: kinks of the activation, too long blocks, or a wrong Jacobian (C14)."
    return verdict, text, value, bound


def _short_enough(base, dt):
    """A block, at most that of the run, in which a twin's distance is not likely to grow by more than `MOST_GROWTH`."""
    interval = base.diagnostics["qr_interval"]
    rate = max(0.0, base.local_exponents[:, 0].max())
    return dt * max(1, int(min(interval, np.log(MOST_GROWTH) / rate if rate > 0 else np.inf) / dt * (1 + 1e-9)))


def extensivity(study):
    """C13: a smaller network of the same kind."""
    base = study.base
    if study.make_size is None:
        return "not applicable", "Give make_size(N) to compare with a network of half the size."
    half = study.run("half the size", network=study.half_the_size(), t_average=study.time / 2)
    density = base.kaplan_yorke_dimension / base.size
    value = abs(half.kaplan_yorke_dimension / half.size - density) / density if density > 0 else np.nan
    if np.isnan(value):
        return "not applicable", "The dimension is 0 or not known."
    text = "D / N hardly changes from N / 2 to N." if value <= 0.25 else "D / N changes from N / 2 to N: N is still small."
    return graded(value, 0.25), text, value, 0.25


def jacobian(study, directions=5, h=1e-6):
    """C14: the tangent of one step against finite differences."""
    base = study.base
    dt = study.fixed_step().get("dt", base.provenance["options"]["dt"])
    one_step = dict(study.fixed_step(t_average=dt), t_transient=0, t_align=0, qr_interval=dt, progress=False)
    worst, random = 0.0, np.random.default_rng(study.seed_number(4))
    for _ in range(directions):
        v = random.standard_normal((base.size, 1))
        v /= np.linalg.norm(v)

        def moved(shift, v=v):
            start = dict(initial_state=base.final_state + shift * v[:, 0], initial_frame=v)
            return lyapunov_spectrum(study.network, **{**one_step, **start})

        here = moved(0.0)
        tangent = np.exp(here.log_growth[0, 0]) * here.final_frame[:, 0]
        difference = (moved(h).final_state - moved(-h).final_state) / (2 * h)
        worst = max(worst, float(np.linalg.norm(tangent - difference) / max(float(np.linalg.norm(difference)), 1e-12)))
    # curvature h^2, rounding 1e-16 |x| / h
    bound = 1e-7 * (1 + np.abs(base.final_state).max()) * np.sqrt(base.size)
    verdict = graded(worst, bound, 1e3 * bound)
    text = "The tangent of a step is the derivative of the step."
    if verdict != "pass":
        text = "The tangent of a step is not the derivative of the step (at a kink of the activation that can be chance)."
    return verdict, text, worst, bound


def adjoint(study):
    """C15: transposed Jacobians, backward."""
    base = study.base
    if study.network.is_map and base.diagnostics["worst_condition_number"] > WORST_CONDITION["float64"]:
        return "not applicable", "One step shrinks directions by more than the digits that the way back can keep."
    options = study.fixed_step(t_average=_whole(study.time / 4, base.diagnostics["qr_interval"]))
    options = dict(options, n_exponents=base.n_exponents)
    back = study.whole(adjoint_spectrum(study.network, **options, time_limit=study.time_left(), progress=False))
    study.curves["adjoint, backward"] = back
    forward = base if not study.solver.is_adaptive else study.run("fixed steps", rtol=None, atol=None, **options)
    if forward.durations.sum() < (1 - 1e-9) * options["t_average"]:  # the time limit cut it: not the same stretch
        raise OutOfTime
    forward = _part(forward, options["t_average"])
    alive = np.isfinite(forward) & np.isfinite(back.exponents)
    difference = np.abs(forward - back.exponents)[alive]
    # the same stretch: no sampling error; collapsing and fast exponents have wide angles at the ends
    allowed = (4 * AT_THE_ENDS / options["t_average"] + SIGMAS * np.nan_to_num(back.stderr))[alive]
    worst = np.argmax(difference / allowed)
    value, bound = float(difference[worst]), float(allowed[worst])
    verdict = graded(value, bound, 2 * bound)
    text = "Transposed Jacobians, multiplied backward, give the same exponents."
    if verdict != "pass":
        text = "The backward run gives other exponents: digits are lost (C5), or the stretch is short."
    return verdict, text, value, bound


def single_precision(study):
    """C18: float32."""
    if "float32" not in study.network.precisions or study.solver.is_adaptive:
        return "not applicable", "Single precision is for RateNetwork and DiscreteNetwork with fixed steps."
    if study.digits_are_lost:
        return "not applicable", "This run loses digits (C5): there is nothing to compare with."
    interval = _short_interval(study.base)
    again = study.run("float32", t_average=_whole(study.time / 4, interval), qr_interval=interval, precision="float32")
    value, bound = compare(study.base, again)
    verdict = graded(value, bound)
    text = "Single precision gives the same exponents within the errors: rounding plays no role."
    if verdict != "pass":
        text = "Single precision gives other exponents: the smallest ones need double precision, or several attractors are close."
    return verdict, text, value, bound


def nesting(study):
    """C19: fewer exponents, the same ones."""
    base = study.base
    if base.n_exponents == 1:
        return "not applicable", "There is one exponent only."
    if study.solver.is_adaptive:
        return "not applicable", "The steps of an adaptive solver depend on the interval."
    k, qr = max(1, base.n_exponents // 3), base.diagnostics["qr_interval"]
    time = _whole(study.time / 4, qr)
    if time == 0:
        return "not applicable", "The run is shorter than four intervals."
    again = study.run(f"first {k} alone", t_average=time, n_exponents=k, qr_interval=qr)
    value = growth_difference(base, again)
    verdict = graded(value, 1e-6, 1e-3)
    text = f"The first {k} exponents alone are the same."
    if verdict != "pass":
        text = f"The first {k} exponents alone are others: rounding is amplified; shorten qr_interval."
    return verdict, text, value, 1e-6


def _short_interval(base):
    """The interval of a run, or 1 if that is shorter: too long a one is C4's business."""
    dt = base.provenance["options"]["dt"]
    return _whole(min(base.diagnostics["qr_interval"], max(1.0, dt)), dt)


def _whole(time, interval):
    """The longest multiple of `interval` that is not longer than `time`."""
    return int(time / interval * (1 + 1e-9)) * interval


def _part(spectrum, time):
    n = int(np.searchsorted(np.cumsum(spectrum.durations), time * (1 + 1e-9), side="right"))
    rates = spectrum.log_growth[:n].sum(axis=0) / spectrum.durations[:n].sum()
    return np.sort(rates)[::-1]
