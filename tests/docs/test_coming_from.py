"""Every block of docs/coming-from.md runs, and says what the page says."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

ROOT = next(folder for folder in Path(__file__).parents if (folder / "docs").is_dir() and (folder / "pylyap").is_dir())
PAGE = (ROOT / "docs" / "coming-from.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python *(\w*)\n(.*?)^```$", PAGE, re.M | re.S)


@pytest.mark.slow  # Julia compiles a run for each kind of system
def test_the_blocks_run_one_after_the_other():
    names: dict = {}
    for needed, block in BLOCKS:
        if not needed or importlib.util.find_spec(needed) is not None:
            exec(compile(block, "coming-from.md", "exec"), names)
    assert abs(names["loop"].exponents[0]) < 0.01  # a learned limit cycle
    learned = names["pylyap"].lyapunov_spectrum(names["learned"].closed_loop(), t_average=5000, n_exponents=1)
    # standard errors of 0.01; the learned map is off by about as much
    assert abs(learned.exponents[0] - 0.495) < 0.05
    assert names["found"].is_stable and np.isfinite(names["found"].exponents).all()
    assert len(BLOCKS) == 7
