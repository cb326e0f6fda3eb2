"""The contracts that everything else relies on.

`System` is what is studied and `Drive` an input to it. Both say what they are and how they are made in the core; nobody asks
of which class they are. tests/contracts/ holds one conformance test for each contract, over every class that there is.
"""

from __future__ import annotations

import abc
import dataclasses
import enum
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

if TYPE_CHECKING:
    from ._core.bridge import Bridge
    from ._core.feeds import Feed


class System(abc.ABC):
    """A dynamical system: a network, a stack of trained layers, or anything else that has a state and a Jacobian.

    A system is checked when it is made and never changes afterwards. A new one defines `size`, `time_unit`, `arrays` and
    `to_core`, and states those facts below that differ from the default.
    """

    #: Unit of its times, per which its exponents are: "tau" (rate networks), "time" (other flows) or "step" (maps).
    time_unit: str
    #: Time-dependent input, or None.
    drive: Drive | None = None
    #: (N,) float64, where a run begins unless told otherwise; None: at independent standard normal numbers.
    initial_state: np.ndarray | None = None
    #: Steps for which the system has an input, if it reads a sequence; None: it may run for ever.
    sequence_length: int | None = None
    #: Step that suits a flow, in its `time_unit`; None: the default of `lyapunov_spectrum`.
    dt: float | None = None
    #: The time in which it moves, in its `time_unit`; None: one unit, or for a flow a hundred of its own steps.
    time_scale: float | None = None
    #: Names of its N variables, for plots and files, or None.
    labels: tuple[str, ...] | None = None
    #: (N,) factors of white noise, which is per square root of a unit of time of each variable's own; None: 1.
    noise_strengths: np.ndarray | None = None
    #: How long one `time_unit` is on the clock of the core.
    core_time: float = 1.0
    #: Whether a run calls Python functions, which takes Python's lock and leaves Julia one task.
    calls_python: bool = False
    #: Number types in which the core can compute it.
    precisions: tuple[str, ...] = ("float64",)
    #: What firing rates are: "activation" (phi of the state), "state" (the state itself) or None (there are none).
    rates: str | None = None
    #: Mean exponent per `time_unit` where it does not depend on the trajectory, else None.
    exact_mean_exponent: float | None = None
    #: Value, per `time_unit`, to which exponents i and N + 1 - i may add up, if the system has this symmetry, else None.
    symmetric_pair_sum: float | None = None
    #: Whether it is one layer of weights without bias and drive, to which theory of random weights may apply.
    is_plain_network: bool = False
    #: Whether the core knows the leak of this flow, and moves frames with the leak exact.
    has_known_leak: bool = False
    #: Whether its right-hand side is known to have all derivatives with respect to the state.
    is_smooth: bool = False
    #: Whether it is linear by its definition.
    has_constant_jacobian: bool = False
    #: Exponents, per `time_unit`, of the units that no path of the wiring leads back to: each has one of its own, of its leak.
    loop_free_rates: np.ndarray = np.empty(0)
    #: What has to be said before every verdict about this system; empty for all whose numbers are Lyapunov exponents.
    caution: str = ""

    @property
    @abc.abstractmethod
    def size(self) -> int:
        """Length of the state N."""

    @abc.abstractmethod
    def arrays(self) -> dict[str, Any]:
        """Everything that its numbers depend on, as named arrays: the fingerprints of a result are taken from them.

        Numbers are arrays without dimensions, texts the bytes of `text_array`, weights may be sparse.
        """

    @abc.abstractmethod
    def to_core(self, bridge: Bridge, inputs: Mapping[str, Any]) -> Any:
        """The core's system, made by `bridge` on the memory of these arrays, with the `inputs` of its drive."""

    @property
    def is_map(self) -> bool:
        """Whether its time goes in steps."""
        return self.time_unit == "step"

    @property
    def is_autonomous(self) -> bool:
        """Whether its right-hand side is known not to depend on time."""
        return self.drive is None and self.sequence_length is None


