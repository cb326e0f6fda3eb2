"""The worked examples run, with less training, and find what their page says."""

import re
import subprocess
import sys

import pytest

from subprocesses import ROOT

EXAMPLES = ROOT / "examples"


def run(script, *arguments):
    result = subprocess.run(
        [sys.executable, str(EXAMPLES / script), *arguments], capture_output=True, text=True, cwd=EXAMPLES.parent,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def row(text, *starts):
    """The numbers in the first line that begins with these words."""
    line = next(line for line in text.splitlines() if line.split()[: len(starts)] == list(starts))
    return [float(number) for number in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", line)]


@pytest.mark.slow
def test_sequential_digits(tmp_path):
    text = run("sequential_digits.py", "--epochs", "8", "--figure", str(tmp_path / "digits.png"))
    assert (tmp_path / "digits.png").stat().st_size > 10_000
    for kind in ("RNN", "GRU", "LSTM"):
        before, after = row(text, kind, "before"), row(text, kind, "after")
        # step, accuracy, leading exponent, its spread, largest and median growth over a digit; of 10 digits
        assert before[1] < 0.3 and after[1] > 0.8
        assert after[2] > before[2] + 0.1 and after[4] > before[4] + 0.5


@pytest.mark.slow
def test_sine_force_and_gradient(tmp_path):
    text = run("sine_force_and_gradient.py", "--iterations", "60", "--figure", str(tmp_path / "sine.png"))
    assert (tmp_path / "sine.png").stat().st_size > 10_000
    before, force = row(text, "before"), row(text, "FORCE")
    # error of the first and of the last periods alone, period, the leading exponents, their sum
    assert before[2] > 0.01  # chaos; its period is not a number and is not among the numbers
    assert force[0] < 0.05 and abs(force[2] - 20) < 0.1 and abs(force[3]) < 2e-3 and force[4] < -0.02
    gradient = row(text, "gradient")
    assert abs(gradient[3]) < 5e-3 and gradient[4] < force[4]
