"""Leading exponents of heavy-tailed networks against independent reference values.

The values were computed apart from pylyap, in plain NumPy, with other random numbers: the same W for all gains of a
realisation, 1000 steps before counting, then 2000 steps (N = 100) or 1000 (N = 1000), means over 60 or 6 realisations.
"""

import numpy as np
import pytest

import pylyap
from pylyap import sweeps
from pylyap.papers.xie2025 import reference


@pytest.mark.slow
@pytest.mark.parametrize(
    "table, gains, n, realisations, t_average, noise",
    [
        (reference.N100, reference.GAINS, 100, 60, 2000, 0.0),
        (reference.N1000, reference.GAINS, 1000, 6, 1000, 0.0),
        (reference.NOISY, reference.NOISY_GAINS, 1000, 6, 1000, 0.1),
    ],
)
def test_leading_exponents(table, gains, n, realisations, t_average, noise):
    there, there_error = np.moveaxis(np.array(list(table.values())), 2, 0)
    measure = sweeps.GainFamily(
        sweeps.RandomNetworks("levy", noise=noise), t_transient=800, t_align=200, t_average=t_average
    )
    result = pylyap.sweep(measure, sweeps.grid(n=n, alpha=list(table), trial=range(realisations), gain=gains))
    exponents = result.arranged("largest_exponent", "alpha", "trial", "gain")
    here, error = exponents.mean(axis=1), exponents.std(axis=1, ddof=1) / np.sqrt(realisations)
    distance = np.abs(here - there) / np.hypot(error, there_error)
    print(f"{(distance <= 3).sum()} of {distance.size} within 3 combined standard errors; largest {distance.max():.1f}")
    print(np.array2string(distance, precision=1, suppress_small=True))
    # entries of one realisation share its matrix, and errors from 6 realisations are uncertain by a third
    assert (distance <= 3).mean() >= 0.9
