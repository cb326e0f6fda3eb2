"""Dynamical systems that are not networks: those with known exponents, and users' own.

All of them go into `pylyap.lyapunov_spectrum` like a network. Flows count time in their own units, ``time_unit``
"time", maps in steps. Each knows a state to start from, ``initial_state``, and flows a step, ``dt``;
`lyapunov_spectrum` takes others.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks as checks
from .. import _contracts
from .._contracts import mark, text_array
from .._functions import text_of
from ..errors import NetworkError, OptionError
from ..networks import matrix

if TYPE_CHECKING:
    from .._core.bridge import Bridge

# Complex steps h v, in units of the state: h^2 is below the smallest relative difference.
COMPLEX_STEP = 1e-20
SMALLEST_STEP = 1e-110  # where a state is zero: its cube is not representable, but slopes down to 1e-180 are


@dataclasses.dataclass(frozen=True)
class Reference:
    """A system that the Julia core has under this name."""

    name: str
    arguments: tuple
    parameters: dict
    free_parameters: ClassVar[dict] = {}
    has_constant_jacobian = False
    calls_python = False
    is_autonomous = True

    def arrays(self) -> dict[str, Any]:
        values = [*self.arguments, *self.parameters.values()]
        return {"name": text_array(self.name), "parameters": np.array(values, dtype=np.float64)}

    def to_core(self, bridge: Bridge, system: System) -> Any:
        return getattr(bridge.core, self.name)(*self.arguments, **self.parameters)


@dataclasses.dataclass(frozen=True)
class Linear:
    """A constant matrix."""

    A: np.ndarray
    free_parameters: ClassVar[dict] = {}
    has_constant_jacobian = True
    calls_python = False
    is_autonomous = True

    def arrays(self) -> dict[str, Any]:
        return {"A": self.A}

    def to_core(self, bridge: Bridge, system: System) -> Any:
        return (bridge.core.LinearMap if system.is_map else bridge.core.LinearFlow)(bridge.share(self.A))


@dataclasses.dataclass(frozen=True)
class JuliaSource:
    """Right-hand side and Jacobian-vector product (or None) as Julia source, and their parameters."""

    rhs: str
    jvp: str | None
    parameters: dict
    has_constant_jacobian = False

    @property
    def free_parameters(self) -> dict[str, Any]:
        """Those that `System.with_parameters` may change."""
        return self.parameters

    calls_python = False
    is_autonomous = False  # what a user's function does with the time is not known

    def arrays(self) -> dict[str, Any]:
        values = {f"parameters.{name}": np.asarray(value) for name, value in self.parameters.items()}
        return {"rhs": text_array(self.rhs), "jvp": text_array(self.jvp or ""), **values}

    def to_core(self, bridge: Bridge, system: System) -> Any:
        return bridge.from_source(self.rhs, self.jvp, self.parameters, system.size, system.is_map)


@dataclasses.dataclass(frozen=True)
class PythonFunctions:
    """Right-hand side and Jacobian-vector product (or None) as Python functions."""

    rhs: Callable[..., Any]
    jvp: Callable[..., Any] | None
    free_parameters: ClassVar[dict] = {}
    has_constant_jacobian = False
    calls_python = True
    is_autonomous = False

    def arrays(self) -> dict[str, Any]:
        return {name: text_array(text_of(f)) for name, f in (("rhs", self.rhs), ("jvp", self.jvp)) if f}

    def to_core(self, bridge: Bridge, system: System) -> Any:
        return bridge.calling_python(self, system.size, system.is_map)

    def evaluate(self, x: NDArray[np.float64], t: float) -> NDArray[Any]:
        """rhs(x, t), if its shape is right."""
        return _shaped("rhs", self.rhs(x, t), x.shape)

    def multiply(self, x: NDArray[np.float64], t: float, V: NDArray[np.float64]) -> NDArray[Any]:
        """The Jacobian at (x, t) times the columns of V; by complex steps if there is no jvp."""
        if self.jvp is not None:
            return _shaped("jvp", self.jvp(x, t, V), V.shape)
        product = np.empty(V.shape)
        for k, v in enumerate(V.T):  # one at a time: rhs may return the same array each time
            product[:, k] = self._complex_step(x, t, v)
        return product

    def _complex_step(self, x, t, v):
        """The Jacobian times v: imag f(x + i h u) / h with u = v / scale, |u| < 1 and h |u| far below |x|."""
        scale = 2.0 ** np.clip(np.frexp(np.abs(v).max())[1], -1000, 1000)  # a power of two: no rounding
        u = v / scale
        moved = u != 0
        h = COMPLEX_STEP * np.min(np.abs(x[moved] / u[moved]), initial=1.0)
        h = max(h, SMALLEST_STEP)
        value = _shaped("rhs", self.rhs(x + 1j * (h * u), t), x.shape, complex)
        return np.imag(value) / h * scale


Definition = Reference | Linear | JuliaSource | PythonFunctions


class System(_contracts.System):
    """A dynamical system, made by the functions of `pylyap.systems`.

    Attributes
    ----------
    name : str
    size : int
        Number of variables n.
    time_unit : str
        "time" for a flow, "step" for a map; exponents are per this unit.
    initial_state : (n,) float64 or None
        Where a run begins unless told otherwise; None: at independent standard normal numbers.
    dt : float or None
        Step of a flow unless told otherwise.
    """

    def __init__(
        self,
        name: str,
        size: int,
        time_unit: str,
        definition: Definition,
        initial_state: ArrayLike | None,
        dt: float | None = None,
    ) -> None:
        self.name, self._size, self.time_unit, self.dt = name, size, time_unit, dt
        self.definition = definition
        self.initial_state = None if initial_state is None else matrix.frozen(np.array(initial_state, dtype=np.float64))

    @property
    def size(self) -> int:
        return self._size

    @property
    def calls_python(self) -> bool:
        """Whether a run calls Python functions."""
        return self.definition.calls_python

    @property
    def has_constant_jacobian(self) -> bool:
        """Whether it is linear."""
        return self.definition.has_constant_jacobian

    @property
    def is_autonomous(self) -> bool:
        """Whether it is known not to depend on time."""
        return self.definition.is_autonomous

    def arrays(self) -> dict[str, Any]:
        """Everything that its numbers depend on."""
        return self.definition.arrays()

    def to_core(self, bridge: Bridge, inputs: Mapping[str, Any]) -> Any:
        """The core's system of this definition."""
        return self.definition.to_core(bridge, self)

    def with_parameters(self, **parameters: Any) -> System:
        """The same system with other values of some parameters; nothing is compiled or tried again.

        Parameters
        ----------
        **parameters
            By the names they have in `parameters` of `flow` or `map`: numbers, or arrays of the shape there.

        Returns
        -------
        System

        Raises
        ------
        UnknownOptionError
            If the system has no parameter of that name, or none at all: reference systems and Python functions.
        OptionError
            If an array has another shape.
        NetworkError
            If a value is not a finite number.

        Examples
        --------
        A bifurcation diagram:

        >>> import numpy as np, pylyap
        >>> logistic = pylyap.systems.map(
        ...     1, "f!(next, x, p, t) = (next[1] = p.r * x[1] * (1 - x[1]))", parameters=dict(r=3.5), initial_state=[0.3])
        >>> family = [logistic.with_parameters(r=r) for r in np.linspace(3.5, 4.0, 11)]
        >>> spectra = pylyap.lyapunov_ensemble(family, t_average=1000, progress=False)
        >>> [int(spectrum.n_positive) for spectrum in spectra[-2:]]
        [1, 1]
        """
        if not parameters:
            return self
        known = self.definition.free_parameters
        checks.refuse_unknown(parameters, known, f"with_parameters of {self.name}")
        values = {**known, **{name: _like(known[name], name, value) for name, value in parameters.items()}}
        definition: Any = self.definition  # Julia source: no other kind has a parameter that passes
        definition = dataclasses.replace(definition, parameters=values)
        kind = self.name.rsplit(", #", 1)[0]
        return System(f"{kind}, #{mark(definition.arrays())})", self.size, self.time_unit, definition, self.initial_state, self.dt)

    def __repr__(self) -> str:
        return self.name


