"""The wiring diagram that ships with the package, as a weight matrix, and null models of it."""

from __future__ import annotations

import csv
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from .._random import stream
from ..errors import OptionError
from .. import _checks as checks
from .scaling import scaled_to
from .shuffling import rewired

FILES = {"celegans": "celegans_cook2019_hermaphrodite.csv"}
GABA = frozenset(
    [f"DD{i}" for i in range(1, 7)] + [f"VD{i}" for i in range(1, 14)] + "RMED RMEV RMEL RMER RIS AVL DVB".split()
)


def connectome(
    name: str = "celegans",
    *,
    synapses: str = "chemical",
    signs: bool = True,
    in_strength: float | None = None,
    spectral_radius: float | None = None,
    shuffle_seed: int | np.random.SeedSequence | None = None,
) -> NDArray[np.float64]:
    """A nervous system as a weight matrix.

    "celegans" is the hermaphrodite nematode C. elegans, 302 neurons; muscles and other organs are left out. What is done
    to the raw data, in this order:

    1. Chemical synapses: the weight from j to i is the number of serial sections in which synapses from j to i were seen.
       With `signs` it is negative if the sending neuron is one of the 26 GABA neurons (DD1-6, VD1-13, RMED, RMEV, RMEL,
       RMER, RIS, AVL, DVB; of these DD4 and DD5 have no chemical synapses onto neurons in the data), positive otherwise.
       Gap junctions: the number of serial sections, the same in both directions, always positive. "both" is their sum,
       one section counting as much in either.
    2. Connections of a neuron to itself are kept: 38 chemical ones, and 14 gap junctions.
    3. With `shuffle_seed`, a null model: chemical synapses and gap junctions are each rewired as by
       `pylyap.weights.shuffled`. Of chemical synapses this keeps how many connections every neuron sends and receives,
       and the sections it sends; of gap junctions, how many every neuron has, and symmetry, but not its sections.
    4. Weights are scaled to `in_strength` or `spectral_radius`, if one is given.

    A gap junction enters as an ordinary weight here, without the current that depends on the receiver's own state.

    Parameters
    ----------
    name : str
        Only "celegans" so far.
    synapses : {"chemical", "gap", "both"}
        Which connections.
    signs : bool
        Whether GABA neurons have negative weights; without, all weights are positive.
    in_strength : float, optional
        Sum of the moduli of the weights each neuron receives, > 0: every row is divided by its own sum. Neurons without
        input keep none. Gain convention: the largest input any neuron can get from units bounded by 1.
    spectral_radius : float, optional
        Largest modulus of the eigenvalues, > 0; one factor for all weights. Gain convention: with the zero state as
        fixed point and slope one there, the network is stable below 1. Without either of the two the section counts are
        returned.
    shuffle_seed : int or numpy.random.SeedSequence, optional
        Return a null model. Streams "shuffle chemical" and "shuffle gap".

    Returns
    -------
    (302, 302) float64 array
        Fortran order, ``W[i, j]`` is the weight from j to i; rows and columns in the order of `connectome_neurons`.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed, or both `in_strength` and `spectral_radius` are given.

    References
    ----------
    Cook et al., Nature 571, 63 (2019), supplementary information 5, corrected July 2020. The GABA neurons:
    McIntire, Jorgensen, Kaplan, Horvitz, Nature 364, 337 (1993).

    Examples
    --------
    >>> import pylyap
    >>> W = pylyap.weights.connectome("celegans", synapses="both", spectral_radius=2.0)
    >>> W.shape
    (302, 302)
    """
    signs = checks.flag("signs", signs)
    checks.one_of("synapses", synapses, ("chemical", "gap", "both"))
    if in_strength is not None and spectral_radius is not None:
        raise OptionError("in_strength and spectral_radius contradict each other: give one of them at most")
    rows = _read(name)
    kinds = ("chemical", "gap") if synapses == "both" else (synapses,)
    W = sum(_sections(rows, kind, signs and kind == "chemical", shuffle_seed) for kind in kinds)
    if in_strength is not None:
        return _with_in_strength(W, in_strength)
    return W if spectral_radius is None else scaled_to(W, spectral_radius)


def _sections(rows, kind, signs, shuffle_seed):
    """Weights of one kind of connection; a null model if there is a seed."""
    neurons = _neurons(rows)
    index = {neuron: i for i, neuron in enumerate(neurons)}
    W = np.zeros((len(neurons), len(neurons)), order="F")
    for row in rows:
        sections = int(row[kind])
        W[index[row["post"]], index[row["pre"]]] = -sections if signs and row["pre"] in GABA else sections
    return W if shuffle_seed is None else rewired(W, stream(shuffle_seed, f"shuffle {kind}"))


def _with_in_strength(W, in_strength):
    target = checks.real("in_strength", in_strength, "a finite number > 0", lambda number: number > 0)
    received = np.abs(W).sum(axis=1)
    return W * (target / np.where(received > 0, received, 1.0))[:, None]


def connectome_neurons(name: str = "celegans") -> tuple[str, ...]:
    """Names of the neurons of `connectome`, in the order of its rows and columns (alphabetical).

    Parameters
    ----------
    name : str
        Only "celegans" so far.

    Returns
    -------
    tuple of str
        302 names.

    Raises
    ------
    OptionError
        If there is no connectome of that name.

    Examples
    --------
    >>> import pylyap
    >>> pylyap.weights.connectome_neurons()[:3]
    ('ADAL', 'ADAR', 'ADEL')
    """
    return _neurons(_read(name))


def _read(name):
    checks.one_of("connectome", name, tuple(FILES))
    text = (resources.files(__package__) / "data" / FILES[name]).read_text(encoding="ascii")
    return list(csv.DictReader(line for line in text.splitlines() if line and not line.startswith("#")))


def _neurons(rows):
    return tuple(sorted({row["pre"] for row in rows} | {row["post"] for row in rows}))
