"""The spectrum from the other end: transposed Jacobians along the recorded trajectory, backward in time."""

from dataclasses import dataclass

import numpy as np

from ..errors import OptionError
from ..spectrum import loop, statistics
from .twin import fixed_step_plan

MOST_BYTES = 2e9  # of a recorded trajectory
STAGES = {"rk4": 4, "heun": 2, "euler": 1, "map": 1}


@dataclass(frozen=True, eq=False)
class AdjointSpectrum:
    """Exponents of a backward run; compare them with those of `lyapunov_spectrum` over the same stretch.

    Attributes
    ----------
    exponents, stderr : (k,) float64
        In descending order, per unit of time.
    local_exponents : (B, k) float64
        In the order of time.
    durations : (B,) float64
    """

    local_exponents: np.ndarray
    durations: np.ndarray

    @property
    def exponents(self):
        return np.average(self.local_exponents, axis=0, weights=self.durations)

    @property
    def stderr(self):
        return statistics.standard_error(self.local_exponents, self.durations)


def adjoint_spectrum(network, *, t_average, **options):
    """Lyapunov spectrum of the transposed Jacobians, multiplied backward in time.

    The trajectory runs through the transient, the alignment and `t_average`, and then for another alignment, from whose
    end the backward frame starts. The product of all Jacobians and its transpose have the same singular values, hence the
    exponents are the same in the long run; over the same stretch they differ by terms of order 1 / `t_average`.

    Parameters
    ----------
    network : network or system
    t_average : float
        Time to average over.
    **options
        `n_exponents`, `t_transient`, `t_align`, `dt`, `solver` (not "tsit5"), `qr_interval` ("auto" means one step),
        `initial_state` and `seed` of `pylyap.lyapunov_spectrum`.

    Returns
    -------
    AdjointSpectrum

    Raises
    ------
    OptionError
        If the recorded trajectory would need more than 2 GB, leaves the finite numbers, or is longer than the drive or sequence of
        inputs.

    References
    ----------
    Ershov, Potapov, Physica D 118, 167 (1998).

    Examples
    --------
    >>> import numpy as np, pylyap
    >>> spectrum = pylyap.analysis.adjoint_spectrum(pylyap.systems.linear_map(np.diag([2.0, 0.5])), t_average=200)
    >>> spectrum.exponents.round(2).tolist()
    [0.69, -0.69]
    """
    plan = fixed_step_plan(network, "adjoint_spectrum", t_average=t_average, **options)
    per_block = plan.steps_per_block
    n_blocks, n_spare = plan.n_average // per_block, -(-plan.n_align // per_block)
    n_recorded = (n_blocks + n_spare) * per_block
    needed = plan.n_transient + plan.n_align + n_recorded
    if plan.sequence_length is not None and needed > plan.sequence_length:
        raise OptionError(
            f"{needed} steps are needed, with an alignment at both ends, and {plan.sequence_length} have an input: "
            "make t_average or t_align shorter"
        )
    size = 8 * plan.n * STAGES[plan.solver] * n_recorded
    if size > MOST_BYTES:
        raise OptionError(
            f"a recorded trajectory of {n_recorded} steps needs {size / 1e9:.1f} GB, more than {MOST_BYTES / 1e9:g}: "
            "make t_average and t_align shorter"
        )
    if getattr(network, "drive", None) is not None:
        network.drive.check_run(plan.solver, plan.dt, plan.n_transient + plan.n_align + n_recorded)
    from .._julia import companions, core

    integrator = core.Integrator(network, plan)
    for _ in loop.chunks(integrator.relax, plan.n_transient + plan.n_align):
        pass
    recording = companions.Recording(integrator, n_recorded)
    for _ in loop.chunks(recording.record, n_recorded):
        if integrator.status != "running":
            raise OptionError(f"the state left the finite numbers at step {integrator.n_steps}: make dt smaller")
    backward = recording.backward(np.array(plan.frame, order="F"), per_block)
    for _ in loop.chunks(backward.advance, n_spare):
        pass
    log_stretch = np.zeros((plan.k, n_blocks), order="F")
    for _ in loop.chunks(lambda n: backward.advance(n, log_stretch), n_blocks):
        pass
    rates = log_stretch[:, ::-1].T / (per_block * plan.dt)
    order = np.argsort(-rates.mean(axis=0), kind="stable")
    return AdjointSpectrum(np.ascontiguousarray(rates[:, order]), np.full(n_blocks, per_block * plan.dt))
