"""Which directions explode, persist and vanish?

A verdict over a horizon of 50 steps, in numbers and in words, for the derivatives that backpropagation through time
multiplies.
"""

import matplotlib.pyplot as plt
import pylyap

network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(80, 1.8, seed=1))
spectrum = pylyap.lyapunov_spectrum(network, t_average=1000, qr_interval=1)
verdict = pylyap.analysis.gradient_verdict(spectrum, horizon=50)

print(verdict)
pylyap.plotting.plot_gradient_verdict(verdict)
plt.show()
