"""What benchmarks/work_precision.py measured and wrote to work_precision.json, which is kept beside this script."""

import json
from pathlib import Path

from matplotlib import pyplot as plt
from matplotlib.ticker import NullFormatter

TICKS = (5, 10, 20, 50)
WANTED = {
    "entropy": "entropy rate, relative", "dimension": "dimension, relative",
    "leading": "leading exponent, per tau", "last": "last exponent, per tau",
}

results = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))["results"]
figure, axes = plt.subplots(len(WANTED), len(results), figsize=(3.1 * len(results), 2.4 * len(WANTED)),
                            sharex=True, sharey="row", squeeze=False, constrained_layout=True)
for column, result in enumerate(results):
    for row, (name, label) in enumerate(WANTED.items()):
        ax, exact = axes[row, column], result["reference"][name]
        size = abs(exact) if name in ("entropy", "dimension") else 1.0
        for solver in dict.fromkeys(r["solver"] for r in result["rows"]) if size > 0 else ():
            points = [r for r in result["rows"] if r["solver"] == solver]
            products = [r["products_per_tau"] for r in points]
            ax.loglog(products, [abs(r["errors"][name]) / size for r in points], "o-", ms=4, label=solver)
        if size == 0:
            ax.text(0.5, 0.5, "0: not chaotic", transform=ax.transAxes, ha="center")
        ax.axhline(1e-2, color="0.7", lw=0.8, zorder=0)
        if column == 0:
            ax.set_ylabel(f"error of {label}", fontsize=8)
        if row == 0:
            ax.set_title(f"g = {result['gain']:g}", fontsize=10)
        if row == len(WANTED) - 1:
            ax.set_xlabel("products with W per tau", fontsize=9)
            ax.set_xticks(TICKS, [str(tick) for tick in TICKS])
            ax.xaxis.set_minor_formatter(NullFormatter())
axes[-1, -1].legend(fontsize=8)
