"""`train_force`: a rate network taught to produce a pattern by recursive least squares while it runs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from os import PathLike

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks as checks
from .. import _contracts
from .. import _solvers as solvers
from .._random import seed_sequence, stream
from .._where import where_julia_is
from ..errors import NetworkError
from ..networks import matrix
from ..networks.models import RateNetwork
from . import checkpoints, loop
from .plan import UNITS, make_plan
from .provenance import fingerprints
from .spectrum import plan_options

SOLVERS = tuple(solver.name for solver in solvers.TABLE if solver.is_one_step and not solver.is_for_maps)


@dataclass(frozen=True, eq=False, repr=False)
class ForceTraining:
    """A network trained by `train_force`. T rows of the target, m outputs, N units.

    Attributes
    ----------
    network : RateNetwork
        The trained network, which runs on its own: weights ``J + feedback @ readout.T``, and else what was given.
    readout, feedback : (N, m) float64
        The outputs are ``readout.T @ phi(x)`` and return through `feedback`.
    target : (T, m) float64
        What was to be learned; row s at time ``s * dt``.
    outputs : (done, m) float64
        What the network produced while it learned, before each update; T rows if the training was not cut short. After
        a training that diverged, those up to the last finite state.
    dt : float
        Step, in units of tau.
    solver : str
    final_state : (N,) float64
        State at the end of the training, where the pattern goes on.
    status : str
        "done", "max_time" (the time limit), "interrupted" or "diverged".
    seconds : float
        Wall time of the training.

    Examples
    --------
    >>> import numpy as np, pylyap
    >>> network = pylyap.RateNetwork(pylyap.weights.gaussian(100, 1.5, seed=1))
    >>> trained = pylyap.train_force(network, np.sin(2 * np.pi * 0.1 * np.arange(8000) / 20))
    >>> bool(trained.last_error < 0.01), trained.generate(20).shape
    (True, (201, 1))
    """

    network: RateNetwork
    readout: NDArray[np.float64]
    feedback: NDArray[np.float64]
    target: NDArray[np.float64]
    outputs: NDArray[np.float64]
    dt: float
    solver: str
    final_state: NDArray[np.float64]
    status: str
    seconds: float

    @property
    def times(self) -> NDArray[np.floating]:
        """(done,) times of the outputs in units of tau."""
        return self.dt * np.arange(len(self.outputs))

    @property
    def errors(self) -> NDArray[np.float64]:
        """(done, m) outputs minus target while learning."""
        return self.outputs - self.target[: len(self.outputs)]

    @property
    def last_error(self) -> float:
        """Root mean square of the errors over the last tenth of the training."""
        return float(np.sqrt(np.mean(self.errors[-max(1, len(self.outputs) // 10) :] ** 2)))

    def generate(
        self,
        t: float,
        *,
        initial_state: ArrayLike | None = None,
        time_limit: float | None = None,
        progress: bool | None = None,
    ) -> NDArray[np.float64]:
        """Let the trained network run on its own, without learning.

        Parameters
        ----------
        t : float
            How long, in units of tau.
        initial_state : (N,) array_like, optional
            Where to begin; by default where the training ended, so that row s continues the target. The time, and with
            it a drive, begins at 0 again.
        time_limit, progress
            As for `train_force`.

        Returns
        -------
        (steps + 1, m) float64
            Outputs at the multiples of `dt`; fewer rows after Ctrl-C or the time limit.
        """
        t = checks.real("t", t, f"a time of a step of {self.dt:g} tau or more", lambda time: round(time / self.dt) >= 1)
        state = self.final_state if initial_state is None else initial_state
        plan = _plan(self.network, t, self.dt, self.solver, state, 0, time_limit)
        no_target = np.zeros((1, self.feedback.shape[1]))
        return _generated(self.network, plan, self.feedback, self.readout, no_target, progress)

    def __repr__(self) -> str:
        outputs = self.feedback.shape[1]
        return (
            f"ForceTraining({self.network.size} units, {outputs} output{'s'[: outputs > 1]}, "
            f"last error {self.last_error:.1e}, {self.status})"
        )


@checks.named_options()
def train_force(
    network: RateNetwork,
    target: ArrayLike,
    *,
    dt: float | None = None,
    solver: str = SOLVERS[0],
    feedback: ArrayLike | None = None,
    steps_per_update: int = 2,
    regularization: float = 1.0,
    initial_state: ArrayLike | None = None,
    seed: int | np.random.SeedSequence = 0,
    time_limit: float | None = None,
    checkpoint: str | PathLike[str] | None = None,
    checkpoint_interval: float = checkpoints.INTERVAL,
    progress: bool | None = None,
) -> ForceTraining:
    """Teach a rate network to produce a pattern by itself (FORCE learning).

    m outputs ``z = readout.T @ phi(x)`` return to the network, ``tau dx/dt = -x + J phi(x) + feedback @ z + bias +
    drive(t)``. The readout begins at 0 and is changed by recursive least squares every few steps while the network
    runs. The result is a network of its own, with the weights ``J + feedback @ readout.T``, ready for `lyapunov_spectrum`.

    Parameters
    ----------
    network : RateNetwork
        The network before learning, with dense weights J. FORCE works best if it is chaotic, but not much beyond the
        transition: g of about 1.5. It is not changed.
    target : (T,) or (T, m) array_like
        Wanted outputs; row s at time ``s * dt``. The training takes T - 1 steps.
    dt : float, optional
        Step in units of tau; default 0.1.
    solver : {"rk4", "heun", "euler"}
        The readout is constant within a step, so that the trained network is exactly the one that ran. Analyse it with
        the same solver and step.
    feedback : (N,) or (N, m) array_like, optional
        Weights from the outputs to the units; by default uniform in [-1, 1].
    steps_per_update : int
        Steps from one update of the readout to the next.
    regularization : float
        The inverse correlation matrix of the rates begins as the identity divided by this number: the smaller, the
        faster the first updates (Sussillo and Abbott's alpha, for which they use 1 to 100).
    initial_state : (N,) array_like, optional
        By default independent standard normal numbers.
    seed : int or numpy.random.SeedSequence
        Source of the feedback and the initial state.
    time_limit : float, optional
        Seconds after which to end with what has been learned. Ctrl-C does the same.
    checkpoint, checkpoint_interval
        As for `lyapunov_spectrum`: a file from which the training goes on, with the same bits.
    progress : bool, optional
        Show a progress bar on standard error; by default if that is a terminal.

    Returns
    -------
    ForceTraining

    Raises
    ------
    NetworkError
        If `network` is not a rate network with dense weights, or target or feedback have the wrong shape or values.
    OptionError, UnknownOptionError
        If an option has a value that is not allowed, or does not exist.
    CheckpointDamagedError, CheckpointForeignError, CheckpointMismatchError
        If `checkpoint` names a file that cannot be believed, is something else, or belongs to another training.
    JuliaUnavailableError, WrongThreadError, ForkedProcessError
        As for `lyapunov_spectrum`.

    References
    ----------
    Sussillo, Abbott, "Generating coherent patterns of activity from chaotic neural networks", Neuron 63, 544 (2009),
    eqs. 3 to 6.

    Examples
    --------
    >>> import numpy as np, pylyap
    >>> network = pylyap.RateNetwork(pylyap.weights.gaussian(100, 1.5, seed=1))
    >>> trained = pylyap.train_force(network, np.sin(2 * np.pi * 0.1 * np.arange(8000) / 20))
    >>> spectrum = pylyap.lyapunov_spectrum(trained.network, t_average=200, n_exponents=2, initial_state=trained.final_state)
    >>> bool(abs(spectrum.exponents[0]) < 0.001 and spectrum.exponents[1] < -0.05)   # a limit cycle
    True
    """
    if not isinstance(network, RateNetwork):
        raise NetworkError(f"train_force needs a RateNetwork, got {type(network).__name__}")
    if matrix.is_sparse(network.weights):
        raise NetworkError("learning changes every weight: give dense weights, as W.toarray() does")
    checks.one_of("solver", solver, SOLVERS)
    steps_per_update = checks.count("steps_per_update", steps_per_update)
    regularization = checks.real("regularization", regularization, "a number > 0", lambda number: number > 0)
    target = _target(target)
    if dt is None:
        dt = network.dt or 0.1
    dt = checks.real("dt", dt, f"a step in {UNITS[network.time_unit]}, > 0", lambda step: step > 0)
    feedback = _feedback(feedback, network.size, target.shape[1], seed)
    learning = RateNetwork(  # on weights of its own
        np.array(network.weights, order="F"), activation=network.activation, tau=network.tau, bias=network.bias,
        input_gain=network.input_gain, drive=network.drive,
    )
    readout = np.zeros_like(feedback)
    plan = _plan(learning, (len(target) - 1) * dt, dt, solver, initial_state, seed, time_limit)
    plan.options.update(steps_per_update=steps_per_update, regularization=regularization)
    place = checkpoints.where(checkpoint, checkpoint_interval)
    return _trained(learning, plan, feedback, readout, target, steps_per_update, regularization, place, progress)


@where_julia_is
def _trained(learning, plan, feedback, readout, target, steps_per_update, regularization, place, progress):
    """The network that `learning` becomes."""
    began = time.monotonic()
    checkpoint = None if place is None else checkpoints.Checkpoint(place, "force")
    if checkpoint is not None:
        inputs = {**fingerprints(learning, plan), **_contracts.fingerprints({"target": target, "feedback": feedback})}
        (plan,) = checkpoint.find([("", inputs, plan)])
    learner, ending = _run(
        learning, plan, feedback, readout, target, steps_per_update, regularization, progress, checkpoint
    )
    return ForceTraining(
        network=learning, readout=matrix.frozen(readout), feedback=matrix.frozen(feedback),
        target=matrix.frozen(target), outputs=matrix.frozen(learner.record()), dt=plan.dt, solver=plan.solver.name,
        final_state=matrix.frozen(learner.state), status=ending.status,
        seconds=time.monotonic() - began if checkpoint is None else checkpoint.seconds,
    )


@where_julia_is
def _generated(network, plan, feedback, readout, no_target, progress):
    learner, _ = _run(network, plan, feedback, readout, no_target, 0, 1.0, progress)
    return learner.record()


def _run(network, plan, feedback, readout, target, steps_per_update, regularization, progress, checkpoint=None):
    from .._core.force import Learner

    learner = Learner(network, plan, feedback, readout, target, steps_per_update, regularization)
    if checkpoint is not None:
        checkpoint.bring(learner)
    return learner, loop.run(learner, plan, progress=progress, time_left=plan.time_limit, checkpoint=checkpoint)


def _plan(network, t, dt, solver, initial_state, seed, time_limit):
    return make_plan(network, **plan_options(
        t_average=t, t_transient=0, t_align=0, dt=dt, solver=solver, qr_interval=dt, n_exponents=1,
        initial_state=initial_state, seed=seed, time_limit=time_limit,
    ))


def _target(target):
    advice = "give a number for each time and output, shape (T,) or (T, m) with T >= 2"
    target = checks.real_array("target", target, advice)
    if target.ndim not in (1, 2) or len(target) < 2 or target.size == 0:
        raise NetworkError(f"target has shape {target.shape}: {advice}")
    return np.array(target.reshape(len(target), -1), order="C")


def _feedback(feedback, n, m, seed):
    if feedback is None:
        return np.asfortranarray(stream(seed_sequence(seed), "feedback weights").uniform(-1, 1, (n, m)))
    advice = f"give one weight for each of {n} units and {m} outputs"
    feedback = checks.real_array("feedback", feedback, advice)
    if feedback.shape not in ((n, m), (n,) if m == 1 else (n, m)):
        raise NetworkError(f"feedback has shape {feedback.shape}: {advice}, shape ({n}, {m})")
    return np.array(feedback.reshape(n, m), order="F")
