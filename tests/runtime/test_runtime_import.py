"""Importing pylyap is cheap, and so is finding out what its command can do."""

import json
import time

import pytest
from subprocesses import run_python

from pylyap import cli
from pylyap._runtime import choice
from pylyap.cli import doctor
from pylyap.errors import NetworkError, OptionError

HEAVY = ("juliacall", "juliapkg", "torch", "matplotlib", "scipy.stats")


def test_import_loads_nothing_heavy():
    code = f"import sys, pylyap; print([name for name in {HEAVY} if name in sys.modules])"
    assert run_python(code).stdout.strip() == "[]"


def test_import_takes_little_more_than_that_of_numpy():
    # In the processor's seconds, and relative to NumPy, which pylyap needs: how fast and how busy the machine is does not
    # matter. Found 1.75, the same to 1 % under load; matplotlib or scipy.stats would add more than 1.
    code = (
        "from time import process_time as now; start = now(); import numpy; numpys = now() - start; "
        "import pylyap; print((now() - start) / numpys)"
    )
    assert min(float(run_python(code).stdout) for _ in range(3)) < 2.5


def test_help_lists_the_commands_without_loading_julia(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["--help"])
    assert end.value.code == 0
    listed = capsys.readouterr().out
    assert "julia" in listed and "doctor" in listed


@pytest.mark.parametrize(
    ("error", "code"), [(NetworkError("bad"), 1), (OptionError("worse"), 2), (KeyboardInterrupt(), 130)]
)
def test_errors_become_exit_codes(monkeypatch, capsys, error, code):
    def fail(options):
        raise error

    monkeypatch.setattr("pylyap.cli.julia._status", fail)
    assert cli.main(["julia", "status"]) == code
    assert capsys.readouterr().err.startswith("pylyap: ")


def test_show_versions_starts_no_julia():
    code = (
        "import sys, pylyap; pylyap.show_versions(); print('juliacall' in sys.modules, file=sys.stderr)"
    )
    run = run_python(code)
    names = [line.split()[0] for line in run.stdout.splitlines()]
    assert {"pylyap", "python", "numpy", "juliacall", "julia", "cores"} <= set(names)
    assert run.stderr.strip() == "False"


@pytest.mark.parametrize(("load", "verdict"), [(0.0, "fail"), (1000.0, "warn")])
def test_doctor_does_not_wait_for_ever(monkeypatch, load, verdict):
    monkeypatch.setattr(doctor, "WARM_START", "import time; time.sleep(600)")
    monkeypatch.setattr(doctor, "WARM_START_LIMIT", 1)
    monkeypatch.setattr(doctor.os, "getloadavg", lambda: (load, 0.0, 0.0))
    began = time.monotonic()
    check = doctor._warm_start()
    assert time.monotonic() - began < 300  # half of what the start would take
    assert check.verdict == verdict and "1 s" in check.finding and check.advice
    assert ("1000 processes" in check.finding) == (verdict == "warn")


def test_doctor_does_without_a_load_that_is_not_told(monkeypatch):
    def refuse():
        raise OSError

    monkeypatch.setattr(doctor.os, "getloadavg", refuse)
    assert doctor._busy_processes() == 0.0
    monkeypatch.delattr(doctor.os, "getloadavg")
    assert doctor._busy_processes() == 0.0


def test_doctor_quotes_a_start_that_fails(monkeypatch):
    monkeypatch.setattr(doctor, "WARM_START", "raise SystemExit('no room')")
    check = doctor._warm_start()
    assert check.verdict == "fail" and "no room" in check.finding


@pytest.mark.slow
def test_doctor_reports_every_check():
    run = run_python("import sys; from pylyap import cli; sys.exit(cli.main(['doctor', '--json']))", timeout=300)
    assert run.returncode == 0, run.stderr
    checks = {check["name"]: check for check in json.loads(run.stdout)["checks"]}
    image = set() if choice.source_of(choice.choose()).keeps_machine_code else {"image"}
    assert {"Julia", "PythonCall", "threads", "BLAS", "speed", "cold start", "warm start"} | image == set(checks)
    assert all(check["verdict"] in ("ok", "warn") for check in checks.values())
