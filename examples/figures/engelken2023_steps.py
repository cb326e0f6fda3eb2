"""The page "steps" of Engelken, Wolf and Abbott (2023), quickly: ``pylyap reproduce engelken2023 steps``."""

import pylyap

pylyap.papers.reproduce("engelken2023", "steps", pylyap.papers.Effort(quick=True), "engelken2023")
