"""Excitatory and inhibitory units: weights that obey Dale's law."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .._random import stream
from ..errors import OptionError
from .. import _checks as checks
from .independent import empty, with_diagonal

VARIANCE = 1 - 2 / math.pi  # of the modulus of a standard normal number


def dale(
    n: int,
    g: float,
    *,
    excitatory: float = 0.8,
    balanced: bool = True,
    seed: int | np.random.SeedSequence,
    autapses: bool = False,
) -> NDArray[np.float64]:
    """Excitatory and inhibitory units: all weights sent by a unit have the same sign.

    The first ``round(excitatory * n)`` units are excitatory, the others inhibitory. Weights are moduli of Gaussian
    numbers times the sign and size of their sender's kind. If `balanced`, inhibitory weights are
    ``excitatory / (1 - excitatory)`` times larger on average, and every unit's inhibitory inputs are then multiplied by
    one factor near 1 which makes its weights sum to zero. Otherwise both kinds have the same size.

    Gain convention: g is the radius of the disk that the bulk of the eigenvalues of a large matrix fills,
    ``g**2 = n * (mean variance of a weight)``, comparable with `gaussian`. If not balanced there is one more eigenvalue,
    near ``1.32 * g * sqrt(n) * (2 * excitatory - 1)``, from the mean weight. One seed gives one matrix up to the factor g.

    Parameters
    ----------
    n : int
        Number of units.
    g : float
        Gain, g >= 0.
    excitatory : float
        Fraction of excitatory units, in [0, 1]. If balanced, at least two units must be of each kind (one, with
        autapses), so that every unit receives both.
    balanced : bool
        See above.
    seed : int or numpy.random.SeedSequence
        Required. The stream named "weights".
    autapses : bool
        Keep the weights from a unit to itself; by default the diagonal is zero.

    Returns
    -------
    (n, n) float64 array
        Fortran order.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed, or a balance is not possible with this fraction.

    References
    ----------
    Rajan, Abbott, Phys. Rev. Lett. 97, 188104 (2006), for the radius and for the balance of every unit.

    Examples
    --------
    >>> import pylyap
    >>> W = pylyap.weights.dale(500, 2.0, excitatory=0.8, seed=1)
    >>> bool((W[:, :400] >= 0).all() and (W[:, 400:] <= 0).all())
    True
    """
    n = checks.matrix_size("n", n)
    g = checks.real("g", g, "a finite gain >= 0", lambda gain: gain >= 0)
    excitatory = checks.real("excitatory", excitatory, "a fraction in [0, 1]", lambda fraction: 0 <= fraction <= 1)
    n_excitatory = round(excitatory * n)
    balanced, autapses = checks.flag("balanced", balanced), checks.flag("autapses", autapses)
    least = 1 if autapses else 2
    if balanced and not least <= n_excitatory <= n - least:
        raise OptionError(
            f"excitatory = {excitatory} makes {n_excitatory} of {n} units excitatory, which cannot be balanced: give a "
            f"fraction that leaves at least {least} of each kind, or balanced=False"
        )
    W, entries = empty(n)
    stream(seed, "weights").standard_normal(out=entries)
    np.abs(entries, out=entries)
    W *= _signed_sizes(n, n_excitatory, g, balanced)
    with_diagonal(W, autapses)
    if balanced and g > 0:
        W[:, n_excitatory:] *= (W[:, :n_excitatory].sum(axis=1) / -W[:, n_excitatory:].sum(axis=1))[:, None]
    return W


def _signed_sizes(n, n_excitatory, g, balanced):
    """One factor for each sender."""
    kinds = np.where(np.arange(n) < n_excitatory, 1.0, -1.0)
    size = g / math.sqrt(n * VARIANCE)
    if not balanced:
        return size * kinds
    fraction = n_excitatory / n
    size /= math.sqrt(fraction * (1 - fraction))
    return size * np.where(kinds > 0, 1 - fraction, -fraction)
