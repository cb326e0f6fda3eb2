"""Two dimensions of one activity.

The Kaplan-Yorke dimension is that of the attractor; the participation ratio counts the directions that share the
variance. They answer different questions and need not agree.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

n, gains = 100, np.array([1.6, 2.0, 2.5, 3.0, 4.0, 5.0])
networks = [pylyap.RateNetwork(pylyap.weights.gaussian(n, g, seed=1)) for g in gains]
spectra = pylyap.lyapunov_ensemble(networks, t_average=300)
activities = [pylyap.analysis.activity(network, t_average=1000) for network in networks]

dimension = [spectrum.kaplan_yorke_dimension / n for spectrum in spectra]
errors = [1.96 * spectrum.stderr_of("kaplan_yorke_dimension") / n for spectrum in spectra]
states = [seen.state.participation_ratio / n for seen in activities]
rates = [seen.rates.participation_ratio / n for seen in activities]

figure, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
ax.errorbar(gains, dimension, errors, fmt="o-", color="#0072B2", label="Kaplan-Yorke dimension / N")
ax.plot(gains, states, "s-", color="#D55E00", label="participation ratio of x / N")
ax.plot(gains, rates, "^-", color="#009E73", label="participation ratio of tanh(x) / N")
ax.set(xlabel="gain $g$", ylabel="dimension per unit", ylim=(0, None))
ax.legend(frameon=False, fontsize="small")
plt.show()
