"""N = 1000, g = 2.02359: the Kaplan-Yorke dimension of heavy-tailed networks, right and as it was published.

The published one: tangents in transposed order, from columns of the identity, not aligned, over 50 steps.
Source: Xie, Mihalas, Kusmierz, arXiv 2505.09816 (2025), figure 3B, whose mean and spread over 10 trials are below.
"""

import numpy as np
import pytest

import pylyap
from pylyap import sweeps

N, GAIN = 1000, 2.02359
NETWORKS = sweeps.RandomNetworks("levy", seed=64)


def dimensions(alpha, trials, **options):
    conditions = sweeps.grid(n=N, alpha=alpha, gain=GAIN, trial=range(trials))
    result = pylyap.sweep(sweeps.Spectra(NETWORKS, qr_interval=1, **options), conditions)
    found = result["kaplan_yorke_dimension"]
    print(f"alpha = {alpha}: {found.mean():.1f} +- {found.std():.1f} over {trials}: {found.round(1)}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("alpha, k, expected", [(1.0, 90, 62.1), (1.5, 220, 165.8), (2.0, 330, 288.4)])
def test_dimension(alpha, k, expected):
    trials = {1.0: 4, 1.5: 2, 2.0: 1}[alpha]
    found = dimensions(alpha, trials, n_exponents=k, t_transient=1000, t_align=100, t_average=300)
    assert found.mean() == pytest.approx(expected, rel=0.1)  # what the issue asks for; networks differ by some percent


@pytest.mark.slow
@pytest.mark.parametrize("alpha, expected, spread", [(1.0, 4.5, 4.3), (1.5, 94.2, 5.9), (2.0, 260.7, 3.3)])
def test_published_dimension(alpha, expected, spread):
    protocol = dict(initial_frame=np.eye(N), t_transient=2950, t_align=0, t_average=50)
    found = dimensions(alpha, 5, tangent_order="published-transposed", **protocol)
    # means of 5 and 10 trials scatter by 0.55 of the spread of one
    assert abs(found.mean() - expected) <= spread
