"""Xie, Mihalas & Kusmierz, "Slow transition to low-dimensional chaos in heavy-tailed recurrent neural networks"
(NeurIPS 2025, arXiv 2505.09816)."""

from ..catalogue import Entry

FIGURES = {  # where each is made, its title, and what tells it from others made there; pairs: for quick, for full effort
    "1A": Entry("annealed_gain", "annealed transition gain against network size"),
    "1B": Entry(
        "order_parameter", "quiet units after 100 steps, N = 3000",
        dict(curves="Fig1B_N3000", n=3000, realisations=(20, 100)),
    ),
    "1C": Entry(
        "order_parameter", "quiet units after 100 steps, N = 100",
        dict(curves="Fig1C_N100", n=100, realisations=(100, 100)),
    ),
    "2A": Entry(
        "largest_exponent", "largest exponent against gain, N = 1000",
        dict(curves="Fig2A_N1000", n=(1000, 1000), trials=(2, 10)),
    ),
    "2B": Entry(
        "largest_exponent", "largest exponent against gain, N = 3000",
        dict(curves="Fig2B_N3000", n=(300, 3000), trials=(8, 10)),
    ),
    "2C": Entry(
        "largest_exponent", "largest exponent against gain, N = 10 000",
        dict(curves="Fig2C_N10000", n=(100, 10_000), trials=(30, 10)),
    ),
    "3A": Entry(
        "histogram", "leading exponents near the onset of chaos, N = 1000",
        dict(legends="Fig2A_N1000"),
    ),
    "3B": Entry(
        "dimension", "Kaplan-Yorke dimension against gain, N = 1000",
        dict(curves="Fig3B_LD_N1000", n=1000, trials=10),
    ),
    "3C": Entry(
        "participation", "participation ratio against gain, N = 1000",
        dict(curves="Fig3C_PR_N1000", n=1000, trials=10),
    ),
    # beside the paper's alpha = 0.5 also 0.75, which the paper does not show
    "4": Entry(
        "largest_exponent", "largest exponent for very heavy tails, N = 1000",
        dict(curves="Fig2A_N1000", n=(1000, 1000), trials=(2, 10), alphas=(0.5, 0.75, 1.0)),
    ),
    "5A": Entry(
        "largest_exponent", "largest exponent with noise, N = 1000",
        dict(curves="Fig5A_noise_N1000", n=(1000, 1000), trials=(2, 10), noise=0.1),
    ),
    "5B": Entry(
        "largest_exponent", "largest exponent with noise, N = 3000",
        dict(curves="Fig5B_noise_N3000", n=(300, 3000), trials=(8, 10), noise=0.1),
    ),
    "5C": Entry(
        "largest_exponent", "largest exponent with noise, N = 10 000",
        dict(curves="Fig5C_noise_N10000", n=(100, 10_000), trials=(30, 10), noise=0.1),
    ),
    "6A": Entry(
        "histogram", "leading exponents with noise, N = 1000",
        dict(legends="Fig5A_noise_N1000", noise=0.1),
    ),
    "6B": Entry(
        "dimension", "Kaplan-Yorke dimension with noise, N = 1000",
        dict(curves="Fig6B_LD_noise_N1000", n=1000, trials=10, noise=0.1),
    ),
    "6C": Entry(
        "participation", "participation ratio with noise, N = 1000",
        dict(curves="Fig6C_PR_noise_N1000", n=1000, trials=10, noise=0.1),
    ),
    "13A": Entry(
        "dimension", "Kaplan-Yorke dimension against gain, N = 3000",
        dict(curves="Fig13A_LD_N3000", n=3000, trials=3),
    ),
    "15A": Entry(
        "participation", "participation ratio against gain, N = 3000",
        dict(curves="Fig15A_PR_N3000", n=3000, trials=3),
    ),
    "17": Entry("quenched_gain", "loss of quiescence with fixed weights"),
    "18A": Entry(
        "largest_exponent", "largest exponent without the weakest 95 % of the weights",
        dict(curves="Fig18A_prune_bottom95", n=(1000, 1000), trials=(1, 3), pruning="weakest 95 %"),
    ),
    "18B": Entry(
        "largest_exponent", "largest exponent without the strongest 1 % of the weights",
        dict(curves="Fig18B_prune_top1", n=(1000, 1000), trials=(1, 3), pruning="strongest 1 %"),
    ),
    "18C": Entry(
        "largest_exponent", "largest exponent without the strongest 3 % of the weights",
        dict(curves="Fig18C_prune_top3", n=(1000, 1000), trials=(1, 3), pruning="strongest 3 %"),
    ),
    "19A": Entry(
        "dimension", "Kaplan-Yorke dimension without the weakest 95 % of the weights",
        dict(curves="Fig19A_LD_bottom95", n=1000, trials=3, pruning="weakest 95 %"),
    ),
    "19B": Entry(
        "dimension", "Kaplan-Yorke dimension without the strongest 1 % of the weights",
        dict(curves="Fig19B_LD_top1", n=1000, trials=3, pruning="strongest 1 %"),
    ),
    "19C": Entry(
        "dimension", "Kaplan-Yorke dimension without the strongest 3 % of the weights",
        dict(curves="Fig19C_LD_top3", n=1000, trials=3, pruning="strongest 3 %"),
    ),
    "20": Entry("pruned_participation", "participation ratio after pruning, N = 1000"),
    "21": Entry("delayed_xor", "delayed exclusive or with a random reservoir"),
}  # fmt: skip
