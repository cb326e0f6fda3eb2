"""Weight matrices: float64, ``W[i, j]`` is the weight from unit j to unit i.

Dense ones are in Fortran order, which networks take without a copy; sparse ones are ``scipy.sparse.csr_array``.
What the gain g means is said by each; docs/weights.md compares them.
"""

from .connectome import connectome, connectome_neurons
from .dale import dale
from .independent import gaussian, levy
from .pruning import prune
from .random_sparse import erdos_renyi, fixed_in_degree
from .scaling import rescaled, scaled_to
from .shuffling import shuffled
from .structured import antisymmetric, low_rank, orthogonal, partially_symmetric

__all__ = [
    "antisymmetric",
    "connectome",
    "connectome_neurons",
    "dale",
    "erdos_renyi",
    "fixed_in_degree",
    "gaussian",
    "levy",
    "low_rank",
    "orthogonal",
    "partially_symmetric",
    "prune",
    "rescaled",
    "scaled_to",
    "shuffled",
]
