"""The frame of the papers room: rows, pages, names of figures."""

import csv
import importlib
import inspect
import math

import numpy as np
import pytest

from pylyap import cli, papers, sweeps
from pylyap.errors import OptionError


def row(here, error, there, there_error=math.nan, **more):
    return papers.Row("lambda_1", here, error, there, there_error, "a table", **more)


def test_rows_agree_within_three_combined_errors_and_the_shift():
    assert row(1.0, 0.1, 1.29).agrees and not row(1.0, 0.1, 1.31).agrees
    assert row(1.0, 0.3, 2.4, 0.4).agrees and not row(1.0, 0.3, 2.6, 0.4).agrees
    assert row(1.0, 0.1, 1.39, shift=0.1).agrees
    assert row(1.0, 0.1, math.nan).verdict == "not compared"
    for lost in (row(math.nan, 0.1, 1.0), row(math.nan, 0.1, 1.0, expected=False), row(-math.inf, 0.1, 1.0)):
        assert lost.verdict == "DIFFERS"
    assert row(1.0, 0.1, 2.0).verdict == "DIFFERS" and row(1.0, 0.1, 2.0, expected=False).verdict.endswith("as expected")


def test_a_page_is_written_with_its_data_and_its_table(tmp_path):
    import matplotlib.pyplot as plt

    page = papers.Page("A figure", "What was done.", plt.figure(), dict(x=np.arange(3)), [row(1.0, 0.1, 1.2)], 2.0)
    paths = page.save(tmp_path / "new", "figure")
    plt.close(page.figure)
    assert all(path.stat().st_size > 0 for path in paths)
    assert np.array_equal(np.load(tmp_path / "new/figure.npz")["x"], [0, 1, 2])
    with open(tmp_path / "new/figure.csv", newline="") as file:
        assert next(csv.DictReader(file))["verdict"] == "agrees"
    assert "| lambda_1 | 1.00 +- 0.10 | 1.2 | agrees | a table |" in (tmp_path / "new/figure.md").read_text()


@pytest.mark.parametrize("paper", papers.PAPERS)
def test_every_figure_has_a_page_that_takes_its_options(paper):
    for name, entry in getattr(papers, paper).FIGURES.items():
        page = importlib.import_module(f"pylyap.papers.{paper}.{entry.module}").page
        given = (papers.Effort(),) if entry.options is None else (papers.Effort(), name)
        inspect.signature(page).bind(*given, **(entry.options or {}))
        assert entry.title


def test_every_row_of_the_heavy_tails_names_published_curves():
    from pylyap.papers.xie2025 import published

    for entry in papers.xie2025.FIGURES.values():
        options = entry.options or {}
        if "curves" in options and entry.module != "order_parameter":
            assert len(published.curve(options["curves"], 1.0).x)
        if "legends" in options:
            assert published.marked_gain(options["legends"], 1.0) > 0


def test_unknown_names_are_refused_before_anything_is_computed(tmp_path):
    with pytest.raises(OptionError, match="paper"):
        papers.figures("nobody1999")
    with pytest.raises(OptionError, match="figure"):
        papers.reproduce("xie2025", "99", papers.Effort(), tmp_path)
    assert cli.main(["reproduce", "xie2025", "99", "--output", str(tmp_path)]) == 2


def test_the_command_counts_verdicts(tmp_path, capsys, monkeypatch):
    import matplotlib.pyplot as plt

    rows = [row(1.0, 0.1, 1.2), row(1.0, 0.1, 2.0), row(1.0, 0.1, 2.0, expected=False), row(1.0, 0.1, math.nan)]

    def computed(paper, name, effort, folder):
        data = {"published_protocol_1.0": np.ones(1)} if name == "3A" else {}
        return papers.Page("t", "t", plt.figure(), data, rows, 1.0)

    monkeypatch.setattr(papers, "reproduce", computed)
    assert cli.main(["reproduce", "xie2025", "1A", "3A", "--published-protocol", "--output", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert out.count("1 agree, 1 differ as expected, 1 DIFFER;") == 2
    assert out.count("--published-protocol makes no difference to this figure") == 1
    arguments = ["reproduce", "engelken2023", "size", "--published-protocol", "--output", str(tmp_path)]
    assert cli.main(arguments) == 2 and "belongs to xie2025" in capsys.readouterr().err


def test_means_lose_no_realisation():
    from pylyap.papers.xie2025 import comparison

    assert comparison.of_few([1.0, 2.0, 3.0, 4.0])[0] == 2.5
    assert all(math.isnan(number) for number in comparison.of_few([1.0, math.nan]))
    assert comparison.of_few([1.0, -math.inf])[0] == -math.inf


def test_quick_and_full_results_are_kept_apart(tmp_path):
    quick, full = papers.Effort(quick=True, store=tmp_path), papers.Effort(quick=False, store=tmp_path)
    assert quick.choose(1, 2) == 1 and full.choose(1, 2) == 2
    assert quick.store_for("gains") != full.store_for("gains") and papers.Effort().store_for("gains") is None


def test_what_is_cut_short_makes_no_page(tmp_path):
    def measure(condition):
        if condition["interrupted"]:
            raise KeyboardInterrupt
        return dict(x=1.0)

    effort, measure = papers.Effort(store=tmp_path), sweeps.Measure("cut", measure)
    with pytest.raises(KeyboardInterrupt):
        effort.measured("cut", measure, sweeps.grid(interrupted=[0, 1]))
    assert effort.measured("cut", measure, sweeps.grid(interrupted=[0]))["x"].tolist() == [1]