class Drive(abc.ABC):
    """An input that depends on time; frozen, so that every tangent vector sees the same one.

    A new drive defines `arrays`, `n_channels` and `feed`, and states what it asks of a solver.
    """

    #: Whether the solver has to be one for stochastic equations.
    needs_noise_solver: bool = False
    #: Whether the steps have to be of fixed length.
    needs_fixed_steps: bool = False
    #: Why it asks for that, as the end of a sentence; empty if it asks for nothing.
    reason: str = ""
    #: Whether it has all derivatives, so that methods which look back keep their order.
    is_smooth: bool = False
    #: Whether half a step would be given the same input.
    is_defined_between_steps: bool = True

    @abc.abstractmethod
    def n_channels(self, size: int) -> int:
        """Number of channels that reach a system of this size; NetworkError if it cannot have this drive."""

    @abc.abstractmethod
    def arrays(self) -> dict[str, Any]:
        """Everything that its numbers depend on, as `System.arrays`."""

    @abc.abstractmethod
    def feed(self, bridge: Bridge, system: System, dt: float) -> Feed:
        """What the core reads in a run of `system` with steps of `dt`."""

    def check_run(self, solver: Any, dt: float, n_steps: int) -> None:  # noqa: B027  (most drives last for ever)
        """Raise OptionError if it cannot be used for `n_steps` steps of `dt`."""


def text_array(text: str) -> np.ndarray:
    """A text as an array, for `System.arrays`."""
    return np.frombuffer(text.encode("utf-8"), np.uint8)


def fingerprint(array: Any) -> str:
    """The first 16 digits of ``hashlib.sha256(array.tobytes(order="F")).hexdigest()``, without a copy in that order.

    Of a sparse array in compressed rows: of its values, followed by `indices` and `indptr` as 64-bit integers.
    """
    sparse = hasattr(array, "indptr")
    parts = (array.data, *(a.astype(np.int64) for a in (array.indices, array.indptr))) if sparse else (array,)
    digest = hashlib.sha256()
    for part in parts:
        digest.update(np.asarray(part).ravel(order="F").data)
    return digest.hexdigest()[:16]


def fingerprints(arrays: Mapping[str, Any]) -> dict[str, str]:
    """The fingerprint of each array, by name."""
    return {name: fingerprint(array) for name, array in arrays.items() if array is not None}


def mark(arrays: Mapping[str, Any]) -> str:
    """A few digits that tell the arrays apart from others, for a `repr`."""
    told = "".join(f"{name}{digits}" for name, digits in sorted(fingerprints(arrays).items()))
    return hashlib.sha256(told.encode()).hexdigest()[:8]


class ResultStatus:
    """The words in `status` of every result, plain strings. A spectrum that is done is "converged" or "max_time"."""

    #: All steps were done.
    DONE = "done"
    #: All steps were done, and the averages have settled.
    CONVERGED = "converged"
    #: The time was not enough: the run was cut short by its limit, or its averages have not settled.
    MAX_TIME = "max_time"
    #: Ctrl-C.
    INTERRUPTED = "interrupted"
    #: It could not go on.
    DIVERGED = "diverged"


class Ending(enum.Enum):
    """How a run ended: the word for `status` of its result, what happened, and what to do about it."""

    DONE = ResultStatus.DONE, "all steps were done", ""
    TARGET_MET = ResultStatus.DONE, "target_stderr is met", ""
    INTERRUPTED = ResultStatus.INTERRUPTED, "interrupted", "call again for the whole run"
    TIME_LIMIT = ResultStatus.MAX_TIME, "the time limit was reached", "raise time_limit to go on longer"
    STATE_DIVERGED = ResultStatus.DIVERGED, "the state became infinite or NaN", "check the weights"
    FRAME_DIVERGED = ResultStatus.DIVERGED, "the tangent frame became infinite or NaN", "make qr_interval smaller"
    DIRECTION_DIED = (
        ResultStatus.DIVERGED, "a direction of the frame died, from which there is no way back",
        "take fewer vectors than there are exponents above -inf",
    )  # fmt: skip
    STEP_UNDERFLOW = (
        ResultStatus.DIVERGED, "the adaptive solver needs ever smaller steps", "make rtol and atol larger, or use fixed steps",
    )  # fmt: skip

    def __init__(self, status: str, what: str, advice: str) -> None:
        self.status, self.what, self._advice = status, what, advice

    @property
    def is_failure(self) -> bool:
        """Whether the run could not go on."""
        return self.status == ResultStatus.DIVERGED

    def advice(self, is_map: bool) -> str:
        """What to do about it. A map has no step that could be made smaller."""
        if self not in (Ending.STATE_DIVERGED, Ending.FRAME_DIVERGED):
            return self._advice
        if not is_map:
            return f"{self._advice}, and make dt smaller"
        return f"{self._advice}, the parameters and the initial state" if self is Ending.STATE_DIVERGED else self._advice


