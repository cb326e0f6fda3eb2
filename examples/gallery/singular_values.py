"""How much can a gradient grow?

The singular values of the derivative of the state after T steps, exact for any T. Over few steps a gradient may grow
although all exponents are negative; over many the exponents decide.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

figure, axes = plt.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
for ax, gain in zip(axes, (0.9, 2.5)):
    network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(60, gain, seed=1))
    times = np.unique(np.geomspace(1, 100, 20).astype(int))
    jacobian = pylyap.analysis.jacobian_singular_values(network, times)
    pylyap.plotting.plot_gradient_growth(jacobian, ax)
    ax.set(title=f"gain {gain}", ylim=(-15, 20))
plt.show()
