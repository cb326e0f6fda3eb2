"""`lyapunov_spectrum`: the call everything else is built around."""

from __future__ import annotations

import time
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .._where import where_julia_is
from .. import _checks as checks
from .. import _solvers as solvers
from ..errors import OptionError
from ..results import loops, verdict
from . import automatic, checkpoints, loop, needs, rounding
from .plan import Plan, make_plan
from .provenance import fingerprints, provenance
from ..results.spectrum import LyapunovSpectrum

if TYPE_CHECKING:
    from .._contracts import Ending, Record, System

TANGENT_ORDERS = ("forward", "published-transposed")


@checks.named_options()
def lyapunov_spectrum(
    network: System,
    *,
    n_exponents: int | None = None,
    t_average: float | None = None,
    t_transient: float | None = None,
    t_align: float | None = None,
    dt: float | None = None,
    solver: str | None = None,
    accuracy: float | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    qr_interval: float | str = "auto",
    initial_state: ArrayLike | None = None,
    initial_frame: ArrayLike | None = None,
    seed: int | np.random.SeedSequence = 0,
    precision: str = "float64",
    tangent_order: str = "forward",
    target_stderr: float | dict[str, float] | None = None,
    time_limit: float | None = None,
    checkpoint: str | PathLike[str] | None = None,
    checkpoint_interval: float = checkpoints.INTERVAL,
    progress: bool | None = None,
) -> LyapunovSpectrum:
    """Lyapunov spectrum of a network, full or its leading part, with error bars.

    The state runs alone for `t_transient`; then state and an orthonormal frame of tangent vectors run for `t_align`
    without counting; then for `t_average` the logarithms of the diagonal of R are averaged. The frame is multiplied by
    the Jacobian of the integrator's own step and orthonormalised by QR every `qr_interval`. All times are in
    the network's `time_unit`: units of tau for a RateNetwork, steps for a DiscreteNetwork and layers such as an LSTM,
    the system's own for a flow of `pylyap.systems`.

    Parameters
    ----------
    network : RateNetwork, DiscreteNetwork, LeakyRNN, GRUNetwork, LSTMNetwork or one of `pylyap.systems`
        What to study; N units.
    n_exponents : int, optional
        k, from 1 to N; all N by default.
    t_average : float
        Time to average over; this and the other times are rounded to whole steps. Needed, but by networks that read a
        sequence of inputs, of which the default is all that is left.
    t_transient : float, optional
        Default 100 tau, 1000 steps of a map, or 10 000 of a flow's own steps ``dt``; 0 with a sequence.
    t_align : float, optional
        Default a tenth of `t_average`, at least 20 tau, 100 steps of a map or 2000 of a flow's own steps; with a sequence a tenth of it, at most 100 steps. The
        three times together must not be longer than the sequence.
    dt : float, optional
        Step of a flow, of a RateNetwork in tau. By default "auto" chooses it; with another solver 0.1 tau, or a flow's
        own. A DiscreteNetwork has none.
    solver : {"auto", "rk4", "tsit5", "heun", "euler", "lab4"}, optional
        Default "auto", or where `dt` or a tolerance is given "rk4" ("heun" with white noise). "auto" chooses "lab4" and
        its step for a RateNetwork with a smooth activation and smooth inputs or none, and for other systems "rk4",
        "heun" or "map" with the usual step; `provenance` and `message` say what it chose. "rk4": the frame moves by the
        exact derivative of the state's step. "tsit5" chooses its steps by the error of the state; a DiscreteNetwork
        always uses "map". "lab4" (Lawson Adams-Bashforth, order 4) moves the frame with one product with the weights per
        step, "rk4" with four; its error at the same step is larger, and it needs ``dt`` below about 0.3 over the size of
        the network's eigenvalues, see docs/speed.md.
    accuracy : float, optional
        With "auto", the relative error of entropy rate, dimension and leading exponent that the step is chosen for;
        default 0.005. The error falls as the fourth power of the step.
    rtol, atol : float, optional
        Tolerances of "tsit5"; default 1e-8.
    qr_interval : "auto" or float
        Time between orthonormalisations, a whole number of steps. "auto" lets the alignment find the longest interval in
        which the condition of the frame stays below about 1e5, and which saves time; the averaging keeps it. It and the
        worst factor are in the result's `diagnostics`. There are at least 100 intervals if there are as many steps ("lab4": of
        one tau, or 40 if the average is shorter). Without an alignment (``t_align=0``) it is one step.
    initial_state : (N,) array_like, optional
        State at the beginning; by default the network's own if it has one, else independent standard normal numbers.
    initial_frame : (N, k) array_like, optional
        Orthonormal columns at the beginning of the alignment; by default random.
    seed : int or numpy.random.SeedSequence
        Source of the random initial state and frame.
    precision : {"float64", "float32"}
        Of the arithmetic, for a RateNetwork or DiscreteNetwork with fixed steps; results are float64 in either case. Single
        precision is up to twice as fast for large networks, and keeps 7 digits: "auto" intervals are shorter, and
        exponents that one block shrinks a million times are lost.
    tangent_order : {"forward", "published-transposed"}
        How the frame meets the Jacobians: "forward" gives Lyapunov exponents. "published-transposed", for a DiscreteNetwork
        with dense weights, multiplies by the transposed Jacobian at the state after the step, in forward time, as the code
        behind Xie, Mihalas, Kusmierz (2025) did until July 2026. That gives other numbers, which are not Lyapunov
        exponents, and exists to compute the published curves; see docs/heavy-tails.md.
    target_stderr : float or dict, optional
        Stop as soon as the standard errors are this small: a number for all exponents, or numbers for some of
        "exponents", "largest_exponent", "kaplan_yorke_dimension" and "entropy_rate". `t_average` is then the longest time.
    time_limit : float, optional
        Seconds of wall time, after Julia has started, after which the run ends with what it has.
    checkpoint : str or os.PathLike, optional
        A file (npz) from which the run can go on. If it is there, the same call goes on from it, and ends with the bits of a
        run that was never interrupted, on the same machine with the same number of threads; elsewhere it goes on and warns.
        `t_average` may be larger than before, and `target_stderr` and `time_limit` others. The file before it is kept as
        ``FILE.previous``, and is used, with a warning, if the file is damaged.
    checkpoint_interval : float
        Seconds from one checkpoint to the next; there is one at the end of the run, and after Ctrl-C, too. A file that
        takes more than a hundredth of them to be written is written more rarely, so that it takes 1 % of the time at
        most; 0: as often as there is a moment, about every 0.4 s, whatever it takes.
    progress : bool, optional
        Show a progress bar; by default on a terminal, where it is on standard error, and in a notebook.

    Returns
    -------
    LyapunovSpectrum
        Exponents in descending order with standard errors, dimension, entropy rate, a verdict and more. Ctrl-C, the time
        limit and a diverging state end the run early; the blocks that were finished are in the result and its `status`
        says so.

    Raises
    ------
    NetworkError
        If `network` is not a network of pylyap.
    OptionError, UnknownOptionError
        If an option has a value that is not allowed, contradicts another one or does not exist.
    CheckpointDamagedError, CheckpointForeignError, CheckpointMismatchError
        If `checkpoint` names a file that cannot be believed, is something else, or belongs to another run.
    NotEnoughMemoryError
        If the run needs more memory than is free; the message holds the estimate.
    JuliaUnavailableError
        If there is no Julia and none can be fetched.
    WrongThreadError, ForkedProcessError
        If called from another thread than the main one, or from a forked child, and no helper process owns Julia:
        see `start_julia`.

    References
    ----------
    Engelken, Wolf, Abbott, "Lyapunov spectra of chaotic recurrent neural networks", Phys. Rev. Research 5, 043044 (2023);
    Benettin, Galgani, Giorgilli, Strelcyn, Meccanica 15, 9 (1980).

    Examples
    --------
    >>> import pylyap
    >>> network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(40, 3.0, seed=1))
    >>> spectrum = pylyap.lyapunov_spectrum(network, t_average=2000)
    >>> bool(spectrum.exponents[0] > 0)
    True
    """
    network = with_tangent(network, tangent_order)
    asked: dict[str, Any] = dict(
        n_exponents=n_exponents, t_average=t_average, t_transient=t_transient, t_align=t_align, dt=dt,
        solver=_method(solver, dt, rtol, atol), accuracy=accuracy, rtol=rtol, atol=atol, qr_interval=qr_interval, initial_state=initial_state,
        initial_frame=initial_frame, seed=seed, precision=precision, target_stderr=target_stderr,
        time_limit=time_limit,
    )
    plan = make_plan(network, **asked)  # all that can be wrong is said here
    plan.options["tangent_order"] = tangent_order
    return _computed(network, plan, asked, checkpoints.where(checkpoint, checkpoint_interval, t_align), progress)


