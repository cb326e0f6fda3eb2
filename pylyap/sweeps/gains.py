"""The measure for curves against the gain: all gains of a realisation at once."""

from ..errors import OptionError
from ..networks import checks
from ..spectrum.gains import GAINS_TOGETHER, side_by_side
from .conditions import identity, seed_of
from .measures import described


class GainFamily:
    """Leading exponents of discrete networks against the gain, by `pylyap.leading_exponents`.

    Conditions that differ in `gain` alone are one realisation: they share weights, drive, initial state and tangent
    vector, and are computed together. Gives `largest_exponent`, `largest_exponent_stderr` and `mean_square`.

    Parameters
    ----------
    make_network : callable
        From a condition without `gain` to the DiscreteNetwork at gain 1, such as `RandomNetworks`.
    t_average, t_transient, t_align : float
        As for `lyapunov_spectrum`.
    seed : int or numpy.random.SeedSequence
        Source of initial states and tangent vectors; each realisation has its own.

    Examples
    --------
    >>> import pylyap
    >>> measure = pylyap.sweeps.GainFamily(pylyap.sweeps.RandomNetworks("levy", seed=1), t_average=300)
    >>> result = pylyap.sweep(measure, pylyap.sweeps.grid(n=50, alpha=1.5, gain=[0.1, 1.0, 5.0], trial=range(2)))
    >>> result.arranged("largest_exponent", "trial", "gain").shape
    (2, 3)
    """

    name = "leading exponents"

    def __init__(self, make_network, *, t_average, t_transient=None, t_align=None, seed=0):
        self.make_network, self.seed = make_network, seed
        self.options = dict(t_average=t_average, t_transient=t_transient, t_align=t_align)

    @property
    def settings(self):
        """What a store has to know."""
        return dict(make_network=described(self.make_network), seed=described(self.seed), **self.options)

    def batches(self, conditions, is_done):
        """Whole realisations, also if only one of their gains is missing, as many as keep all cores busy.

        Company in a matrix product can change its rounding, which chaos amplifies; the same company gives the same
        bits.
        """
        realisations = [
            sorted(realisation, key=lambda condition: condition["gain"])
            for realisation in _realisations(conditions).values()
            if not all(map(is_done, realisation))
        ]
        return _filling_all_cores(realisations)

    def __call__(self, batch):
        realisations = _realisations(batch)
        members = []
        for conditions in realisations.values():
            shared = _without_gain(conditions[0])
            gains = [condition["gain"] for condition in conditions]
            members.append((self.make_network(shared), gains, seed_of(shared, self.seed)))
        found = {}
        families = side_by_side(members, progress=False, **self.options)
        for conditions, family in zip(realisations.values(), families):
            for j, condition in enumerate(conditions):
                found[identity(condition)] = dict(
                    largest_exponent=family.exponents[j], largest_exponent_stderr=family.stderr[j],
                    mean_square=family.mean_square[j],
                )
        return [found[identity(condition)] for condition in batch]


def _realisations(conditions):
    """Conditions by what they share."""
    found = {}
    for condition in conditions:
        if isinstance(condition.get("gain", ""), str):
            raise OptionError(f"the condition {checks.shown(condition)} has no number 'gain', which GainFamily needs")
        found.setdefault(identity(_without_gain(condition)), []).append(condition)
    return found


def _without_gain(condition):
    return {name: value for name, value in condition.items() if name != "gain"}


def _filling_all_cores(realisations):
    """Neighbours together until there is a product for each of Julia's threads; Julia starts if there are any."""
    if not realisations:
        return []
    from .._julia import session

    threads, batches, products = session.n_threads(), [[]], 0
    for realisation in realisations:
        if products >= threads:
            batches.append([])
            products = 0
        batches[-1] += realisation
        products += -(-len(realisation) // GAINS_TOGETHER)
    return batches
