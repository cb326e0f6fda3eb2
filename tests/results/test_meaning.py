"""What a result says in words: the sign of each exponent within what is known, and the kind of motion."""

import base64
import math
import re
import xml.etree.ElementTree as xml

import numpy as np
import pytest

import pylyap
from pylyap.results.meaning import signs
from pylyap.results.spectrum import LyapunovSpectrum


def make(*exponents, size=None, blocks=400, spread=0.05, flow=True, status="converged", length=1.0):
    """A spectrum of white blocks: standard errors are about spread / sqrt(blocks), but for columns that are dead."""
    noise = spread * np.random.default_rng(1).standard_normal((blocks, len(exponents)))
    noise -= noise.mean(axis=0) if blocks else 0.0
    return LyapunovSpectrum(
        log_growth=(np.array(exponents) + noise) * length, durations=np.full(blocks, length), time_unit="tau",
        size=size or len(exponents), status=status, message="a message", provenance=dict(network="a network <3>", wall_time=1.0),
        diagnostics=dict(zero_exponent=min(exponents, key=abs) if flow else math.nan), final_state=np.zeros(size or len(exponents)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spectrum", "words"),
    [
        (make(0.5, 0.0, -1.0), "chaotic: nearby states part in 1 direction"),
        (make(0.5, 0.3, 0.0, -1.0), "chaotic: nearby states part in 2 directions"),
        (make(0.5, 0.3, size=9), "chaotic: nearby states part in at least 2 directions"),
        (make(0.0, -0.5, -1.0), "not chaotic: one exponent is not known to differ from zero and the others are negative, a limit cycle"),
        (make(0.0, 0.0, -1.0), "no chaos to be seen: 2 exponents are not known to differ from zero"),
        (make(-0.5, -1.0), "not chaotic: every perturbation dies out, at a fixed point"),
        (make(-math.inf, -math.inf), "not chaotic: every perturbation dies out, at a fixed point"),
        (make(-0.5, -1.0, flow=False), "not chaotic: every perturbation dies out, at a fixed point or cycle, or because states follow"),
        (make(0.0, -1.0, flow=False), "no chaos to be seen: lambda_1 is not known to differ from zero"),
        (make(0.0, size=5), "lambda_1 is not known to differ from zero: a cycle, or the edge of chaos"),
        (make(0.5, -1.0, status="max_time"), "not settled; so far chaotic: nearby states part in 1 direction"),
        (make(0.5, -1.0, status="interrupted"), "not settled; so far chaotic"),
        (make(0.5, -1.0, status="diverged"), "not known: the state became infinite or NaN"),
        (make(0.5, -1.0, blocks=5), "not known: too few blocks for an error bar"),
        (make(0.5, -1.0, blocks=0), "not known: no block was finished"),
    ],
)
def test_the_sentence(spectrum, words):
    assert spectrum.meaning.startswith(words)
    assert f"meaning{'':17}{spectrum.meaning}\n" in spectrum.summary()


def test_signs_are_known_beyond_three_errors_and_the_ends_of_the_run():
    error = 0.05 / math.sqrt(400)  # standard errors of white blocks; the estimate of one is off by 20 % at most here
    assert signs(make(5 * error, 2 * error, -2 * error, -5 * error, length=100.0)).tolist() == [1, 0, 0, -1]  # 3 / T is far smaller
    # without fluctuations the ends of the run are all that is left: 3 / T, here 3 / 400
    assert signs(make(0.0076, 0.0074, -0.0074, -0.0076, spread=0.0)).tolist() == [1, 0, 0, -1]
    assert signs(make(0.0076, spread=0.0, length=0.1)).tolist() == [0]


def test_systems_whose_motion_is_known():
    """One run each is enough: all three are far from the edge of what they are."""
    kinds = {
        "chaotic: nearby states part in 1 direction": pylyap.systems.henon(),
        "not chaotic: one exponent": pylyap.systems.stuart_landau(),
        "not chaotic: every perturbation dies out, at a fixed point": pylyap.systems.linear(np.diag([-0.5, -1.0])),
    }
    for words, system in kinds.items():
        spectrum = pylyap.lyapunov_spectrum(system, t_average=2000)
        assert spectrum.meaning.startswith(words), (words, spectrum.meaning)


def test_a_notebook_shows_summary_and_figure():
    spectrum = make(0.5, 0.0, -1.0)
    text = spectrum._repr_html_()
    page = xml.fromstring(text)  # well formed; names with < are escaped
    assert page.find("strong").text == "Lyapunov spectrum of a network <3>"
    rows = {row[0].text: row[1].text for row in page.iter("tr")}
    assert rows["meaning"] == spectrum.meaning and rows["status"] == "converged: a message"
    figure = xml.fromstring(base64.b64decode(re.search("base64,([^\"]+)", text)[1]))
    assert figure.tag.endswith("svg")
    assert not re.search("https?://", text.replace("data:", ""))  # nothing is fetched


def test_a_notebook_keeps_no_figure_open_and_needs_no_block():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    make(0.5, -1.0)._repr_html_()
    assert plt.get_fignums() == before
    assert "<img" not in make(0.5, -1.0, blocks=0)._repr_html_()


def test_a_notebook_shows_a_batch():
    page = xml.fromstring(pylyap.batch_mean([make(*(0.5 - 0.1 * np.arange(12))) for _ in range(3)])._repr_html_())
    assert page.find("strong").text == "3 sequences, 12 exponents, the first 10 shown"
    assert len(list(page.iter("tr"))) == 11


def test_a_notebook_shows_covariant_vectors():
    vectors = pylyap.covariant_vectors(pylyap.systems.henon(), n_vectors=2, t_average=200, sample_interval=1)
    page = xml.fromstring(vectors._repr_html_())
    title, _, rest = vectors.summary().partition("\n")
    assert page.find("strong").text == title and page.find("pre").text == rest
    assert page.find("img").get("src").startswith("data:image/svg+xml;base64,")
