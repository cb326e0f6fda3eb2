"""Two trajectories that part.

The largest exponent without any Jacobian: a second trajectory is kept close to the first, and its distance grows by the
same factor as the first tangent vector, block by block.
"""

import matplotlib.pyplot as plt
import pylyap

network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(100, 2.0, seed=3))
pair = pylyap.analysis.twin_exponent(network, t_average=500, separation=1e-8)
print(f"two trajectories {pair.exponent:.5f}, first tangent vector {pair.tangent_exponent:.5f} per step")

figure, ax = plt.subplots(figsize=(4.8, 4.5), layout="constrained")
ax.plot(pair.tangent_local_exponents, pair.local_exponents, ".", markersize=4)
ax.axline((0, 0), slope=1, color="0.35", linewidth=0.8, linestyle="--")
ax.set(xlabel="growth of the tangent vector (1/step)", ylabel="growth of the distance (1/step)")
plt.show()
