"""What the step does to a spectrum.

Euler's method is often used with steps of a tenth of tau and more. The network that it computes has another spectrum
than the one in continuous time, the more so the longer the step; at one tau it is the discrete-time network.
"""

import matplotlib.pyplot as plt
import pylyap

network = pylyap.RateNetwork(pylyap.weights.gaussian(100, 4.0, seed=1))
cases = {
    "RK4, dt = 0.05": dict(solver="rk4", dt=0.05),
    "Euler, dt = 0.1": dict(solver="euler", dt=0.1),
    "Euler, dt = 0.3": dict(solver="euler", dt=0.3),
    "Euler, dt = 0.8": dict(solver="euler", dt=0.8),
}

figure, ax = plt.subplots(figsize=(6, 4.2), layout="constrained")
for label, options in cases.items():
    spectrum = pylyap.lyapunov_spectrum(network, t_average=320, t_transient=80, t_align=40, **options)
    dimension = spectrum.kaplan_yorke_dimension
    pylyap.plotting.plot_spectrum(spectrum, ax, label=f"{label}: D = {dimension:.1f}", marker="")
ax.set_ylim(-4, 0.6)
ax.legend(frameon=False, fontsize="small")
plt.show()
