"""Where along a sequence does a network forget?

A recurrent layer reads noise, then silence, then noise again. Exponents of windows of ten steps show when directions
grow and shrink.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

rng = np.random.default_rng(2)
n, silent = 50, slice(200, 400)
inputs = rng.normal(size=(600, 3))
inputs[silent] = 0.0
network = pylyap.LeakyRNN(1.8 * rng.normal(size=(n, n)) / np.sqrt(n), W_in=rng.normal(size=(n, 3)), inputs=inputs)
spectrum = pylyap.lyapunov_spectrum(network, qr_interval=1, t_align=50)
windows = pylyap.analysis.finite_time_exponents(spectrum, 10)

figure, (top, bottom) = plt.subplots(2, 1, figsize=(6.5, 5.5), sharex=True, height_ratios=(1, 3), layout="constrained")
top.plot(inputs[:, 0], color="#0072B2", linewidth=0.6)
top.set_ylabel("input 1")
pylyap.plotting.plot_finite_time_exponents(windows, bottom)
plt.show()
