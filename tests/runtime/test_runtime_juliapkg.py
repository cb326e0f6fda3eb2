"""What pylyap makes of juliapkg: one mind, few words, no network without need. juliapkg is real, its Julia a stand-in."""

import json
import socket
import subprocess
import sys
import threading

import pytest
from subprocesses import ROOT, Nursery, environment

from pylyap._runtime import foreign, with_juliapkg

# Answers what juliapkg asks of a Julia, and writes down what it was asked.
JULIA = """#!/bin/sh
echo "$@" | tr '\\n' ' ' >> "{log}"; echo >> "{log}"
case "$*" in
--version) echo "julia version {version}" ;;
*"using Libdl"*) printf '%s\\000%s' "{folder}/libjulia.so" "{folder}" ;;
*Pkg.add*)
    echo "    Updating registry"
    if [ -n "$FAIL" ]; then
        printf 'ERROR: the registry could not be fetched\\nStacktrace:\\n [1] pkgerror\\n' >&2
        exit 1
    fi ;;
esac
"""
SHOW_FILES = """
import json, os, sys
from pylyap._runtime import foreign
for place in [os.getcwd(), *sys.argv[1:]]:
    os.chdir(place)
    with foreign.same_requirements():
        from juliapkg.deps import deps_files
        print(json.dumps(sorted(deps_files())))
"""
RESOLVE = """
import sys
from pylyap._runtime import with_juliapkg
try:
    print(with_juliapkg.resolve(verbose=bool({verbose!r}))["executable"])
except Exception as error:
    print(f"{{type(error).__name__}}: {{error}}")
"""
RESOLVED = "from pylyap._runtime import with_juliapkg as w; print((w.resolved() or {}).get('executable'))"


