"""A tangent that was published and is not that of the map: to compute published curves, nothing else uses it."""

from ... import _contracts
from ...errors import OptionError
from ...networks.matrix import is_sparse
from ...networks.models import DiscreteNetwork

NAME = "published-transposed"


class PublishedTransposed(_contracts.System):
    """A discrete-time network whose frame is multiplied by the transposed Jacobian at the state after the step.

    The code behind Xie, Mihalas, Kusmierz (2025) did that, in forward time, until July 2026. The growth rates of such
    products are not Lyapunov exponents, see docs/heavy-tails.md.

    Parameters
    ----------
    network : DiscreteNetwork
        With dense weights.

    Raises
    ------
    OptionError
        If the network is another one.

    Examples
    --------
    >>> import pylyap
    >>> from pylyap.papers.xie2025.transposed import PublishedTransposed
    >>> network = pylyap.DiscreteNetwork(pylyap.weights.levy(20, 2.0, 1.5, seed=1))
    >>> pylyap.lyapunov_spectrum(PublishedTransposed(network), t_average=100).message[:32]
    'these are not Lyapunov exponents'
    """

    time_unit = "step"
    caution = f'these are not Lyapunov exponents (tangent_order="{NAME}")'

    def __init__(self, network):
        if not isinstance(network, DiscreteNetwork) or is_sparse(network.weights):
            raise OptionError(
                f'tangent_order = "{NAME}" is not allowed for {network!r}: it exists for a DiscreteNetwork with dense '
                'weights, to compute published curves; leave it at "forward"'
            )
        self._network, self.drive = network, network.drive

    @property
    def size(self):
        return self._network.size

    def arrays(self):
        """Everything that its numbers depend on."""
        return {**self._network.arrays(), "tangent": _contracts.text_array(NAME)}

    def to_core(self, bridge, inputs):
        """The core's ``PublishedTransposed``."""
        return bridge.core.PublishedTransposed(self._network.to_core(bridge, inputs))

    def __repr__(self):
        return f"PublishedTransposed({self._network!r})"