@dataclasses.dataclass(frozen=True)
class Record:
    """What a run with blocks hands back. B blocks have ended, of N units and k columns of the frame.

    Attributes
    ----------
    log_growth : (B, k) float64
        Logarithms of the diagonal of R of each block.
    durations : (B,) float64
        Logged length of each block in the system's unit of time; they need not be equal.
    condition : (B,) float64
        Largest over smallest entry of that diagonal.
    log_volume : (B,) float64
        Logarithm of the volume change, NaN unless k = N.
    traces : (B, units) float64
        State of the first few units at the ends of the blocks.
    state, frame : (N,) and (N, k) float64
        At the end.
    n_steps : int
        Steps done since the beginning.
    steps_per_block : int
        Length of the blocks that automatic intervals have found.
    n_unproven : int
        Directions lost in rounding although no singular Jacobian was seen.
    has_constant_jacobian : bool
        As the system says.
    step_looks : Looks or None
        What the looks at the length of the steps have found; None where half a step is not defined.
    volume_changes : (array, array) or None
        Logarithms of the volume change of some single steps, and sizes of their Jacobians; None if not looked at.
    n_cholesky : int
        Blocks whose frame was orthonormalised by Cholesky's way, the fast one; that of the others by Householder's.
    """

    log_growth: np.ndarray
    durations: np.ndarray
    condition: np.ndarray
    log_volume: np.ndarray
    traces: np.ndarray
    state: np.ndarray
    frame: np.ndarray
    n_steps: int
    steps_per_block: int
    n_unproven: int
    has_constant_jacobian: bool
    step_looks: Any
    volume_changes: Any
    n_cholesky: int


class Run(abc.ABC):
    """A run in progress, of any kind, as the loop moves it.

    The loop calls `relax`, `align`, `start_averaging`, `average` and `close_block` in this order, the first two and `average`
    in parts, and looks at `n_steps` and `ending` in between. A run that is resumable can be left at any of these moments, and
    another one, made anew in the same way and given its `state_arrays`, goes on with the same bits.
    """

    #: Whether `state_arrays` holds everything that its future depends on. False again in a kind of run that adds to one
    #: which is resumable something that its `state_arrays` do not hold.
    is_resumable: ClassVar[bool] = False

    def state_arrays(self) -> dict[str, np.ndarray]:
        """Everything that its future and its record depend on, by name; arrays of numbers, the run's own memory."""
        raise NotImplementedError(f"{type(self).__name__} cannot be resumed")

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Go to where the run was whose `state_arrays` these are; ValueError if they are not those of such a run."""
        raise NotImplementedError(f"{type(self).__name__} cannot be resumed")

    @property
    @abc.abstractmethod
    def n_steps(self) -> int:
        """Steps done since the beginning."""

    @property
    @abc.abstractmethod
    def ending(self) -> Ending | None:
        """Why it cannot go on; None as long as it can."""

    @property
    @abc.abstractmethod
    def steps_per_block(self) -> int:
        """Length of its blocks, in steps."""

    @abc.abstractmethod
    def relax(self, n_steps: int) -> None:
        """Move the state alone."""

    @abc.abstractmethod
    def align(self, n_steps: int) -> None:
        """Move state and frame and log nothing."""

    @abc.abstractmethod
    def start_averaging(self, n_steps: int) -> None:
        """End the alignment, and make room for what the next `n_steps` steps give."""

    @abc.abstractmethod
    def average(self, n_steps: int) -> None:
        """Move state and frame and log what the run is for."""

    @abc.abstractmethod
    def close_block(self) -> None:
        """End the last, shorter block of a run."""

    @abc.abstractmethod
    def record(self) -> Any:
        """What the run hands back, made once at the end; nothing in it changes any more."""
