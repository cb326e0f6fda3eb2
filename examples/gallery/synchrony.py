"""When do coupled systems synchronise?

The master stability function of Rössler systems coupled by their first variable: the largest exponent transversal to
synchrony, against the strength times an eigenvalue of the coupling. Below zero the synchronous state is stable.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

products = np.linspace(0, 6, 25)
found = pylyap.transversal_exponents(
    pylyap.systems.rossler(), products, strength=1.0, coupling=np.diag([1.0, 0.0, 0.0]), t_average=300, t_transient=100
)
stable = products[found.exponents[:, 0] < 0]
print(f"stable from about {stable.min():.2f} to {stable.max():.2f}")

figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.axhline(0, color="0.35", linewidth=0.8, linestyle="--")
ax.errorbar(products, found.exponents[:, 0], 1.96 * found.stderr[:, 0], fmt="o-", markersize=4, color="#0072B2")
ax.set(xlabel="strength x eigenvalue", ylabel="transversal exponent (1/time)")
plt.show()
