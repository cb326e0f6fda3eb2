"""Numbers of another simulation of the same network, to hold the pages against.

D. G. Clark, "Lyapunov spectrum of random neural networks", arXiv 2610.12426: independent weights, diagonal included,
one network each, without errors.
"""

SOURCE = "Clark, arXiv 2610.12426"

# continuous time, RK4. gain: N, largest exponent, n+/N, H/N, D/N, PR/N of the state, PR/N of the rates (N to infinity)
CONTINUOUS = {
    1.25: (8192, 0.01402, 0.00183, 1.284e-5, 0.00375, 0.00140, 0.00146),
    1.5: (8192, 0.04445, 0.00659, 1.416e-4, 0.01387, 0.00561, 0.00624),
    3.0: (4096, 0.23114, 0.02881, 3.135e-3, 0.06094, 0.03137, 0.04465),
    5.0: (4096, 0.42765, 0.03687, 7.194e-3, 0.08013, 0.04563, 0.07407),
    20.0: (4096, 1.1624, 0.03564, 1.588e-2, 0.09039, 0.05871, 0.11434),
}
# Euler's method, N = 4096, g = 3. dt: largest exponent, n+/N, H/N, D/N
EULER = {0.1: (0.22901, 0.03125, 0.003341, 0.06477), 1.0: (0.30958, 0.15259, 0.025106, 0.28717)}
EXPONENT, POSITIVE, ENTROPY, DIMENSION = range(1, 5)  # places in CONTINUOUS