def lorenz63(sigma: float = 10.0, rho: float = 28.0, beta: float = 8 / 3) -> System:
    """Flow of Lorenz in three variables, ``dx = sigma (y - x), dy = x (rho - z) - y, dz = x y - beta z``.

    Parameters
    ----------
    sigma, rho, beta : float

    Returns
    -------
    System
        The exponents add up to ``-(sigma + 1 + beta)``; they are 0.9056, 0, -14.5723 at the defaults.

    Raises
    ------
    OptionError
        If a parameter is not a finite number.

    References
    ----------
    E. N. Lorenz, J. Atmos. Sci. 20, 130 (1963), eqs. 25-27; exponents: J. C. Sprott, Chaos and Time-Series Analysis
    (2003).

    Examples
    --------
    >>> import pylyap
    >>> pylyap.systems.lorenz63()
    lorenz63(sigma=10, rho=28, beta=2.66667)
    """
    return _reference("lorenz63", 3, "time", dict(sigma=sigma, rho=rho, beta=beta), np.ones(3), dt=0.01)


def rossler(a: float = 0.2, b: float = 0.2, c: float = 5.7) -> System:
    """Flow of Rössler, ``dx = -y - z, dy = x + a y, dz = b + z (x - c)``.

    Parameters
    ----------
    a, b, c : float

    Returns
    -------
    System
        The exponents are 0.0714, 0, -5.3943 at the defaults.

    Raises
    ------
    OptionError
        If a parameter is not a finite number.

    References
    ----------
    O. E. Rössler, Phys. Lett. A 57, 397 (1976), eq. 2; exponents: J. C. Sprott, Chaos and Time-Series Analysis (2003).

    Examples
    --------
    >>> import pylyap
    >>> pylyap.systems.rossler(c=5.0).size
    3
    """
    return _reference("rossler", 3, "time", dict(a=a, b=b, c=c), np.ones(3), dt=0.02)