class Machine:
    """A home with a Julia on PATH and a project for juliapkg."""

    def __init__(self, nursery, folder, version="1.11.2"):
        self.nursery, self.folder, self.log = nursery, folder, folder / "asked"
        self.project = folder / "julia_env"  # where juliapkg puts it in a virtual environment of this name
        self.julia = folder / "bin" / "julia"
        self.julia.parent.mkdir()
        self.julia.write_text(JULIA.format(log=self.log, version=version, folder=folder))
        self.julia.chmod(0o755)
        self.variables = {
            "PATH": f"{self.julia.parent}:/usr/bin:/bin", "HOME": folder, "PYTHON_JULIAPKG_PROJECT": None,
            "PYTHON_JULIAPKG_EXE": None, "PYTHON_JULIAPKG_OFFLINE": None, "PYLYAP_JULIA": "juliapkg",
            "PYTHON_JULIACALL_EXE": None, "PYTHON_JULIACALL_PROJECT": None, "PYTHON_JULIACALL_BINDIR": None,
            "XDG_CONFIG_HOME": folder, "JULIA_DEPOT_PATH": None, "JULIAUP_DEPOT_PATH": None,
        }  # fmt: skip

    def run(self, code, **variables):
        code = f"import sys; sys.prefix = {str(self.folder)!r}\n{code}"  # no record of this environment, and none left
        return self.nursery.run(code, **{**self.variables, **variables})

    def asked(self):
        """What the Julia was asked since the last time."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.write_text("")
        return lines


# What is imported before a case begins: what pylyap and juliapkg need, but nothing of juliapkg itself, which reads the
# variables of a case when it is imported.
COMMON = ("pylyap._runtime.session", "pylyap.cli", "filelock", "semver", "tomlkit", "urllib.request", "ssl", "numpy")


@pytest.fixture(scope="module")
def nursery(tmp_path_factory):
    with Nursery(*COMMON, HOME=tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture
def machine(nursery, tmp_path):
    return Machine(nursery, tmp_path)


def test_nothing_of_juliapkg_is_shared_by_the_cases(nursery):
    run = nursery.run("import sys; print([name for name in sys.modules if name.startswith(('juliapkg', 'juliacall'))])")
    assert run.stdout == "[]\n" and run.returncode == 0


def test_the_same_requirements_wherever_python_starts(tmp_path):
    places = {"empty": tmp_path / "empty", "decoys": tmp_path / "decoys", "clone": ROOT}
    (places["decoys"] / "inner").mkdir(parents=True)
    places["empty"].mkdir()
    for folder in (places["decoys"], places["decoys"] / "inner"):
        (folder / "juliapkg.json").write_text('{"julia": "=1.4.0"}')
        (folder / "script.py").write_text(SHOW_FILES)
    first, *others = map(str, places.values())
    # with -c, a Python searches the current folder, wherever that is by then; else the folder of the script
    starts = [
        (first, ["-c", SHOW_FILES, *others]),
        (first, [str(places["decoys"] / "script.py"), *others]),
        (places["decoys"], ["-m", "script"]),
    ]
    found = set()
    for folder, arguments in starts:
        command = [sys.executable, *arguments]
        run = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=60)
        assert run.returncode == 0, run.stderr
        found.update(run.stdout.splitlines())
    (files,) = found
    assert any(file.endswith("juliacall/juliapkg.json") for file in json.loads(files))
    assert not any("decoys" in file for file in json.loads(files))


def test_sys_path_of_everybody_else_stays():
    before = list(sys.path)
    with foreign.same_requirements():
        import juliapkg.deps

        assert sys.path == before and juliapkg.deps.sys.path != before
        assert juliapkg.deps.sys.executable == sys.executable
    assert juliapkg.deps.sys is sys


def test_nothing_is_done_when_nothing_changed(machine):
    assert machine.run(RESOLVED).stdout == "None\n"
    machine.asked()
    assert machine.run(RESOLVE.format(verbose="")).stdout == f"{machine.julia}\n"
    assert any("Pkg.add" in line for line in machine.asked())
    lock = machine.project / "lock.pid"
    lock.unlink(missing_ok=True)
    decoy = machine.folder / "decoy"
    decoy.mkdir()
    (decoy / "juliapkg.json").write_text('{"packages": {"Other": {"uuid": "6e4b80f9-dd63-53aa-95a3-0cdb28fa8baf"}}}')
    code = f"import os; os.chdir({str(decoy)!r})\n{RESOLVED}"
    assert machine.run(code).stdout == f"{machine.julia}\n"
    assert machine.asked() == ["--version "] and not lock.exists()


def test_another_julia_is_a_change(machine):
    machine.run(RESOLVE.format(verbose=""))
    machine.julia.write_text(machine.julia.read_text().replace("1.11.2", "1.11.3"))
    assert machine.run(RESOLVED).stdout == "None\n"


def test_it_says_nothing_while_all_is_well(machine):
    run = machine.run(RESOLVE.format(verbose=""))
    assert run.stdout == f"{machine.julia}\n" and run.stderr == ""


def test_a_failure_is_one_sentence_with_the_cause(machine):
    run = machine.run(RESOLVE.format(verbose=""), FAIL="yes")
    assert run.stdout == "JuliaUnavailableError: the registry could not be fetched\n" and run.stderr == ""


def test_verbose_shows_all_on_standard_error(machine):
    run = machine.run(RESOLVE.format(verbose="yes"), FAIL="yes")
    assert run.stdout.startswith("JuliaUnavailableError: ") and run.stdout.count("\n") == 1
    assert "[juliapkg] Installing packages:" in run.stderr and "[1] pkgerror" in run.stderr


CHOOSE = """
from pylyap._runtime import choice, servers
servers.answering = lambda addresses, seconds=4.0: set(addresses)
from pylyap import cli
sys.exit(cli.main(["julia", "install", *{more!r}]))
"""


@pytest.mark.parametrize("verbose", [False, True])
def test_install_tells_one_line_unless_it_fails(machine, verbose):
    code = CHOOSE.format(more=["--verbose"] * verbose)
    failed = machine.run(code, FAIL="yes")
    assert failed.returncode == 1 and ("pkgerror" in failed.stderr) == verbose
    assert "juliapkg could not set up Julia: " in failed.stderr and "--verbose" in failed.stderr
    worked = machine.run(code)
    assert worked.returncode == 0 and str(machine.julia) in worked.stdout
    if not verbose:
        told = worked.stderr.splitlines()
        assert len(told) == 2 and "setting up Julia" in told[0] and "using Julia 1.11.2" in told[1]


class Network:
    """A proxy that nobody should ask; counts those who do."""

    def __enter__(self):
        self.asked = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._count, daemon=True).start()
        address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
        self.variables = {**dict.fromkeys(names, address), "no_proxy": None, "NO_PROXY": None,
                          "PIP_INDEX_URL": f"{address}/simple", "PIP_CONFIG_FILE": "/dev/null"}  # fmt: skip
        return self

    def _count(self):
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.asked += 1
            connection.close()

    def __exit__(self, *error):
        self._listening.close()


TWICE = """
from pylyap._runtime import choice
for _ in range(2):
    found = choice.choose()
    print(choice.source_of(found).launch(found).executable)
