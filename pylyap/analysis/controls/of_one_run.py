"""Controls that need no run but the one they are about. Each gives (verdict, text, value, bound), see `Check`."""

import numpy as np

from ..._contracts import ResultStatus
from ..._mean import mean_with_error
from ...networks.matrix import is_sparse
from ...results import memory
from ...results.spectrum import LyapunovSpectrum
from ...results.verdict import LARGEST_RESIDUAL, WORST_CONDITION, largest_residual
from ..finite_size import discrete_time_shift, edge, most_at_the_edge
from ..symmetry import symmetry
from .check import AT_THE_ENDS, LARGE_CONDITION, SIGMAS, graded, largest_difference

AT_REST = 1e-6  # of the units' activity, over the second half of a run
EULER_OFF = 0.1  # per tau; Euler's method at the customary dt = 0.1 tau is off by 0.05
LARGEST_DENSE = 3000  # units; all eigenvalues take half a minute
SEEN_ALONE = 3.0  # errors between neighbours from where on an exponent can be told from the next


def zero_exponent(study):
    """C1: an autonomous flow that moves has an exponent 0."""
    base = study.base
    if study.network.is_map:
        return "not applicable", "A map has no exponent 0 for moving along its orbit."
    if np.isnan(base.diagnostics["zero_exponent"]):
        return "not applicable", "The input depends on time: moving along the orbit is not a symmetry."
    if at_rest(base):
        return "not applicable", "The state is at rest: a fixed point has no exponent 0."
    nearest = int(np.abs(base.exponents).argmin())
    value, error = abs(base.exponents[nearest]), base.stderr[nearest]
    gaps = np.abs(np.diff(base.exponents[max(0, nearest - 1) : nearest + 2]))
    if len(gaps) and gaps.min() < SEEN_ALONE * error:
        return "not applicable", "The spectrum is too dense at 0 for one exponent to be told from others."
    bound = SIGMAS * error + AT_THE_ENDS / base.durations.sum()
    verdict = graded(value, bound, 3 * bound)
    if verdict != "pass" and base.n_exponents < base.size and base.exponents[-1] > 0:
        return "not applicable", "All exponents computed are positive: that at 0 is not among them."
    text = "One exponent is 0, as moving along the orbit demands."
    if verdict != "pass":
        text = "No exponent is 0 although the state moves: average longer, or make dt smaller."
    return verdict, text, value, bound


def sum_rule(study):
    """C2: the exponents add up to the mean growth of volumes."""
    base, network = study.base, study.network
    residual = abs(base.diagnostics["sum_rule_residual"])
    if np.isnan(residual):
        why = "Volumes are known only with all N exponents." if base.n_exponents < base.size else "The volume growth is not known."
        return "not applicable", why
    if network.exact_mean_exponent is not None:
        residual = abs(base.exponents.mean() - network.exact_mean_exponent)
        text = "The mean exponent is -1/tau, or the mean of these, as the leak demands."
    else:
        text = "The exponents add up to the mean growth of volumes."
    solver, rate = study.solver, np.abs(base.exponents).mean()
    euler, bound = solver.order == 1, largest_residual(solver, base.provenance["options"]["dt"], rate)
    verdict = graded(residual, bound, (EULER_OFF if euler else 10 * LARGEST_RESIDUAL) * rate)
    if verdict != "pass":
        cause = "Euler's method at this dt is another system than the flow" if euler else "dt or qr_interval is too large"
        text = f"The mean exponent is off by {residual:.2g}: {cause}; make it smaller."
    return verdict, text, residual, bound


def point_symmetry(study):
    """C3: exponents i and N + 1 - i of a rate network add up to -2 / tau."""
    base, network = study.base, study.network
    if network.symmetric_pair_sum is None:
        return "not applicable", "Point symmetry is a property of rate networks with one time constant."
    if base.n_exponents < base.size or not np.isfinite(base.exponents).all():
        return "not applicable", "It takes all N exponents."
    W = network.weights
    found = symmetry(base)
    if abs(W + W.T).max() <= 1e-12 * abs(W).max():
        bound = SIGMAS * found.expected_rms + AT_THE_ENDS / base.durations.sum()
        return graded(found.rms, bound, 3 * bound), "Exact for antisymmetric weights.", found.rms, bound
    if is_sparse(W) or not looks_gaussian(W) or network.has_autapses or study.solver.order == 1:
        text = "These weights (or Euler's method) have no reason to show it."
        return "not applicable", text, found.rms
    if base.exponents[0] < SIGMAS * base.stderr[0]:
        text = "In Gaussian networks it is a property of chaos, and this one is not chaotic."
        return "not applicable", text, found.rms
    bound = 0.05 * np.ptp(base.exponents)
    verdict = graded(found.rms, bound)
    text = "Pairs add up to -2/tau about as well as Gaussian weights of this size let them."
    if verdict != "pass":
        text = "Pairs miss -2/tau: small networks do, a large chaotic Gaussian network should not."
    return verdict, text, found.rms, bound


