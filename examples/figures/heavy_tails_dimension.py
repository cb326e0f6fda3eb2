"""Figure 3B of Xie, Mihalas and Kusmierz (2025), quickly: ``pylyap reproduce xie2025 3B --published-protocol``."""

import pylyap

pylyap.papers.reproduce("xie2025", "3B", pylyap.papers.Effort(quick=True, published_protocol=True), "xie2025")