"""


@pytest.mark.parametrize("offline", [None, "yes"])
def test_a_resolved_project_asks_nobody(machine, offline):
    machine.run(RESOLVE.format(verbose=""))
    with Network() as network:
        run = machine.run(TWICE, PYTHON_JULIAPKG_OFFLINE=offline, **network.variables)
    assert run.stdout == f"{machine.julia}\n" * 2, run.stderr
    assert network.asked == 0


@pytest.mark.parametrize("kind", [None, "juliapkg"])
def test_offline_without_a_project_asks_nobody_either(machine, kind):
    variables = {"PYLYAP_JULIA": kind, "XDG_CACHE_HOME": machine.folder, "PYTHON_JULIAPKG_OFFLINE": "yes"}
    with Network() as network:
        run = machine.run(TWICE, **variables, **network.variables)
    assert run.returncode == 1 and "PYTHON_JULIAPKG_OFFLINE is set" in run.stderr
    assert network.asked == 0


def test_juliacall_takes_the_answers_and_juliapkg_is_left_alone(machine):
    machine.run(RESOLVE.format(verbose=""))
    machine.asked()
    code = f"""
from pylyap._runtime import choice, foreign
found = choice.choose()
launch = choice.source_of(found).launch(found)
import juliapkg
try:
    foreign.import_juliacall(launch)
except OSError as error:  # the stand-in has no library
    print({str(machine.folder / "libjulia.so")!r} in str(error), sys.modules["juliapkg"] is juliapkg)
"""
    machine.project.joinpath("lock.pid").unlink(missing_ok=True)
    (machine.folder / "libjulia.so").write_text("no library")
    assert machine.run(code).stdout == "True True\n"
    assert not machine.project.joinpath("lock.pid").exists()


NOT_1_12 = "not 1.12: it needs a Python with OpenSSL 3.5 or newer, this one has"


@pytest.mark.parametrize(
    ("required", "openssl", "text"),
    [
        ("1.10 - 1.12", (3, 5, 0), "1.10, 1.11 or 1.12"),
        ("1.10 - 1.11", (3, 0, 13), f"1.10 or 1.11 ({NOT_1_12} 3.0)"),
        ("1.10 - 1.11", (1, 1, 1), f"1.10 or 1.11 ({NOT_1_12} 1.1)"),
        ("1.10 - 1.11", (3, 5, 2), "1.10 or 1.11"),  # for another reason, which is not guessed
        ("1.12", (3, 6, 0), "1.12"),
        ("=1.9.4", (3, 6, 0), "the Julia that juliapkg requires (=1.9.4)"),
    ],
)
def test_versions_are_told_as_people_say_them(required, openssl, text):
    from juliapkg.compat import Compat

    assert with_juliapkg.describe_versions(Compat.parse(required), openssl) == text


@pytest.mark.parametrize("openssl", [(1, 1, 1), (3, 0, 13), (3, 4, 9), (3, 5, 0), (3, 6, 1), (4, 0, 0)], ids=str)
def test_the_openssl_rule_is_that_of_juliapkg(openssl):
    from juliapkg.deps import openssl_compat

    _, julia = openssl_compat(openssl)
    assert (julia == "1 - 1.11") == (openssl[:2] < with_juliapkg.OPENSSL_OF_1_12)


def test_a_julia_that_does_not_fit_is_named_with_those_that_would(nursery, tmp_path):
    machine = Machine(nursery, tmp_path, version="1.9.4")
    code = CHOOSE.format(more=[]).replace("set(addresses)", "set()")
    run = machine.run(code)
    assert run.returncode == 1
    assert f"Julia 1.9.4 at {machine.julia}: this Python needs Julia 1.10" in run.stderr
    assert "Install Julia 1.10" in run.stderr


def test_a_project_that_cannot_be_written_is_one_sentence(machine):
    machine.project.write_text("a file in its place")
    run = machine.run(RESOLVE.format(verbose=""))
    assert run.stdout.startswith("JuliaUnavailableError: ") and run.stdout.count("\n") == 1
