"""`transversal_exponents`: is the synchronous state of coupled identical systems stable? The master stability function."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks as checks
from ..errors import NetworkError, OptionError
from ..networks import matrix
from ..systems.transversal import Transversal
from .ensemble import lyapunov_ensemble
from .plan import studied
from .spectrum import OPTIONS

if TYPE_CHECKING:
    from .._contracts import System
    from ..results.spectrum import LyapunovSpectrum


@dataclasses.dataclass(frozen=True, eq=False)
class TransversalExponents:
    """Exponents of perturbations away from synchrony, one row for each eigenvalue.

    Attributes
    ----------
    strengths : (m,) float64 or complex128
        Products of the strength of the coupling and the eigenvalues: the argument of the master stability function.
    exponents, stderr : (m, k) float64
        In descending order, per `time_unit`. A mode is stable where its first exponent is negative.
    time_unit : str
    spectra : list of LyapunovSpectrum
        The runs; after Ctrl-C or a time limit there are fewer than strengths, and the others are NaN.
    """

    strengths: np.ndarray
    exponents: np.ndarray
    stderr: np.ndarray
    time_unit: str
    spectra: list[LyapunovSpectrum]

    @property
    def is_stable(self) -> bool:
        """Whether the first exponent of every mode is negative, by two standard errors."""
        return bool((self.exponents[:, 0] + 2 * self.stderr[:, 0] < 0).all())

    def __repr__(self) -> str:
        largest = f"largest {np.max(self.exponents[:, 0]):.4g} per {self.time_unit}"
        return f"TransversalExponents({len(self.strengths)} modes, {largest})"


@checks.named_options(and_those_of=[name for name in OPTIONS if name not in ("target_stderr", "precision", "tangent_order")])
def transversal_exponents(
    system: System, eigenvalues: ArrayLike, *, strength: float = 1.0, coupling: ArrayLike | None = None,
    n_exponents: int = 1, initial_state: ArrayLike | None = None, initial_frame: None = None, **options: Any,
) -> TransversalExponents:
    """Lyapunov exponents transversal to the synchronous state of identical systems that are coupled.

    Flows ``dx_i/dt = f(x_i) - strength sum_j L_ij H x_j`` have the modes ``dv/dt = (J - strength gamma H) v``, maps
    ``x_i(t+1) = sum_j (I - strength L H)_ij f(x_j)`` the modes ``v(t+1) = (I - strength gamma H) J v``, with J along the
    synchronous trajectory, the eigenvalues gamma of the Laplacian L (rows that add up to 0) and H the `coupling` of the
    variables. Eigenvalue 0 is the synchronous motion itself and has the exponents of the system. As a function of
    ``strength * gamma`` the first exponent is the master stability function.

    Parameters
    ----------
    system : network or system
        One of those that are coupled, N variables.
    eigenvalues : (m,) array_like
        Of the Laplacian, real or complex (conjugate pairs have the same exponents: give one of each).
    strength : float
        Factor on all of them, per unit of time of the system.
    coupling : (N, N) array_like, optional
        H, which variables are coupled to which; the unit matrix by default.
    n_exponents : int
        Exponents of each mode, 1 to N.
    initial_state : (N,) array_like, optional
        Where the synchronous trajectory begins, the same for all modes.
    initial_frame : None
        Not allowed: each mode begins with a random frame.
    **options
        As for `lyapunov_ensemble`; `t_average` is needed.

    Returns
    -------
    TransversalExponents

    Raises
    ------
    NetworkError
        If eigenvalues or coupling are not finite numbers of the right shape.
    OptionError, UnknownOptionError
        If an option is not allowed.

    References
    ----------
    Pecora, Carroll, Phys. Rev. Lett. 80, 2109 (1998), eq. 4.

    Examples
    --------
    Logistic maps, all coupled to all, synchronise where ``ln 2 + ln|1 - strength gamma|`` is negative:

    >>> import numpy as np, pylyap
    >>> logistic = pylyap.systems.map(
    ...     1, "f!(next, x, p, t) = (next[1] = 4 * x[1] * (1 - x[1]))", initial_state=[0.3])
    >>> found = pylyap.transversal_exponents(logistic, [0.0, 1.0], strength=0.6, t_average=10_000)
    >>> (found.exponents[1] - found.exponents[0]).round(6).tolist() == [round(float(np.log(0.4)), 6)]
    True
    """
    studied(system)
    strengths = _strengths(eigenvalues, checks.real("strength", strength, "a finite number"))
    if coupling is not None:
        coupling = _coupling(coupling, system.size)
    n_exponents = checks.count("n_exponents", n_exponents, most=system.size)
    if initial_frame is not None:
        raise OptionError("initial_frame is not allowed here: each mode begins with a random frame")
    if np.iscomplexobj(strengths) and system.drive is not None and system.drive.needs_noise_solver:
        raise OptionError("complex eigenvalues are not possible with white noise: give the real ones alone")
    modes = [Transversal(system, coupling, value) for value in strengths.tolist()]
    if initial_state is None and system.initial_state is None:
        initial_state = _drawn(system.size, options.get("seed", 0))
    if initial_state is not None:
        options["initial_state"] = modes[0].doubled(_state(initial_state, system.size))
    copies = modes[0].copies
    spectra = lyapunov_ensemble(modes, n_exponents=copies * n_exponents, **options)
    exponents, stderr = (np.full((len(modes), n_exponents), np.nan) for _ in range(2))
    for row, spectrum in enumerate(spectra):
        exponents[row], stderr[row] = spectrum.exponents[::copies], spectrum.stderr[::copies]
    return TransversalExponents(strengths, exponents, stderr, system.time_unit, spectra)


def _strengths(eigenvalues, strength):
    advice = "give real or complex numbers, shape (m,)"
    values = np.atleast_1d(np.asarray(eigenvalues))
    parts = (values.real, values.imag) if values.dtype.kind == "c" else (values,)
    parts = [checks.real_array("eigenvalues", part, advice) for part in parts]
    if values.ndim != 1 or not values.size:
        raise NetworkError(f"eigenvalues has shape {values.shape}: {advice}")
    if len(parts) == 2 and parts[1].any():
        return strength * (parts[0] + 1j * parts[1])
    return strength * parts[0]  # complex ones whose imaginary part is 0 are real


def _coupling(coupling, n):
    advice = f"give an {n} by {n} matrix"
    coupling = checks.real_array("coupling", coupling, advice)
    if coupling.shape != (n, n):
        raise NetworkError(f"coupling has shape {coupling.shape}: {advice}")
    return matrix.frozen(np.array(coupling, order="F"))


def _state(state, n):
    state = checks.real_array("initial_state", state, f"give {n} real numbers")
    if state.shape != (n,):
        raise OptionError(f"initial_state has shape {state.shape}: the system needs ({n},)")
    return state


def _drawn(n, seed):
    """One state for all modes: that of `lyapunov_spectrum` with this seed."""
    from .._random import stream

    return stream(seed, "initial state").standard_normal(n)