def lorenz96(n: int = 40, F: float = 8.0) -> System:
    """Ring of Lorenz, ``dx_i/dt = (x_(i+1) - x_(i-2)) x_(i-1) - x_i + F``.

    Parameters
    ----------
    n : int
        Number of variables, >= 4.
    F : float
        Forcing; the ring is chaotic at 8.

    Returns
    -------
    System
        The exponents add up to -n.

    Raises
    ------
    OptionError
        If n is less than 4 or F is not finite.

    References
    ----------
    E. N. Lorenz, "Predictability: a problem partly solved", ECMWF Seminar on Predictability (1996), eq. 1.

    Examples
    --------
    >>> import pylyap
    >>> spectrum = pylyap.lyapunov_spectrum(pylyap.systems.lorenz96(10), t_average=50)
    >>> round(float(spectrum.exponents.sum()), 2)
    -10.0
    """
    n = checks.vector_size("n", n, least=4)
    return _reference("lorenz96", n, "time", dict(F=F), F + _spread(n), (n,), dt=0.02)


def stuart_landau(mu: float = 1.0, omega: float = 1.0) -> System:
    """Normal form of the Hopf bifurcation, ``dz/dt = (mu + i omega) z - |z|^2 z``, as two real variables.

    Parameters
    ----------
    mu, omega : float

    Returns
    -------
    System
        The exponents are 0 and ``-2 mu`` on the limit cycle, mu > 0, and both `mu` at the fixed point, mu < 0.

    Raises
    ------
    OptionError
        If a parameter is not a finite number.

    References
    ----------
    S. H. Strogatz, Nonlinear Dynamics and Chaos, 2nd ed. (2015), section 8.2.

    Examples
    --------
    >>> import pylyap
    >>> pylyap.systems.stuart_landau(mu=0.5).time_unit
    'time'
    """
    mu, omega = checks.real("mu", mu, "a finite number"), checks.real("omega", omega, "a finite number")
    fastest = max(1.0, 2 * abs(mu), abs(omega))
    return _reference("stuart_landau", 2, "time", dict(mu=mu, omega=omega), [1.0, 0.0], dt=0.05 / fastest)


def henon(a: float = 1.4, b: float = 0.3) -> System:
    """Map of Hénon, ``(x, y) -> (1 - a x^2 + y, b x)``.

    Parameters
    ----------
    a, b : float

    Returns
    -------
    System
        The exponents add up to ``log(|b|)``; they are 0.41922 and -1.62319 at the defaults. It starts at (0.1, 0.1):
        many states farther out run away to infinity.

    Raises
    ------
    OptionError
        If a parameter is not a finite number.

    References
    ----------
    M. Hénon, Commun. Math. Phys. 50, 69 (1976), eq. 4; exponents: J. C. Sprott, Chaos and Time-Series Analysis (2003).

    Examples
    --------
    >>> import pylyap
    >>> spectrum = pylyap.lyapunov_spectrum(pylyap.systems.henon(), t_average=20_000)
    >>> round(float(spectrum.exponents[0]), 1)
    0.4
    """
    return _reference("henon", 2, "step", dict(a=a, b=b), [0.1, 0.1])


