"""The page "symmetry" of Engelken, Wolf and Abbott (2023), quickly: ``pylyap reproduce engelken2023 symmetry``."""

import pylyap

pylyap.papers.reproduce("engelken2023", "symmetry", pylyap.papers.Effort(quick=True), "engelken2023")