def condition_number(study):
    """C5: the condition of the frame within a block leaves enough digits."""
    base = study.base
    lost = base.diagnostics["n_beyond_precision"]
    if study.network.is_map and base.diagnostics["qr_interval"] == 1:
        if lost:
            return "fail", f"Exponents that are lost in rounding: {lost}. {base.message}", lost, 0
        text = "Orthonormalised after every step, in an order of rows that keeps what one step shrinks far."
        return "pass", text, base.diagnostics["worst_condition_number"]
    value = base.diagnostics["worst_condition_number"]
    verdict = graded(value, LARGE_CONDITION, WORST_CONDITION["float64"])
    text = "The condition of the frame within a block stays far below the 1e16 of the arithmetic."
    if verdict == "warn":
        text = f"In the worst block the smallest exponents keep {15.7 - np.log10(value):.0f} digits: C4 shows whether it matters."
    elif verdict == "fail":
        which = f"the last {lost} exponents are" if lost else "the smallest exponents are"
        text = f"The condition of the frame within a block is too large, {which} lost in rounding: shorten qr_interval."
    return verdict, text, value, LARGE_CONDITION


def duration(study):
    """C7: the two halves of the run agree, and so do all its parts."""
    base = study.base
    if base.status == ResultStatus.DIVERGED:
        return "fail", base.message
    middle = base.n_blocks // 2
    halves = [np.average(r, axis=0, weights=d) for r, d in (
        (base.local_exponents[:middle], base.durations[:middle]), (base.local_exponents[middle:], base.durations[middle:]),
    )]
    alive = np.isfinite(halves[0]) & np.isfinite(halves[1])
    if np.isneginf(base.exponents).all():
        return "not applicable", "Every direction collapsed."
    apart = np.abs(halves[0][alive] - halves[1][alive])
    # two independent halves with an error sqrt(2) times that of the whole each
    allowed = SIGMAS * 2 * base.stderr[alive] + 2 * AT_THE_ENDS / base.durations.sum()
    if not alive.any() or np.isnan(allowed).any():
        return "warn", "Too few blocks to see whether the averages have settled: raise t_average."
    worst = np.argmax(apart / allowed)
    verdict = graded(apart[worst], allowed[worst], 2 * allowed[worst])
    text = "The halves of the run agree within their errors."
    # at rest the turning of the frame is all that moves
    if verdict == "pass" and base.diagnostics["settled"] == 0.0 and not at_rest(base):
        verdict = "warn"
        text = "The halves agree, but smaller parts of the run do not, or drift steadily: raise t_transient, t_align or t_average."
    elif verdict != "pass":
        text = "The halves of the run differ by more than their fluctuations explain: raise t_transient or t_average."
    return verdict, text, apart[worst], allowed[worst]


def error_bars(study, parts=10):
    """C12: the standard errors against the scatter of the parts of the run, and its memory."""
    base = study.base
    long_memory = memory.complaint(base.diagnostics)
    if long_memory:
        long_memory = f"{long_memory[0].upper()}{long_memory[1:]}: raise t_average."
    if base.n_blocks < 20 * parts:
        if long_memory:
            return "warn", long_memory
        return "not applicable", f"It takes {20 * parts} blocks to compare parts of a run."
    # a direction that collapses in the course of the run has no rates from then on
    alive = np.isfinite(base.exponents) & np.isfinite(base.local_exponents).all(axis=0)
    if not alive.any():
        return "not applicable", "No exponent is finite in all blocks."
    length = base.n_blocks // parts
    means = base.local_exponents[: length * parts, alive].reshape(parts, length, alive.sum()).mean(axis=1)
    _, scatter = mean_with_error(means)
    fluctuating = scatter > 1e-6
    if not fluctuating.any():
        return "pass", "The parts of the run have the same exponents to six digits."
    errors = base.stderr[alive]
    if base.exponents[alive][0] < SIGMAS * errors[0]:
        # Without chaos the fluctuations of a block and the next cancel, but for what is left at the two ends of a part.
        errors = np.hypot(errors, AT_THE_ENDS / base.durations[: length * parts].sum() * np.sqrt(parts))
    ratio = float(np.median(scatter[fluctuating] / errors[fluctuating]))
    # ten parts know their scatter to a quarter; many exponents together know it better
    verdict = graded(ratio, 1.6, 3.0)
    text = "The parts of the run scatter no more than the standard errors say."
    if verdict != "pass":
        text = "The parts scatter more than the standard errors say: correlations last long; raise t_average."
    elif long_memory:
        verdict, text = "warn", long_memory
    return verdict, text, ratio, 1.6


