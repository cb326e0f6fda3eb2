"""The page "approximations" of Engelken, Wolf and Abbott (2023), quickly: ``pylyap reproduce engelken2023 approximations``."""

import pylyap

pylyap.papers.reproduce("engelken2023", "approximations", pylyap.papers.Effort(quick=True), "engelken2023")
