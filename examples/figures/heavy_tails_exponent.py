"""Figure 2A of Xie, Mihalas and Kusmierz (2025), quickly: ``pylyap reproduce xie2025 2A``."""

import pylyap

pylyap.papers.reproduce("xie2025", "2A", pylyap.papers.Effort(quick=True), "xie2025")