def cat_map() -> System:
    """Map of Arnold, ``(x, y) -> (2 x + y, x + y) mod 1``.

    Returns
    -------
    System
        The exponents are ``+-log((3 + sqrt(5)) / 2)`` = +-0.9624236501.

    References
    ----------
    V. I. Arnold, A. Avez, Ergodic Problems of Classical Mechanics (1968), chapter 1.

    Examples
    --------
    >>> import pylyap
    >>> spectrum = pylyap.lyapunov_spectrum(pylyap.systems.cat_map(), t_average=100)
    >>> round(float(spectrum.exponents[0]), 10)
    0.9624236501
    """
    return _reference("cat_map", 2, "step", {}, _spread(2) % 1)


def bernoulli_ring(n: int = 8, e: float = 0.3) -> System:
    """Ring of doubling maps, ``x_i -> (1 - e) 2 x_i + e (2 x_(i-1) + 2 x_(i+1)) / 2 mod 1``.

    Parameters
    ----------
    n : int
        Number of variables, >= 3.
    e : float
        Coupling.

    Returns
    -------
    System
        The exponents are ``log(2 |1 - e + e cos(2 pi k / n)|)``, k = 0, ..., n - 1: the Jacobian is constant and
        circulant.

    Raises
    ------
    OptionError
        If n is less than 3 or e is not finite.

    References
    ----------
    K. Kaneko, Physica D 23, 436 (1986), coupled map lattices with diffusive coupling.

    Examples
    --------
    >>> import pylyap
    >>> spectrum = pylyap.lyapunov_spectrum(pylyap.systems.bernoulli_ring(4), t_average=100)
    >>> round(float(spectrum.exponents[0]), 6)
    0.693147
    """
    n = checks.vector_size("n", n, least=3)
    return _reference("bernoulli_ring", n, "step", dict(e=e), _spread(n) % 1, (n,))


def linear(A: ArrayLike) -> System:
    """Linear flow ``dx/dt = A x``.

    Parameters
    ----------
    A : (n, n) array_like
        Finite real numbers. A float64 array in Fortran order is kept without a copy, so do not change it afterwards.

    Returns
    -------
    System
        The exponents are the real parts of the eigenvalues of A. It starts, and stays, at 0.

    Raises
    ------
    NetworkError
        If A is not a dense square matrix of finite numbers.

    Examples
    --------
    >>> import pylyap
    >>> spectrum = pylyap.lyapunov_spectrum(pylyap.systems.linear([[-1.0, 0.0], [0.0, -2.0]]), t_average=10)
    >>> [round(float(exponent), 6) for exponent in spectrum.exponents]
    [-1.0, -2.0]
    """
    A = _dense(A)
    # a hundredth of the fastest time, at which RK4 is exact to nine digits
    return _linear("linear", A, "time", dt=0.01 / (np.abs(A).sum(axis=0).max() or 1.0))


def linear_map(A: ArrayLike) -> System:
    """Linear map ``x -> A x``.

    Parameters
    ----------
    A : (n, n) array_like
        Finite real numbers. A float64 array in Fortran order is kept without a copy, so do not change it afterwards.

    Returns
    -------
    System
        The exponents are the logarithms of the moduli of the eigenvalues of A. It starts, and stays, at 0.

    Raises
    ------
    NetworkError
        If A is not a dense square matrix of finite numbers.

    Examples
    --------
    >>> import math, pylyap
    >>> spectrum = pylyap.lyapunov_spectrum(pylyap.systems.linear_map([[2.0, 0.0], [0.0, 0.5]]), t_average=10)
    >>> math.isclose(spectrum.exponents[0], math.log(2))
    True
    """
    return _linear("linear_map", _dense(A), "step")


