"""What is drawn from the spectrum of a large network: each quantity divided by the number of units."""

from typing import NamedTuple


class Totals(NamedTuple):
    """Fraction of positive exponents, entropy rate and Kaplan-Yorke dimension, each per unit of the network.

    The entropy rate is the sum of the positive exponents, in nats per unit of time (tau or step).
    """

    n_positive: float
    entropy_rate: float
    kaplan_yorke_dimension: float


NONE = Totals(0.0, 0.0, 0.0)  # of a spectrum without positive exponents
