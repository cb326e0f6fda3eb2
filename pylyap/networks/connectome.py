"""The wiring diagram that ships with the package, as a weight matrix."""

import csv
from importlib import resources

import numpy as np

from ..errors import NotYetAvailableError
from . import checks
from .scaling import scaled_to

FILES = {"celegans": "celegans_cook2019_hermaphrodite.csv"}
GABA = frozenset(
    [f"DD{i}" for i in range(1, 7)] + [f"VD{i}" for i in range(1, 14)] + "RMED RMEV RMEL RMER RIS AVL DVB".split()
)


def connectome(name="celegans", *, synapses="chemical", spectral_radius=None):
    """Chemical synapses of a nervous system as a signed weight matrix.

    "celegans" is the hermaphrodite nematode C. elegans, 302 neurons. What is done to the raw data:
    the weight from j to i is the number of serial sections in which synapses from j to i were seen; the sign is that
    of the sending neuron, negative for the 26 GABA neurons (DD1-6, VD1-13, RMED, RMEV, RMEL, RMER, RIS, AVL, DVB; of
    these DD4 and DD5 have no chemical synapses onto neurons in the data) and positive for all others; synapses of a
    neuron onto itself are kept; muscles and other organs are left out; gap junctions are not used. At last the whole
    matrix is multiplied by one factor if `spectral_radius` is given.

    Parameters
    ----------
    name : str
        Only "celegans" so far.
    synapses : str
        Only "chemical" so far; "gap" and "both" are planned.
    spectral_radius : float, optional
        Largest modulus of the eigenvalues of the returned matrix, > 0. Without it the section counts are returned.
        Gain convention: with the zero state as fixed point and slope one there, the network is stable below 1.

    Returns
    -------
    (302, 302) float64 array
        Fortran order, ``W[i, j]`` is the weight from j to i; rows and columns in the order of `connectome_neurons`.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.
    NotYetAvailableError
        For synapses="gap" and "both".

    References
    ----------
    Cook et al., Nature 571, 63 (2019), supplementary information 5, corrected July 2020. The GABA neurons:
    McIntire, Jorgensen, Kaplan, Horvitz, Nature 364, 337 (1993).

    Examples
    --------
    >>> import pylyap
    >>> W = pylyap.weights.connectome("celegans", spectral_radius=2.0)
    >>> W.shape
    (302, 302)
    """
    if synapses in ("gap", "both"):
        raise NotYetAvailableError(f"synapses = {synapses!r} is planned but does not exist yet; use 'chemical'")
    checks.one_of("synapses", synapses, ("chemical",))
    rows = _read(name)
    neurons = _neurons(rows)
    index = {neuron: i for i, neuron in enumerate(neurons)}
    W = np.zeros((len(neurons), len(neurons)), order="F")
    for row in rows:
        sections = int(row["chemical"])
        W[index[row["post"]], index[row["pre"]]] = -sections if row["pre"] in GABA else sections
    return W if spectral_radius is None else scaled_to(W, spectral_radius)


def connectome_neurons(name="celegans"):
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
