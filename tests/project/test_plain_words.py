"""Readers have another first language: rates are "per step", and phrases that had to be read twice do not come back."""

import re

import pytest
from subprocesses import ROOT

FILES = [
    *(ROOT / "pylyap").rglob("*.py"), *(ROOT / "examples").rglob("*.py"), *(ROOT / "paper").glob("*.md"), *(ROOT / "julia" / "src").rglob("*.jl"), *(ROOT / "docs").glob("*.md"),
    *ROOT.glob("*.md"), ROOT / "julia" / "README.md",
]  # fmt: skip
COUNTED = (
    "row|value|number|connections|file|product|products|sample|numbers|entry|entries|weights|exponent|exponents|operation|operations"
    "|seconds|s|ms|minute|minutes|hour|hours|task|core|run|once|twice|times|bytes|MB|GB"
)
UNITS = (
    "step|core|unit|channel|condition|gain|layer|realisation|tau|block|second|session|call|column|figure|network|exponent|process"
    "|sample|job|worker|machine|computer|direction|neuron|row|sequence|batch|week|day|year"
)
RATE = re.compile(rf"\b(?:one|two|[\d.]+|{COUNTED}) an? (?:{UNITS})\b")
# rates that the rule takes for others, and places that only look like one
NOT_RATES = ("of a ", "is a ", "value a step", "run a second", "run a step")
RIDDLES = re.compile(
    r"\bwhich pays\b|\bdirections part\b|\btell the same story\b|\bis no valid\b|\bnone of the plan's\b"
    r"|\bis not Julia\b|\bare no (?:finite )?numbers\b|(?<!there )\bis no (?:file|checkpoint|array|name|matrix|network|graph)\b"
)


def lines_with(pattern):
    for file in FILES:
        lines = file.read_text(encoding="utf-8").splitlines()
        for number, (line, after) in enumerate(zip(lines, [*lines[1:], ""]), 1):  # a phrase may go on in the line after
            for found in pattern.finditer(f"{line.rstrip()} {after.lstrip(' #')}"):
                if found.start() < len(line) and not any(other in found[0] for other in NOT_RATES):
                    yield f"{file.relative_to(ROOT)}:{number}: {found[0]}: {line.strip()}"


def test_rates_are_per_step():
    assert list(lines_with(RATE)) == []


def test_no_riddles():
    assert list(lines_with(RIDDLES)) == []


def test_no_page_asks_an_index_for_pylyap():
    """It is not there: an extra of pylyap is named by its packages. To be deleted when there is a release."""
    found = lines_with(re.compile(r"pip install ['\"]?pylyap"))
    assert [line for line in found if not line.startswith("CHANGELOG.md")] == []  # what it says of the past stays


@pytest.mark.parametrize("text", [
    "four products a step", "0.3 s a call", "one row a realisation", "two exponents a unit", "one entry a condition",
    "4/3 N^3 operations a block", "compiled once a session", "about a minute a figure",
])
def test_the_rule_finds_rates(text):
    assert RATE.search(text)
