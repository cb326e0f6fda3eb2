"""One matrix at many gains, in one product per step.

The states of one network at 24 gains are the columns of one matrix. Shown is the largest exponent of six networks of
each kind of weights, their mean, and where the mean crosses zero.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap
from pylyap.analysis import transitions

gains = np.geomspace(0.1, 10, 24)
figure, ax = plt.subplots(figsize=(6, 4.2), layout="constrained")
ax.axhline(0, color="0.35", linewidth=0.8, linestyle="--")
for alpha, colour in ((1.0, "#D55E00"), (1.5, "#009E73"), (2.0, "#0072B2")):
    curves = np.array([
        pylyap.leading_exponents(
            pylyap.DiscreteNetwork(pylyap.weights.levy(200, 1.0, alpha, seed=seed)), gains, t_average=500
        ).exponents
        for seed in range(6)
    ])
    crossing = transitions.crossing(gains, curves)
    print(f"alpha = {alpha}: the mean crosses zero at g = {crossing.gain:.3f} +- {crossing.stderr:.3f}")
    ax.semilogx(gains, curves.T, color=colour, linewidth=0.5, alpha=0.5)
    ax.semilogx(gains, curves.mean(axis=0), color=colour, linewidth=2, label=rf"$\alpha$ = {alpha:g}")
ax.set(xlabel="gain $g$", ylabel="largest exponent (1/step)", ylim=(-2, 1.7))
ax.legend(frameon=False)
plt.show()
