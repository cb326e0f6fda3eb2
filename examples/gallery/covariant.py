"""Covariant vectors: over how many units, and at which angles.

Each exponent belongs to a direction. Left: over how many units the directions of a chaotic network are spread, beside
the orthogonal frame, which spreads more. Right: smallest angles between its growing and its shrinking directions.
"""

import matplotlib.pyplot as plt
import pylyap

network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(60, 3.0, seed=1))
vectors = pylyap.covariant_vectors(network, n_vectors=40, t_average=800, t_align=300, t_backward=300, sample_interval=2)
print(vectors.summary())
print(vectors.hyperbolicity().message)

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
pylyap.plotting.plot_participation(vectors, left)
pylyap.plotting.plot_angles(vectors, right)
plt.show()