def _method(solver: str | None, *steps: float | None) -> str | None:
    """The solver that is asked for: who gives the steps wants those of a method, who gives nothing leaves both to us."""
    return solvers.AUTO if solver is None and all(given is None for given in steps) else solver


@where_julia_is
def _computed(network, plan, asked, place, progress):
    from .._core import integrator as core
    from .._runtime import session

    tangent_order = plan.options["tangent_order"]
    plan = automatic.settled(network, plan, asked)
    plan.options["tangent_order"] = tangent_order
    # Before anything of the frame's size is made. A run that goes on keeps the blocks it began with, which are not looked at.
    needs.check([plan], session.n_threads())
    inputs = fingerprints(network, plan)
    started = time.monotonic()
    checkpoint = None if place is None else checkpoints.Checkpoint(place, "spectrum")
    if checkpoint is not None:
        (plan,) = checkpoint.find([("", inputs, plan)])
    integrator = core.Integrator(network, plan)
    if checkpoint is not None:
        checkpoint.bring(integrator)
    ending = loop.run(integrator, plan, progress=progress, time_left=plan.time_limit, checkpoint=checkpoint)
    wall_time = time.monotonic() - started if checkpoint is None else checkpoint.seconds
    return package(network, plan, inputs, integrator.record(), ending, wall_time)


