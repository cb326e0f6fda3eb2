"""Is it converged, and is it right?

Nineteen controls look at one run: other steps, other initial states, a second trajectory, transposed Jacobians backward in
time, single precision, and more. Each has a verdict and says what to do.
"""

import matplotlib.pyplot as plt
import pylyap

network = pylyap.RateNetwork(pylyap.weights.gaussian(30, 4.0, seed=1))
report = pylyap.controls(network, t_average=300, time_budget=20)

print(report.table())
report.figure()
plt.show()
