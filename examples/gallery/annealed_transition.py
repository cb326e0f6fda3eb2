"""Where the quiet state is lost, by theory alone.

The annealed transition gain of heavy-tailed networks depends on their size: it falls slowly, as a power of ln N, for
alpha < 2. No Julia is needed for this figure.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

sizes = np.unique(np.geomspace(10, 100_000, 17).astype(int))
figure, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
for alpha, colour in ((1.0, "#D55E00"), (1.5, "#009E73"), (2.0, "#0072B2")):
    exact = [pylyap.theory.annealed_transition_gain(int(n), alpha) for n in sizes]
    ax.semilogx(sizes, exact, "o-", markersize=4, color=colour, label=rf"$\alpha$ = {alpha:g}")
    if alpha < 2:
        law = [pylyap.theory.annealed_transition_gain_large_n(int(n), alpha) for n in sizes[4:]]
        ax.semilogx(sizes[4:], law, "--", color=colour, linewidth=1)
ax.plot([], [], "--", color="0.3", linewidth=1, label="law for large N")
ax.set(xlabel="N", ylabel=r"annealed transition gain $g^*$", ylim=(0, 0.8))
ax.legend(frameon=False, loc="upper right", bbox_to_anchor=(1, 0.85))
plt.show()