DEFAULTS: dict[str, Any] = lyapunov_spectrum.__kwdefaults__ or {}  # all options have one
OPTIONS = tuple(DEFAULTS)


def planned(network: System, **given: Any) -> Plan:
    """The plan of `lyapunov_spectrum` with these options, its steps chosen, which takes Julia and a first look."""
    method = _method(*(given.get(name) for name in ("solver", "dt", "rtol", "atol")))
    asked = {**plan_options(**{**given, "solver": None}), "solver": method}
    return _settled(network, make_plan(network, **asked), asked)


@where_julia_is
def _settled(network, plan, asked):
    return automatic.settled(network, plan, asked)


def plan_options(**given: Any) -> dict[str, Any]:
    """The options of a plan with a solver of its own: those given, the others as in `lyapunov_spectrum`."""
    if isinstance(given.get("solver"), str) and given["solver"] == solvers.AUTO:
        raise OptionError(
            f'solver = "{solvers.AUTO}" is for lyapunov_spectrum alone: give a solver by name here, such as '
            f'"{solvers.LAB4.name}" or "{solvers.RK4.name}", and dt'
        )
    options = {**DEFAULTS, **given}
    for name in ("progress", "tangent_order", "checkpoint", "checkpoint_interval"):  # which the plan does not need
        del options[name]
    return options


def with_tangent(network: System, tangent_order: str) -> System:
    """The network, or the system that `tangent_order` makes of it."""
    if checks.one_of("tangent_order", tangent_order, TANGENT_ORDERS) == "forward":
        return network
    from ..papers.xie2025.transposed import PublishedTransposed

    return PublishedTransposed(network)


def package(
    network: System, plan: Plan, inputs: dict[str, str], record: Record, ending: Ending, wall_time: float
) -> LyapunovSpectrum:
    """The result of a run that started from `inputs`, left `record` and ended as `ending`."""
    record = record if ending.is_failure else rounding.looked_at(network, plan, record)
    status, message, diagnostics = verdict.judge(ending, record, plan)
    status, message = loops.judge(status, message, network, record, plan)
    return LyapunovSpectrum(
        log_growth=record.log_growth, durations=record.durations, time_unit=plan.time_unit, size=plan.n,
        status=status, message=message, diagnostics=diagnostics,
        provenance=provenance(network, plan, inputs, wall_time),
        final_state=record.state, final_frame=record.frame, unit_traces=record.traces,
        start_time=(plan.n_transient + plan.n_align) * plan.dt,
    )