@checks.named_options()
def flow(
    n: int,
    rhs: str | Callable[..., Any],
    *,
    jvp: str | Callable[..., Any] | None = None,
    parameters: dict[str, Any] | None = None,
    initial_state: ArrayLike | None = None,
    dt: float = 0.01,
) -> System:
    """A flow of your own, ``dx/dt = f(x, t)``, in Julia or in Python.

    In Julia, which is fast: `rhs` is source that ends with a function ``f!(dx, x, p, t)`` that writes all of `dx`;
    `jvp` ends with ``jvp!(dv, v, x, p, t)`` that writes the Jacobian at (x, t) times the vector v into all of `dv`,
    and may use what `rhs` defines. `p` holds `parameters` by name, such as ``p.sigma``; LinearAlgebra is there. Both
    are compiled once a session, and called by several threads at once. So they must not write anything but their
    output: a buffer defined outside of the functions, ``const buffer = zeros(n)``, is written by all threads at once
    and gives wrong exponents. Make such arrays within the function. Two threads are tried for some milliseconds, which
    finds most such buffers, not all; with one thread, nothing is tried.

    In Python, for trying things out: ``rhs(x, t)`` returns f, shape (n,), and ``jvp(x, t, V)`` returns the Jacobian at
    (x, t) times the columns of V, shape (n, k). Each step calls them, on one thread and holding Python's lock: some
    ten microseconds per call. A ring of 40 took 30 times as long as in Julia, and without `jvp` 380 times.

    Without a `jvp` the product is exact to rounding either way. In Julia `rhs` is called with dual numbers, for up to
    eight tangent vectors at once: abs, mod, max, floor and comparisons may be there, but arguments of a type such as
    ``x::Vector{Float64}`` may not, and arrays for what is computed are made by ``similar(x)`` or
    ``zeros(eltype(x), n)``.
    In Python `rhs` is called with complex x, once for each tangent vector: f has to be analytic, without abs, mod,
    maximum or conjugates, and with no float arrays to put results into.

    A `jvp` in Julia that names matrices, ``jvp!(dV::AbstractMatrix, V::AbstractMatrix, x, p, t)``, is given all tangent
    vectors at once, as columns, and can compute once what depends on x alone.

    Both functions are tried at once, at three states around `initial_state` or else around 0, and compared with
    difference quotients. This starts Julia.

    Parameters
    ----------
    n : int
        Number of variables.
    rhs : str or callable
        The right-hand side.
    jvp : str or callable, optional
        The Jacobian-vector product, in the same language.
    parameters : dict, optional
        For Julia only: names with numbers (int or float) or arrays, which arrive as Array{Float64}.
    initial_state : (n,) array_like, optional
        Where runs begin; by default independent standard normal numbers, drawn by the run.
    dt : float
        Step of runs, in your units of time.

    Returns
    -------
    System

    Raises
    ------
    NetworkError
        If the source does not compile, if a function fails, returns the wrong shape, does not write all of its output,
        changes its parameters, gives something else when two threads call it at once, or is not finite, if the product
        is not the derivative, or if it is needed because f in Python is not analytic.
    OptionError, UnknownOptionError
        If an option has a value that is not allowed, or does not exist.

    References
    ----------
    Complex step: W. Squire, G. Trapp, SIAM Rev. 40, 110 (1998).

    Examples
    --------
    >>> import pylyap
    >>> swing = pylyap.systems.flow(2, '''
    ...     function f!(dx, x, p, t)
    ...         dx[1] = x[2]
    ...         dx[2] = -p.k * sin(x[1]) - p.damping * x[2] + cos(t)
    ...     end''', parameters=dict(k=2.0, damping=0.5))
    >>> spectrum = pylyap.lyapunov_spectrum(swing, t_average=100)
    >>> round(float(spectrum.exponents.sum()), 6)
    -0.5

    The same in Python:

    >>> import numpy as np
    >>> swing = pylyap.systems.flow(2, lambda x, t: np.array([x[1], -2 * np.sin(x[0]) - 0.5 * x[1] + np.cos(t)]))
    """
    dt = checks.real("dt", dt, "a step in units of time, > 0", lambda step: step > 0)
    return _users("flow", n, "time", rhs, jvp, parameters, initial_state, dt)


@checks.named_options()
def map(
    n: int,
    rhs: str | Callable[..., Any],
    *,
    jvp: str | Callable[..., Any] | None = None,
    parameters: dict[str, Any] | None = None,
    initial_state: ArrayLike | None = None,
) -> System:
    """A map of your own, ``x(t+1) = f(x(t), t)``, in Julia or in Python.

    As `flow`, but `rhs` gives the next state, and t = 0.0, 1.0, ... is the number of the step.

    Parameters
    ----------
    n : int
        Number of variables.
    rhs : str or callable
        The next state.
    jvp : str or callable, optional
        The Jacobian-vector product, in the same language.
    parameters : dict, optional
        For Julia only: names with numbers (int or float) or arrays, which arrive as Array{Float64}.
    initial_state : (n,) array_like, optional
        Where runs begin; by default independent standard normal numbers, drawn by the run.

    Returns
    -------
    System

    Raises
    ------
    NetworkError, OptionError, UnknownOptionError
        As `flow`.

    Examples
    --------
    >>> import pylyap
    >>> logistic = pylyap.systems.map(1, "f!(next, x, p, t) = (next[1] = 4x[1] * (1 - x[1]))", initial_state=[0.3])
    >>> spectrum = pylyap.lyapunov_spectrum(logistic, t_average=10_000)
    >>> round(float(spectrum.exponents[0]), 3)                          # log(2)
    0.693
    """
    return _users("map", n, "step", rhs, jvp, parameters, initial_state)


