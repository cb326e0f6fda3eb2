"""Alpha-stable random numbers, fast: the method of Chambers, Mallows and Stuck in tangents only."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

CHUNK = 8192  # numbers per pass: four buffers of 64 KiB stay in a core's own cache
SMALLEST_EXPONENTIAL = 2.0**-54  # stands in for an exact zero, which the exponential generator returns once in 2**53


def fill(out: NDArray[np.float64], alpha: float, beta: float, scale: float, generator: np.random.Generator) -> None:
    """Fill a one-dimensional float64 array with stable variates, S1 parametrisation, location 0.

    The characteristic function at k is, with c = `scale`,
    ``exp(-|c k|**alpha * (1 - 1j * beta * sign(k) * tan(pi * alpha / 2)))`` for alpha != 1 and
    ``exp(-|c k| * (1 + 1j * beta * (2 / pi) * sign(k) * log|k|))`` for alpha = 1.
    Special cases are exact: alpha = 2 is normal with variance ``2 c**2``, alpha = 1 with beta = 0 is Cauchy
    with half-width c. Skewed variates lose accuracy close to alpha = 1, where their S1 location runs away.

    Parameters
    ----------
    out : (m,) float64 array
        Contiguous; overwritten.
    alpha : float
        Stability index in (0, 2].
    beta : float
        Skewness in [-1, 1].
    scale : float
        Scale c >= 0.
    generator : numpy.random.Generator

    Notes
    -----
    Chambers, Mallows, Stuck, J. Am. Stat. Assoc. 71, 340 (1976), and Weron, Stat. Probab. Lett. 28, 165 (1996).
    Sines and cosines are taken from tangents, sin(2 a) = 2 tan a / (1 + tan^2 a) and cos^2 a = 1 / (1 + tan^2 a):
    NumPy computes tan, log and exp in vector registers, but not sin and cos of float64.

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap.networks import stable
    >>> x = np.empty(1000)
    >>> stable.fill(x, 1.5, 0.0, 1.0, np.random.default_rng(0))
    >>> bool(np.isfinite(x).all())
    True
    """
    if alpha == 2.0:
        generator.standard_normal(out=out)
        out *= math.sqrt(2.0) * scale
        return
    if alpha != 1.0:
        transform = _general(alpha, beta, scale)
    elif beta != 0.0:
        transform = _skewed_cauchy(beta, scale)
    else:
        transform = _cauchy(scale)
    buffers = [np.empty(min(CHUNK, out.size)) for _ in range(3)]
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):  # tiny alpha: the caller looks for inf and NaN
        for start in range(0, out.size, CHUNK):
            x = out[start : start + CHUNK]
            angle, a, b = (buffer[: x.size] for buffer in buffers)
            _open_angle(generator, angle)
            transform(generator, angle, x, a, b)


def _open_angle(generator, angle):
    """Uniform on the open interval (-pi/2, pi/2): a grid of 2**53 points, symmetric about 0, without its ends."""
    generator.random(out=angle)
    angle -= 0.5 - 2.0**-54
    angle *= math.pi


def _exponential(generator, out):
    generator.standard_exponential(out=out)
    np.maximum(out, SMALLEST_EXPONENTIAL, out=out)


def _cauchy(scale):
    def transform(generator, angle, x, a, b):
        np.tan(angle, out=x)
        np.multiply(x, scale, out=x)

    return transform


def _general(alpha, beta, scale):
    """alpha != 1: x = c S sin(A) / cos(U)^(1/alpha) * (cos(U - A) / E)^((1-alpha)/alpha), with A = alpha (U + B)."""
    skew = beta * math.tan(math.pi * alpha / 2)
    shift = math.atan(skew)  # alpha * B
    factor = 2.0 * scale * math.hypot(1.0, skew) ** (1.0 / alpha)  # the 2 is that of sin = 2 tan / (1 + tan^2)
    power = (1.0 - alpha) / alpha

    def transform(generator, angle, x, a, b):
        # exponent: power * log(cos(U - A) / E) - log(cos U) / alpha, kept in a
        np.multiply(angle, 1.0 - alpha, out=a)
        a -= shift
        _log_one_plus_tan_squared(a)
        _exponential(generator, b)
        np.log(b, out=b)
        b *= 2.0
        a += b
        a *= -0.5 * power
        np.multiply(angle, 0.5 * alpha, out=b)
        b += 0.5 * shift
        _log_one_plus_tan_squared(angle)
        angle *= 0.5 / alpha
        a += angle
        np.exp(a, out=a)
        # sin(A), from the tangent of A / 2
        np.tan(b, out=b)
        np.multiply(b, b, out=x)
        x += 1.0
        np.divide(b, x, out=x)
        x *= factor
        x *= a

    return transform


def _log_one_plus_tan_squared(angle):
    """In place: -2 log|cos(angle)|."""
    np.tan(angle, out=angle)
    angle *= angle
    angle += 1.0
    np.log(angle, out=angle)


def _skewed_cauchy(beta, scale):
    """alpha = 1, beta != 0: x = (2/pi) ((pi/2 + beta U) tan U - beta log((pi/2) E cos U / (pi/2 + beta U)))."""
    location = (2.0 / math.pi) * beta * scale * math.log(scale) if scale > 0 else 0.0  # what S1 asks of a scale
    constant = location - scale * (2.0 / math.pi) * beta * math.log(math.pi / 2)

    def transform(generator, angle, x, a, b):
        np.multiply(angle, beta, out=a)
        a += math.pi / 2
        np.tan(angle, out=angle)
        np.multiply(a, angle, out=x)
        # x - beta * (log E - log(1 + tan^2) / 2 - log a), the constant log(pi/2) comes at the end
        np.log(a, out=a)
        angle *= angle
        angle += 1.0
        np.log(angle, out=angle)
        angle *= 0.5
        a += angle
        _exponential(generator, b)
        np.log(b, out=b)
        a -= b
        a *= beta
        x += a
        x *= (2.0 / math.pi) * scale
        x += constant

    return transform
