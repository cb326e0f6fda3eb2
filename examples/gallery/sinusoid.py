"""A sinusoid entrains a chaotic network.

Each unit receives the same sinusoid with a phase of its own. As its amplitude grows, entropy rate and dimension fall,
and the network finally follows its input.
"""

import matplotlib.pyplot as plt
import pylyap

n, W = 100, pylyap.weights.gaussian(100, 3.0, seed=1)
amplitudes = [0.0, 0.5, 1.0, 2.0, 3.0, 4.0]
networks = [
    pylyap.RateNetwork(W, drive=pylyap.drives.sinusoid(a, 0.2, phase="random", seed=2) if a else None) for a in amplitudes
]
spectra = pylyap.lyapunov_ensemble(networks, t_average=300)

figure, axes = plt.subplots(3, 1, figsize=(5.5, 7), sharex=True, layout="constrained")
for ax, label, values, errors in (
    (axes[0], r"$\lambda_1$ ($1/\tau$)", [s.exponents[0] for s in spectra], [s.stderr[0] for s in spectra]),
    (axes[1], r"H / N (nats/$\tau$)", [s.entropy_rate / n for s in spectra], [s.stderr_of("entropy_rate") / n for s in spectra]),
    (axes[2], "D / N", [s.kaplan_yorke_dimension / n for s in spectra],
     [s.stderr_of("kaplan_yorke_dimension") / n for s in spectra]),
):
    ax.axhline(0, color="0.35", linewidth=0.8, linestyle="--")
    ax.errorbar(amplitudes, values, errors, fmt="o-", color="#0072B2")
    ax.set_ylabel(label)
axes[2].set_xlabel("amplitude of the input")
plt.show()
