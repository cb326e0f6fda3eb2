"""Xie, Mihalas & Kusmierz, "Slow transition to low-dimensional chaos in heavy-tailed recurrent neural networks"
(NeurIPS 2025, arXiv 2505.09816)."""

FIGURES = {  # name of the figure -> (where it is made, title), see pylyap.papers
    "1A": ("annealed_gain", "annealed transition gain against network size"),
    "1B": ("order_parameter:page_b", "quiet units after 100 steps, N = 3000"),
    "1C": ("order_parameter:page_c", "quiet units after 100 steps, N = 100"),
    "3C": ("participation:page_3c", "participation ratio against gain, N = 1000"),
    "6C": ("participation:page_6c", "participation ratio with noise, N = 1000"),
    "15A": ("participation:page_15a", "participation ratio against gain, N = 3000"),
    "17": ("quenched_gain", "loss of quiescence with fixed weights"),
}
