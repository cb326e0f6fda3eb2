"""The room as a whole: every public function has an example, and it needs neither Julia nor plotting."""

import subprocess
import sys

from pylyap import theory


def test_every_public_function_has_an_example():
    for name in theory.__all__:
        item = getattr(theory, name)
        if callable(item) and not isinstance(item, type):
            assert ">>> " in item.__doc__ and "References\n" in item.__doc__, name


def test_imports_little():
    forbidden = "'juliacall', 'matplotlib', 'torch', 'scipy.stats'"
    code = f"import sys, pylyap.theory; print([name for name in ({forbidden}) if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
