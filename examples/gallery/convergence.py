"""Watch the averages settle.

Local exponents (faint) fluctuate from block to block; their running averages (bold) become flat. Below: the state of
the first units, and the standard error of the leading exponent, which falls with the square root of time.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

network = pylyap.RateNetwork(pylyap.weights.gaussian(100, 3.0, seed=2))
spectrum = pylyap.lyapunov_spectrum(network, t_average=1000)
print(spectrum.status, "-", spectrum.message)

figure, axes = plt.subplots(3, 1, figsize=(6.5, 8), layout="constrained")
pylyap.plotting.plot_local_exponents(spectrum, axes[0], numbers=[1, 10, 30])
pylyap.plotting.plot_traces(spectrum, axes[1]).set_ylabel("state of five units")

rates, durations = spectrum.local_exponents[:, 0], spectrum.durations
counts = np.unique(np.geomspace(20, len(rates), 12).astype(int))
errors = [rates[:count].std() / np.sqrt(count) for count in counts]  # as if blocks were independent
times = np.cumsum(durations)[counts - 1]
axes[2].loglog(times, errors, "o-", label="naive error: blocks taken as independent")
axes[2].loglog(times[-1], spectrum.stderr[0], "s", label="standard error of pylyap: autocorrelation counts")
axes[2].set(xlabel=r"time averaged over ($\tau$)", ylabel=r"error of $\lambda_1$")
axes[2].legend(frameon=False, fontsize="small")
plt.show()