def theory(study):
    """C16: closed forms and mean field, where there are some for these weights."""
    from ... import theory as known

    base, network = study.base, study.network
    if not network.is_plain_network:
        return "not applicable", "No closed form or mean field is known for this system."
    flow = not network.is_map
    euler_step = 1.0 if not flow else base.provenance["options"]["dt"] if study.solver.order == 1 else None
    W, sparse = network.weights, is_sparse(network.weights)
    if at_rest(base) and np.abs(base.final_state).max() < 1e-6 and network.activation.kind in ("tanh", "linear", "erf"):
        if base.size > LARGEST_DENSE:
            return "not applicable", f"It takes all eigenvalues of the weights, which is done up to N = {LARGEST_DENSE}."
        slope = 2 / np.sqrt(np.pi) if network.activation.kind == "erf" else 1.0
        tau = network.tau if base.time_unit == "time" else 1.0
        expected = known.fixed_point_spectrum(W.toarray() if sparse else W, slopes=slope, tau=tau, euler_step=euler_step)
        expected = expected[: base.n_exponents]
        value = largest_difference(base.exponents, expected)
        bound = 2 * AT_THE_ENDS / base.durations.sum() + 1e-3
        text = "At the fixed point the exponents are those of the eigenvalues of the weights."
        return graded(value, bound, 3 * bound), text, value, bound
    N, g = base.size, np.nan if sparse else float(np.std(W) * np.sqrt(base.size))
    if flow and base.time_unit != "tau":
        return "not applicable", "Mean field is for networks with one time constant."
    chaos = network.activation.kind == "tanh" and N >= 100 and g > 1 and base.exponents[0] > 0
    if not (chaos and looks_gaussian(W)):
        return "not applicable", "Theory is for chaos in Gaussian tanh networks from N = 100 on, or for rest at 0."
    if flow and base.n_exponents < most_at_the_edge(N):
        return "not applicable", f"What the size takes from the first exponent is told by {most_at_the_edge(N)} exponents."
    expected = known.largest_exponent(g, euler_step=euler_step) if flow else known.discrete_time_largest_exponent(g)
    shift = edge(base.exponents, N)[1] if flow else discrete_time_shift(g, N)
    value = float(abs(base.exponents[0] - (expected - shift)))
    bound = SIGMAS * base.stderr[0] + shift  # the shift is a first order, and networks of a size scatter by as much
    text = f"Mean field for g = {g:.3g}: lambda_1 = {expected:.4g} at infinite N, lower by about {shift:.2g} at this N."
    if value > bound:
        text += " The network is further off than its size explains; a limit cycle or weights that are not independent may."
    return graded(value, bound), text, value, bound


def participation(study):
    """C17: how many units the first Lyapunov vector lives on, over the ends of all runs of the report."""
    N = study.base.size
    if N < 50:
        return "not applicable", "It says something from about 50 units on."
    frames = [curve.final_frame for curve in study.curves.values() if isinstance(curve, LyapunovSpectrum)]  # a backward run has none
    vectors = np.array([frame[:, 0] for frame in frames if frame is not None and len(frame) == N and frame[:, 0].any()])
    if len(vectors) == 0:
        return "not applicable", "The first direction collapsed."
    value = float(np.mean(1 / np.sum(vectors**4, axis=1)) / N)
    text = f"The first vector lives on {value:.2f} N units at a time (isotropic: N/3), over {len(vectors)} moments."
    verdict = "pass"
    if value < 0.05:
        verdict, text = "warn", text + " Few units carry it: exponents of other networks may differ a lot."
    return verdict, text, value


def at_rest(spectrum):
    """Whether the state has come to rest, as far as its first units tell."""
    late = spectrum.unit_traces[spectrum.n_blocks // 2 :]
    return bool(late.size) and bool(np.ptp(late, axis=0).max() < AT_REST)


def looks_gaussian(W):
    """Whether the weights look independent and Gaussian: mean, spread over rows, and kurtosis within their errors."""
    off = W[~np.eye(len(W), dtype=bool)]
    n, spread = off.size, off.std()
    if spread == 0:
        return False
    kurtosis = np.mean((off - off.mean()) ** 4) / spread**4
    rows = W.std(axis=1) / spread
    symmetric = np.mean(W * W.T) / spread**2
    return bool(
        abs(off.mean()) < 5 * spread / np.sqrt(n) and abs(kurtosis - 3) < 5 * np.sqrt(24 / n) + 0.1
        and rows.std() < 2 / np.sqrt(len(W)) and abs(symmetric) < 0.1
    )
