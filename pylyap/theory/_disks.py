"""Areas that disks cut from each other, to all digits also where they hardly touch or one of them is very large."""

import numpy as np
from scipy.special import roots_legendre

_NODES, _WEIGHTS = roots_legendre(20)  # for powers of sines over half a turn: error below rounding


def cap(angle):
    """Area of the part of the unit disk beyond a chord seen from the centre under 2 * angle: angle - sin cos."""
    angle = np.asarray(angle, dtype=np.float64)
    square = 4.0 * np.minimum(angle, 0.5) ** 2
    series = 1.0
    for k in (210.0, 156.0, 110.0, 72.0, 42.0, 20.0):  # (t - sin t) / 2 with t = 2 angle, by its Taylor series
        series = 1.0 - square / k * series
    small = 2.0 / 3.0 * np.minimum(angle, 0.5) ** 3 * series
    return np.where(angle < 0.5, small, angle - np.sin(angle) * np.cos(angle))


def cap_beyond_cube(angle):
    """cap(angle) - (2 / 3) sin(angle)**3, which starts with the fifth power: integral of 4 sin(x)**2 sin(x / 2)**2."""
    x = 0.5 * angle * (1.0 + _NODES)
    return 0.5 * angle * (_WEIGHTS @ (4.0 * np.sin(x) ** 2 * np.sin(0.5 * x) ** 2))


def cap_angle(area):
    """The angle of a cap of that area, between 0 and pi."""
    area = np.asarray(area, dtype=np.float64)
    low, high = np.zeros(area.shape), np.full(area.shape, np.pi)
    for _ in range(60):
        middle = 0.5 * (low + high)
        above = cap(middle) > area
        high, low = np.where(above, middle, high), np.where(above, low, middle)
    return 0.5 * (low + high)


def shared_fraction(excess, radius, distance):
    """Part of the unit disk about 0 that lies in the disk of `radius` about -distance; excess = radius - distance.

    Each of the two numbers excess and radius has to be right to all its digits.
    """
    e, R, d = np.clip(excess, -1.0, 1.0), np.asarray(radius, dtype=np.float64), float(distance)
    if d < 1.0:
        R = np.minimum(R, 1.0 + d)
        # 2 d times the half chord, and the place of the chord
        chord = np.sqrt(np.maximum((1.0 - e) * (1.0 + e) * (R + d + 1.0) * np.maximum(R + d - 1.0, 0.0), 0.0))
        own = cap(np.arctan2(chord, 1.0 + d * d - R * R))
        other = R**2 * cap(np.arctan2(chord, d * d + R * R - 1.0))
    else:
        curvature = 1.0 / d  # perhaps 0
        half = 0.5 * curvature
        place = e - half * (1.0 - e) * (1.0 + e)
        chord = np.sqrt((1.0 - e) * (1.0 + e) * (1.0 + half * (1.0 + e)) * np.maximum(1.0 - half * (1.0 - e), 0.0))
        own = cap(np.arctan2(chord, -place))
        angle = np.arctan2(curvature * chord, 1.0 + curvature * place)
        # radius**2 cap(angle) = (radius * angle)**2 * angle * (2/3 ...), without the square of a large radius
        arc = (1.0 + curvature * e) * (angle / curvature if curvature > 0.0 else chord)
        tall = np.where(angle > 1e-9, cap(angle) / np.maximum(angle, 1e-9) ** 3, 2.0 / 3.0)
        other = arc**2 * angle * tall
    found = np.where(e >= 1.0, 1.0, np.minimum((own + other) / np.pi, 1.0))
    return np.where(e <= -1.0, 0.0, found) if d >= 1.0 else found
