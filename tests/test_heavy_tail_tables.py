"""Leading exponents of heavy-tailed networks against independent reference values.

The values were computed apart from pylyap, in plain NumPy, with other random numbers: the same W for all gains of a
realisation, 1000 steps before counting, then 2000 steps (N = 100) or 1000 (N = 1000), means over 60 or 6 realisations.
"""

import numpy as np
import pytest

import pylyap
from pylyap import sweeps

# gain, then for each alpha the mean over realisations and its standard error
UNITS_100 = """
    0.12649 -0.6190 0.0486 -1.1630 0.0405 -1.6696 0.0045
    0.22230 -0.2831 0.0285 -0.6474 0.0317 -1.1057 0.0045
    0.33932 -0.1408 0.0172 -0.2978 0.0199 -0.6828 0.0045
    0.44984 -0.0667 0.0102 -0.1024 0.0131 -0.4008 0.0045
    0.59636 -0.0677 0.0121 -0.0326 0.0073 -0.1189 0.0045
    0.79060 -0.0331 0.0120 -0.0026 0.0060 -0.0130 0.0037
    0.91030 -0.0212 0.0130 0.0233 0.0076 -0.0038 0.0029
    1.04811 -0.0235 0.0145 0.0538 0.0090 0.0200 0.0036
    1.38950 0.0113 0.0132 0.1271 0.0106 0.1117 0.0057
    1.84207 0.0811 0.0119 0.2076 0.0100 0.2267 0.0021
    2.44205 0.1289 0.0101 0.2945 0.0065 0.3370 0.0016
    3.72759 0.1563 0.0117 0.4077 0.0029 0.5083 0.0010
    5.68987 0.1704 0.0139 0.5069 0.0029 0.6768 0.0013
    10.00000 0.1355 0.0174 0.6068 0.0039 0.8789 0.0014
"""
UNITS_1000 = """
    0.12649 -0.4994 0.0726 -0.8626 0.1468 -1.6913 0.0042
    0.22230 -0.0708 0.0428 -0.3505 0.1155 -1.1274 0.0042
    0.33932 -0.0180 0.0152 -0.1575 0.0392 -0.7044 0.0042
    0.44984 0.0348 0.0268 -0.0299 0.0220 -0.4225 0.0042
    0.59636 0.0966 0.0212 0.0142 0.0085 -0.1405 0.0042
    0.79060 0.1505 0.0047 0.0977 0.0046 -0.0011 0.0016
    0.91030 0.1813 0.0069 0.1345 0.0052 0.0143 0.0035
    1.04811 0.2046 0.0036 0.1719 0.0034 0.0568 0.0018
    1.38950 0.2452 0.0025 0.2502 0.0054 0.1469 0.0005
    1.84207 0.2996 0.0064 0.3342 0.0053 0.2515 0.0006
    2.44205 0.3453 0.0042 0.4201 0.0054 0.3660 0.0005
    3.72759 0.4058 0.0062 0.5622 0.0044 0.5531 0.0008
    5.68987 0.4536 0.0045 0.7003 0.0019 0.7480 0.0010
    10.00000 0.5142 0.0108 0.8781 0.0064 1.0121 0.0014
"""
UNITS_1000_NOISE = """
    0.12649 -0.8089 0.0691 -1.7079 0.0066
    0.22230 -0.3897 0.0803 -1.1447 0.0066
    0.33932 -0.1673 0.0194 -0.7236 0.0066
    0.44984 -0.0350 0.0033 -0.4451 0.0066
    0.59636 0.0710 0.0041 -0.1764 0.0065
    0.79060 0.1519 0.0024 -0.0129 0.0027
    0.91030 0.1812 0.0053 0.0158 0.0014
    1.04811 0.2055 0.0061 0.0540 0.0010
    1.38950 0.2510 0.0057 0.1462 0.0004
    1.84207 0.2948 0.0048 0.2503 0.0012
    2.81177 0.3616 0.0066 0.4269 0.0015
    4.29193 0.4299 0.0060 0.6142 0.0010
    6.55129 0.4841 0.0032 0.8119 0.0005
    10.00000 0.5166 0.0082 1.0120 0.0007
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "table, alphas, n, realisations, t_average, noise",
    [
        (UNITS_100, (1.0, 1.5, 2.0), 100, 60, 2000, 0.0),
        (UNITS_1000, (1.0, 1.5, 2.0), 1000, 6, 1000, 0.0),
        (UNITS_1000_NOISE, (1.0, 2.0), 1000, 6, 1000, 0.1),
    ],
)
def test_leading_exponents(table, alphas, n, realisations, t_average, noise):
    rows = np.array([line.split() for line in table.split("\n") if line], dtype=float)
    gains, there, there_error = rows[:, 0], rows[:, 1::2].T, rows[:, 2::2].T
    measure = sweeps.GainFamily(
        sweeps.RandomNetworks("levy", noise=noise), t_transient=800, t_align=200, t_average=t_average
    )
    result = pylyap.sweep(measure, sweeps.grid(n=n, alpha=alphas, trial=range(realisations), gain=gains))
    exponents = result.arranged("largest_exponent", "alpha", "trial", "gain")
    here, error = exponents.mean(axis=1), exponents.std(axis=1, ddof=1) / np.sqrt(realisations)
    distance = np.abs(here - there) / np.hypot(error, there_error)
    print(f"{(distance <= 3).sum()} of {distance.size} within 3 combined standard errors; largest {distance.max():.1f}")
    print(np.array2string(distance, precision=1, suppress_small=True))
    # entries of one realisation share its matrix, and errors from 6 realisations are uncertain by a third
    assert (distance <= 3).mean() >= 0.9
