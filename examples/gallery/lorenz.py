"""The Lorenz system, against known exponents.

Three exponents whose values are known to many digits and whose sum is exact: a test of everything at once.
"""

import matplotlib.pyplot as plt
import pylyap

system = pylyap.systems.lorenz63()
spectrum = pylyap.lyapunov_spectrum(system, t_average=1000, qr_interval=2.0)
known = (0.9056, 0.0, -14.5723)
for found, error, value in zip(spectrum.exponents, spectrum.stderr, known):
    print(f"{found:9.4f} +- {error:.4f}   known {value:9.4f}")
print(f"sum {spectrum.exponents.sum():.6f}, exactly {-(10 + 1 + 8 / 3):.6f}; dimension {spectrum.kaplan_yorke_dimension:.4f}")

ax = pylyap.plotting.plot_local_exponents(spectrum, numbers=[1, 2])
for value in known[:2]:
    ax.axhline(value, color="0.35", linewidth=0.8)
ax.set_ylim(-1, 2.5)
plt.show()
