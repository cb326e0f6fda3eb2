"""A flow of your own: phases that lock.

Kuramoto's model of coupled phases as Julia source; its derivative is found by pylyap. Weakly coupled phases keep their
own pace, and all exponents are near zero. On the way to locking some are positive. Once all are locked only the common
rotation has an exponent of zero.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

n = 20
frequencies = np.random.default_rng(3).normal(size=n)
source = """
f!(dx, x, p, t) = begin
    s, c = sum(sin, x) / length(x), sum(cos, x) / length(x)
    for i in eachindex(x)
        dx[i] = p.frequencies[i] + p.coupling * (s * cos(x[i]) - c * sin(x[i]))
    end
end
"""
system = pylyap.systems.flow(n, source, parameters=dict(frequencies=frequencies, coupling=1.0), dt=0.05)
couplings = np.linspace(0.25, 4.0, 16)
spectra = pylyap.lyapunov_ensemble([system.with_parameters(coupling=k) for k in couplings], t_average=2000, n_exponents=4)

figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.axhline(0, color="0.35", linewidth=0.8, linestyle="--")
for i, colour in enumerate(("#0072B2", "#D55E00", "#009E73", "#CC79A7")):
    ax.plot(couplings, [spectrum.exponents[i] for spectrum in spectra], "o-", markersize=4, color=colour, label=rf"$\lambda_{i + 1}$")
ax.set(xlabel="coupling", ylabel="leading exponents (1/time)", ylim=(-0.4, 0.06))
ax.legend(frameon=False)
plt.show()
