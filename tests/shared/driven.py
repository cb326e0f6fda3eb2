"""Drives of every kind with their input at any time, for a network of N units."""

import numpy as np

from pylyap import drives

N, TAU, DT = 6, 1.7, 0.1
RNG = np.random.default_rng(0)
TABLE, MIXING = RNG.standard_normal((400, N)), RNG.standard_normal((N, 2))
AMPLITUDE, PHASE = RNG.standard_normal(N), RNG.uniform(0, 6, N)
VALUES_OF_TWO = np.array([0.3, -0.8])

# name -> (drive, the input at time t or None if it is random)
SMOOTH = {
    "none": (None, lambda t: np.zeros(N)),
    "common constant": (drives.constant(0.4), lambda t: np.full(N, 0.4)),
    "constant": (drives.constant(AMPLITUDE), lambda t: AMPLITUDE),
    "mixed constant": (drives.constant(VALUES_OF_TWO, input_weights=MIXING), lambda t: MIXING @ VALUES_OF_TWO),
    "sinusoid": (drives.sinusoid(AMPLITUDE, 0.3, phase=PHASE), lambda t: AMPLITUDE * np.sin(0.6 * np.pi * t + PHASE)),
    "common sinusoid": (drives.sinusoid(1.5, 0.3), lambda t: np.full(N, 1.5 * np.sin(0.6 * np.pi * t))),
    "mixed sinusoid": (
        drives.sinusoid(1.0, 0.3, phase=VALUES_OF_TWO, input_weights=MIXING),
        lambda t: MIXING @ np.sin(0.6 * np.pi * t + VALUES_OF_TWO),
    ),
    "array": (drives.array(TABLE, 0.25), lambda t: interpolated(TABLE, t / 0.25)),
    "common array": (drives.array(TABLE[:, 0], 1), lambda t: np.full(N, interpolated(TABLE[:, :1], t)[0])),
    "mixed array": (
        drives.array(TABLE[:, :2], 0.3, input_weights=MIXING), lambda t: MIXING @ interpolated(TABLE[:, :2], t / 0.3)
    ),
    "array of one channel": (
        drives.array(TABLE[:, 0], 0.3, input_weights=AMPLITUDE), lambda t: AMPLITUDE * interpolated(TABLE[:, :1], t / 0.3)
    ),
}
HELD = {
    "held array": (drives.array(TABLE, 1, interpolation="constant"), lambda t: TABLE[int(t)]),
    "held array, two steps": (drives.array(TABLE, 2, interpolation="constant"), lambda t: TABLE[int(t / 2)]),
}
NOISE = {
    "white": drives.white_noise(0.7, seed=3),
    "common white": drives.white_noise(0.7, common=True, seed=3),
    "mixed white": drives.white_noise(0.7, seed=3, input_weights=MIXING),
}
COLOURED = {
    "coloured": drives.ornstein_uhlenbeck(0.7, 0.5, seed=3),
    "common coloured": drives.ornstein_uhlenbeck(0.7, 0.5, common=True, seed=3),
    "mixed coloured": drives.ornstein_uhlenbeck(0.7, 0.5, seed=3, input_weights=MIXING),
}


def interpolated(table, place):
    """Row number `place` of a table, interpolated linearly."""
    return np.array([np.interp(place, np.arange(len(table)), column) for column in table.T])


FLOW_DRIVES = {name: drive for name, (drive, _) in SMOOTH.items()} | COLOURED
ALLOWED = {
    "map": FLOW_DRIVES | NOISE | {name: drive for name, (drive, _) in HELD.items()},
    "rk4": FLOW_DRIVES, "heun": FLOW_DRIVES | NOISE, "euler": FLOW_DRIVES | NOISE,
}
