"""A published figure, computed anew.

Figures of two papers are part of the package, each with a table that holds its numbers against theory. This is
figure 1C of Xie, Mihalas and Kusmierz (2025). In a shell: ``pylyap reproduce xie2025 1C``.
"""

import tempfile

import matplotlib.pyplot as plt
import pylyap

print("\n".join(f"{name:<16}{title}" for name, title in pylyap.papers.figures("xie2025").items()))

with tempfile.TemporaryDirectory() as folder:
    page = pylyap.papers.reproduce("xie2025", "1C", pylyap.papers.Effort(quick=True), folder)
verdicts = [row.verdict for row in page.rows]
print(f"{len(verdicts)} numbers: {verdicts.count('agrees')} agree, {verdicts.count('DIFFERS')} differ")
plt.show()
