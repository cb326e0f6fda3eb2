"""Averages over a symmetric alpha-stable number z of scale one: characteristic function exp(-|k|**alpha).

Chambers, Mallows and Stuck write z with an angle U, uniform on (-pi/2, pi/2), and an exponential number E,
    |z| = sin(alpha U) cos(U)**(-1/alpha) (cos((1 - alpha) U) / E)**((1 - alpha) / alpha), U > 0.
With U = arctan(exp(omega)) and E = exp(v) the trapezoidal rule on a grid of omega and v converges exponentially.
"""

import numpy as np

STEP = 0.35  # functions analytic within pi/2 of the real omega and v: error exp(-pi**2 / 0.35) = 6e-13 times its slope
LIGHTEST = 1e-17  # nodes that weigh less, by themselves and times |z|**alpha, are left out


def nodes(alpha, reach, step=STEP):
    """ln|z| and weights with ``sum(w * f(ln|z|))`` the mean of f; good for tails up to |z|**alpha of exp(reach).

    The step suits functions of alpha ln|z|; those of ln|z| need one smaller by the factor alpha if alpha < 1.
    """
    omega = np.arange(-40.0, reach + 40.0, step)
    angle_part, angle_weights = log_of_angle(alpha, omega), angle_weight(omega, step)
    if alpha == 1.0:
        return angle_part, angle_weights
    v = np.arange(-38.0 / min(1.0, alpha), 4.0, step)  # E**(alpha - 1) exp(-E) dE falls as exp(alpha v) on the left
    v_weights = step * np.exp(v - np.exp(v))
    logs, weights = angle_part[:, None] - (1.0 - alpha) / alpha * v, angle_weights[:, None] * v_weights
    kept = np.log(weights) + np.maximum(alpha * logs, 0.0) > np.log(LIGHTEST)
    return logs[kept], weights[kept]


def angle_weight(omega, step):
    """Weights of the grid of angles: dU / (pi / 2)."""
    return step / np.pi / np.cosh(np.minimum(np.abs(omega), 700.0))


def log_of_angle(alpha, omega):
    """The part of ln|z| that the angle makes."""
    U, rest = np.arctan(np.exp(np.minimum(omega, 700.0))), np.arctan(np.exp(np.minimum(-omega, 700.0)))
    # Near U = pi/2 the sines are those of the angle left over, which keeps their relative accuracy near alpha = 2.
    left = 0.5 * np.pi * (2.0 - alpha)
    sine = np.where(omega < 0.0, np.sin(alpha * U), np.sin(left + alpha * rest))
    cosine = np.where(omega < 0.0, np.cos((1.0 - alpha) * U), np.sin(left + (alpha - 1.0) * rest))
    log_cos = -0.5 * np.logaddexp(0.0, 2.0 * omega)
    return np.log(sine) - log_cos / alpha + (1.0 - alpha) / alpha * np.log(cosine)


def exceeds(alpha, log_x):
    """P(|z| > x), x an array of logarithms: for a given angle it is a power of E that decides."""
    if alpha == 1.0:
        return 2.0 / np.pi * np.arctan(np.exp(-log_x))
    power = alpha / (1.0 - alpha)
    step = STEP * min(1.0, 1.0 / abs(power))  # near alpha = 1 the decision is sharp
    omega = np.arange(-40.0, max(0.0, alpha * np.max(log_x)) + 40.0, step)
    angle_part, weights = log_of_angle(alpha, omega), angle_weight(omega, step)
    total = np.empty(log_x.shape)
    for i, level in enumerate(log_x):
        threshold = np.exp(np.clip(power * (angle_part - level), -700.0, 700.0))
        total[i] = weights @ (-np.expm1(-threshold) if alpha < 1.0 else np.exp(-threshold))
    return total


def tail_constant(alpha):
    """A in P(|z| > x) = A x**(-alpha) at large x."""
    from scipy.special import gamma

    return 2.0 / np.pi * gamma(alpha) * np.sin(0.5 * np.pi * alpha)
