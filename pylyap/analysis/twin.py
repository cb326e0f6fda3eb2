"""The largest exponent by its definition: two trajectories that start close, and how fast they part."""

from dataclasses import dataclass

import numpy as np

from ..errors import OptionError
from ..networks import checks
from ..spectrum import loop, statistics
from ..spectrum.plan import make_plan
from ..spectrum.run import plan_options


@dataclass(frozen=True, eq=False)
class TwinExponent:
    """Growth of the distance of two trajectories beside that of the first tangent vector, block by block.

    Attributes
    ----------
    exponent, stderr : float
        Mean growth rate of the distance per unit of time, and its standard error.
    tangent_exponent : float
        The same of the tangent vector, on the same trajectory.
    local_exponents, tangent_local_exponents : (B,) float64
        Rates in each block.
    durations : (B,) float64
    """

    local_exponents: np.ndarray
    tangent_local_exponents: np.ndarray
    durations: np.ndarray

    @property
    def exponent(self):
        return float(np.average(self.local_exponents, weights=self.durations))

    @property
    def stderr(self):
        return statistics.standard_error(self.local_exponents, self.durations)

    @property
    def tangent_exponent(self):
        return float(np.average(self.tangent_local_exponents, weights=self.durations))

    @property
    def difference(self):
        """Root mean square difference of the two rates in a block."""
        return float(np.sqrt(np.mean((self.local_exponents - self.tangent_local_exponents) ** 2)))


def twin_exponent(network, *, t_average, separation=1e-8, **options):
    """Largest exponent from a second trajectory, brought back to `separation` at the end of every block.

    The twin starts along the first tangent vector and receives the same input, noise included. Its rates have to agree
    with the tangent's block by block, to about `separation` and rounding over `separation`: a test of the Jacobian and
    of the tangent integration along the whole trajectory.

    Parameters
    ----------
    network : network or system
    t_average : float
        Time to average over.
    separation : float
        Distance of the two, in units of the state.
    **options
        `t_transient`, `t_align`, `dt`, `solver` (not "tsit5"), `qr_interval`, `initial_state` and `seed` of
        `pylyap.lyapunov_spectrum`.

    Returns
    -------
    TwinExponent

    Raises
    ------
    OptionError and others of `pylyap.lyapunov_spectrum`.

    References
    ----------
    Benettin, Galgani, Strelcyn, Phys. Rev. A 14, 2338 (1976).

    Examples
    --------
    >>> import pylyap
    >>> network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(40, 3.0, seed=1))
    >>> pair = pylyap.analysis.twin_exponent(network, t_average=200)
    >>> bool(abs(pair.exponent - pair.tangent_exponent) < 1e-4)
    True
    """
    separation = checks.real("separation", separation, "a distance > 0", lambda distance: distance > 0)
    plan = fixed_step_plan(network, "twin_exponent", n_exponents=1, t_average=t_average, **options)
    from .._julia import companions, core

    integrator = core.Integrator(network, plan)
    start(integrator, plan)
    twin = companions.Twin(integrator, separation)
    for _ in loop.chunks(twin.average, plan.n_average // integrator.steps_per_block * integrator.steps_per_block):
        if integrator.status != "running":
            break
    durations = integrator.durations
    rates = twin.log_growth[: len(durations)] / durations
    return TwinExponent(rates, integrator.log_stretch[:, 0] / durations, durations)


def fixed_step_plan(network, where, **options):
    """The plan of a run that cannot have an adaptive solver."""
    allowed = ("n_exponents", "t_average", "t_transient", "t_align", "dt", "solver", "qr_interval", "initial_state", "seed")
    checks.refuse_unknown({name: 0 for name in options if name not in allowed}, allowed, where)
    if options.get("solver") == "tsit5":
        raise OptionError(f'solver = "tsit5" is not allowed in {where}: its steps depend on the trajectory; use "rk4"')
    return make_plan(network, **plan_options(**options))


def start(integrator, plan):
    """Transient and alignment."""
    for move, n_steps in ((integrator.relax, plan.n_transient), (integrator.align, plan.n_align)):
        for _ in loop.chunks(move, n_steps):
            pass
    integrator.start_averaging(plan.n_average)
