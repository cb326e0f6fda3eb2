"""Readers have another first language: rates are "per step", and phrases that had to be read twice do not come back."""

import re

import pytest
from subprocesses import ROOT

FILES = [
    *(ROOT / "pylyap").rglob("*.py"), *(ROOT / "julia" / "src").rglob("*.jl"), *(ROOT / "docs").glob("*.md"),
    *ROOT.glob("*.md"), ROOT / "julia" / "README.md",
]  # fmt: skip
COUNTED = "row|value|number|connections|file|product|products|sample|numbers|entries|weights|exponents|seconds|s|ms|task|core|run"
UNITS = "step|core|unit|channel|condition|gain|layer|realisation|tau|block|second|session|call|column"
RATE = re.compile(rf"\b(?:one|two|[\d.]+|{COUNTED}) an? (?:{UNITS})\b")
# rates that the rule takes for others, and places that only look like one
NOT_RATES = ("of a ", "is a ", "value a step", "run a second", "run a step")
RIDDLES = re.compile(
    r"\bwhich pays\b|\bdirections part\b|\btell the same story\b|\bis no valid\b|\bnone of the plan's\b"
    r"|\bis not Julia\b|\bare no (?:finite )?numbers\b|(?<!there )\bis no (?:file|checkpoint|array|name|matrix|network|graph)\b"
)


def lines_with(pattern):
    for file in FILES:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if (found := pattern.search(line)) and not any(other in found[0] for other in NOT_RATES):
                yield f"{file.relative_to(ROOT)}:{number}: {line.strip()}"


def test_rates_are_per_step():
    assert list(lines_with(RATE)) == []


def test_no_riddles():
    assert list(lines_with(RIDDLES)) == []


@pytest.mark.parametrize("text", ["four products a step", "0.3 s a call", "one row a realisation"])
def test_the_rule_finds_rates(text):
    assert RATE.search(text)
