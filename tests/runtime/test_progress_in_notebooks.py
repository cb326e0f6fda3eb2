"""In a notebook there is a bar by default, and no advice about packages that are not needed."""

import subprocess
import sys
import types

from pylyap import _streams


def pretend(monkeypatch, config):
    shell = types.SimpleNamespace(config=config)
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))


def test_a_kernel_draws_bars_and_a_script_does_not(monkeypatch):
    pretend(monkeypatch, {"IPKernelApp": {}})
    assert not _streams.bar_is_hidden(None) and _streams.bar_is_hidden(False)
    pretend(monkeypatch, {"TerminalIPythonApp": {}})
    monkeypatch.setattr(sys, "stderr", types.SimpleNamespace(write=len, isatty=lambda: False))
    assert _streams.bar_is_hidden(None)
    pretend(monkeypatch, {"IPKernelApp": {}})
    monkeypatch.setattr(sys, "stderr", None)
    assert _streams.bar_is_hidden(None)


def test_no_package_is_recommended():
    """tqdm warns where a notebook has no ipywidgets; the bar is drawn as text then."""
    code = """
import sys, types, warnings
warnings.simplefilter("error")
sys.modules["IPython"] = types.SimpleNamespace(get_ipython=lambda: types.SimpleNamespace(config={"IPKernelApp": {}}))
sys.modules["ipywidgets"] = None
from pylyap import _streams
bar = _streams.bar_class()(total=2, file=sys.stderr)
bar.update(2)
bar.close()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "2/2" in done.stderr, done.stderr
