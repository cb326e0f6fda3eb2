"""Which directions explode, persist and vanish?

A verdict over a horizon of 50 steps, in numbers and in words, for the derivatives that backpropagation through time
multiplies.
"""

import matplotlib.pyplot as plt
import pylyap

network = pylyap.DiscreteNetwork(pylyap.weights.orthogonal(80, 1.15, seed=1), bias=[0.3] * 80)
spectrum = pylyap.lyapunov_spectrum(network, t_average=1000, qr_interval=1)
verdict = pylyap.analysis.gradient_verdict(spectrum, horizon=50)

print(verdict)
pylyap.plotting.plot_gradient_verdict(verdict)
plt.show()