def _reference(name, size, unit, parameters, initial_state, arguments=(), dt=None):
    parameters = {key: checks.real(key, value, "a finite number") for key, value in parameters.items()}
    shown = [f"n={size}"] * bool(arguments) + [f"{key}={value:g}" for key, value in parameters.items()]
    definition = Reference(name, arguments, parameters)
    return System(f"{name}({', '.join(shown)})", size, unit, definition, initial_state, dt)


def _dense(A):
    if hasattr(A, "toarray"):
        raise NetworkError("A is sparse, which linear systems are not: pass A.toarray()")
    return matrix.checked_weights(A)


def _linear(name, A, unit, dt=None):
    n = len(A)
    definition = Linear(A)
    return System(f"{name}({n} variables, #{mark(definition.arrays())})", n, unit, definition, np.zeros(n), dt)


def _users(name, n, unit, rhs, jvp, parameters, initial_state, dt=None):
    n = checks.matrix_size("n", n)
    definition = _functions(rhs, jvp, parameters)
    language = "Python" if definition.calls_python else "Julia"
    label = f"{name}({n} variables, in {language}, #{mark(definition.arrays())})"
    system = System(label, n, unit, definition, _initial_state(n, initial_state), dt)
    from .._core import user_systems

    user_systems.check(system)
    return system


def _functions(rhs, jvp, parameters):
    if isinstance(rhs, str) and (jvp is None or isinstance(jvp, str)):
        return JuliaSource(rhs, jvp, _checked_parameters({} if parameters is None else parameters))
    if not (callable(rhs) and (jvp is None or callable(jvp))):
        raise OptionError(
            f"rhs is a {type(rhs).__name__} and jvp a {type(jvp).__name__}: "
            "give both as Julia source or both as Python functions; jvp may be left out"
        )
    if parameters is not None:
        raise OptionError("parameters are for Julia source only: let the Python functions hold theirs")
    return PythonFunctions(rhs, jvp)


def _checked_parameters(parameters):
    if not isinstance(parameters, dict):
        raise OptionError(f"parameters = {parameters!r} is not allowed: give a dict of names with numbers or arrays")
    return {name: _parameter(name, value) for name, value in parameters.items()}


def _parameter(name, value):
    if not (isinstance(name, str) and name.isidentifier()):
        raise OptionError(f"{name!r} is not allowed as the name of a parameter: use letters, digits and underscores")
    advice = "give a number or an array of numbers"
    array = checks.real_array(f"parameter {name}", value, advice)
    if array.ndim == 0:
        return int(value) if np.asarray(value).dtype.kind in "iu" else float(value)
    return matrix.frozen(np.array(array, order="F"))


def _like(before, name, value):
    """A parameter of the kind that was there: code is compiled for a kind of numbers."""
    value = _parameter(name, value)
    if np.shape(value) != np.shape(before):
        raise OptionError(f"parameter {name} has shape {np.shape(value)}: the system was described with {np.shape(before)}")
    return float(value) if isinstance(before, float) else value


def _initial_state(n, state):
    if state is None:
        return None
    state = checks.real_array("initial_state", state, f"give {n} real numbers")
    if state.shape != (n,):
        raise OptionError(f"initial_state has shape {state.shape}: the system needs ({n},)")
    return state


def _spread(n):
    """n numbers without a pattern in (0, 1), for states that must not be symmetric."""
    return math.sqrt(2) * np.arange(1, n + 1) % 1


def _shaped(name, value, shape, dtype=float):
    """The array a user's function returned."""
    array = np.asarray(value)
    if array.shape != shape or array.dtype.kind not in ("iuf" if dtype is float else "iufc"):
        raise NetworkError(
            f"{name} returned shape {array.shape} and dtype {array.dtype}: "
            f"it has to return {dtype.__name__} numbers, shape {shape}"
        )
    return array
