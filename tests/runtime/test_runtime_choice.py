"""The order in which a Julia is looked for, and what is remembered."""

import json
import socket
import sys
import threading

import pytest
from subprocesses import Nursery, without_network

from pylyap import cli
from pylyap._runtime import choice, download, portable, servers, with_juliapkg
from pylyap._runtime.sources.environment import USER_VARIABLES
from pylyap.errors import JuliaUnavailableError, OptionError


class World:
    """What a machine offers, and what pylyap asked of it."""

    def __init__(self, tmp_path):
        self.installed = self.resolved = self.package_server = self.downloads = self.index = self.offline = False
        self.asked = []
        self.julia = tmp_path / "julia"
        self.julia.write_text("#!/bin/sh\n")
        self.julia.chmod(0o755)
        self.runtime = portable.Portable(tmp_path / "portable")

    def find(self):
        if not self.installed:
            raise Exception("could not find Julia")
        return str(self.julia), "1.11.2"

    def noted(self):
        return {"executable": str(self.julia), "version": "1.11.2"} if self.resolved else None

    def resolve(self, verbose=False):
        self.asked.append("juliapkg")
        self.resolved = True
        return self.noted()

    def answering(self, addresses, seconds=4.0):
        self.asked.append("servers")
        up = {servers.package_server(): self.package_server, servers.JULIA_DOWNLOADS: self.downloads}
        return {address for address in addresses if up[address]}

    def ensure(self, say, prefix=None):
        self.asked.append("portable" if prefix is None else f"portable in {prefix}")
        for folder in (self.runtime.executable.parent, self.runtime.python_path, self.runtime.environment):
            folder.mkdir(parents=True, exist_ok=True)
        portable.write_launcher(self.runtime)
        return self.runtime


@pytest.fixture
def world(tmp_path, monkeypatch):
    made = World(tmp_path)
    for name in (*USER_VARIABLES, "PYLYAP_JULIA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(choice, "_record_files", lambda: [tmp_path / "record.json"])
    monkeypatch.setattr(choice, "_file_for_all", lambda: tmp_path / "for-all" / "record.json")
    monkeypatch.setattr(with_juliapkg, "find", made.find)
    monkeypatch.setattr(with_juliapkg, "resolved", made.noted)
    monkeypatch.setattr(with_juliapkg, "is_offline", lambda: made.offline)
    monkeypatch.setattr(with_juliapkg, "unfit", lambda: "")
    monkeypatch.setattr(with_juliapkg, "resolve", made.resolve)
    monkeypatch.setattr(with_juliapkg, "install_folder", lambda: str(tmp_path / "install"))
    monkeypatch.setattr(servers, "answering", made.answering)
    monkeypatch.setattr(portable, "why_not_here", lambda: None)
    monkeypatch.setattr(portable, "located", lambda prefix=None: made.runtime)
    monkeypatch.setattr(portable, "ensure", made.ensure)
    monkeypatch.setattr(portable, "precompile_core", lambda runtime, say: made.asked.append("core"))
    monkeypatch.setattr(download, "index_answers", lambda: None if made.index else "the index is silent")
    return made


@pytest.mark.parametrize("variable", ["PYTHON_JULIACALL_EXE", "PYTHON_JULIAPKG_EXE", "PYTHON_JULIACALL_BINDIR"])
def test_environment_variables_decide_and_are_not_recorded(world, monkeypatch, variable):
    monkeypatch.setenv(variable, str(world.julia.parent if variable.endswith("BINDIR") else world.julia))
    found = choice.choose()
    assert found.kind == "environment" and variable in found.origin and found.executable == str(world.julia)
    assert world.asked == [] and choice.recorded() is None


def test_a_project_alone_leaves_the_executable_to_juliapkg(world, monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHON_JULIAPKG_PROJECT", str(tmp_path))
    found = choice.choose()
    assert found.executable == ""
    assert choice.source_of(found).program(found).executable == str(world.julia) and world.asked == ["juliapkg"]


@pytest.mark.parametrize("variable", ["PYTHON_JULIACALL_EXE", "PYTHON_JULIAPKG_EXE", "PYTHON_JULIACALL_BINDIR"])
def test_a_julia_named_by_the_environment_has_to_exist(world, monkeypatch, tmp_path, variable):
    monkeypatch.setenv(variable, str(tmp_path / "absent"))
    with pytest.raises(JuliaUnavailableError, match=f"{variable}=.*absent.*unset"):
        choice.choose()


def test_the_environment_and_a_demand_for_the_portable_julia_contradict_each_other(world, monkeypatch, capsys):
    world.index = True
    monkeypatch.setenv("PYTHON_JULIACALL_EXE", str(world.julia))
    assert cli.main(["julia", "install", "--portable"]) == 2
    assert "unset PYTHON_JULIACALL_EXE" in capsys.readouterr().err
    monkeypatch.setenv("PYLYAP_JULIA", "portable")
    with pytest.raises(OptionError, match="unset PYTHON_JULIACALL_EXE"):
        choice.choose()
    assert world.asked == [] and choice.recorded() is None


@pytest.mark.parametrize(
    ("offered", "kind", "asked"),
    [
        (("installed", "resolved"), "juliapkg", []),  # nothing to fetch or to do, so nobody is asked
        (("installed", "offline"), "juliapkg", ["juliapkg"]),
        (("installed", "package_server"), "juliapkg", ["servers", "juliapkg"]),
        (("package_server", "downloads"), "juliapkg", ["servers", "juliapkg"]),
        (("installed", "downloads", "index"), "portable", ["servers", "portable"]),
        (("package_server", "index"), "portable", ["servers", "portable"]),
        (("index",), "portable", ["servers", "portable"]),
    ],
)
def test_order(world, offered, kind, asked):
    for name in offered:
        setattr(world, name, True)
    assert choice.choose().kind == kind
    assert world.asked == asked


def test_a_failing_juliapkg_is_followed_by_the_portable_runtime(world, monkeypatch):
    world.installed = world.package_server = world.index = True

    def fail(verbose):
        raise Exception("precompilation failed")

    monkeypatch.setattr(with_juliapkg, "resolve", fail)
    assert choice.choose().kind == "portable"


def test_nothing_there_tells_what_was_tried_and_three_ways_on(world):
    with pytest.raises(JuliaUnavailableError) as failure:
        choice.choose()
    message = str(failure.value)
    for part in ("could not find Julia", "no answer from", "the index is silent", "1. ", "2. ", "3. "):
        assert part in message
    assert choice.recorded() is None


def test_the_choice_is_told_once_and_kept(world, capsys):
    world.index = True
    first = choice.choose()
    told = capsys.readouterr()
    assert told.out == ""
    assert f"using Julia {portable.VERSION}" in told.err and str(world.runtime.executable) in told.err
    world.asked.clear()
    assert choice.choose() == first
    assert world.asked == [] and capsys.readouterr().err == ""


def test_what_has_vanished_is_chosen_anew(world):
    world.installed = world.resolved = True
    assert choice.choose().kind == "juliapkg"
    world.julia.unlink()
    world.installed, world.index = False, True
    assert choice.choose().kind == "portable"


def test_a_juliapkg_that_fails_while_it_is_asked_is_no_traceback(world, monkeypatch):
    def fail():
        raise Exception("meta.json is damaged")

    world.installed = world.resolved = world.package_server = True
    assert choice.choose().kind == "juliapkg"
    monkeypatch.setattr(with_juliapkg, "resolved", fail)
    world.asked.clear()
    assert choice.choose().kind == "juliapkg"  # decided again, since it repairs itself
    assert world.asked == ["servers", "juliapkg"]
    world.package_server = False
    with pytest.raises(JuliaUnavailableError, match="meta.json is damaged"):
        choice.choose()


@pytest.mark.parametrize(
    ("place", "found", "ours"),
    [("install", False, True), ("install", True, False), ("install-of-mine", False, False), ("elsewhere", False, False)],
)
def test_only_a_julia_that_was_fetched_is_removed(world, tmp_path, place, found, ours):
    world.julia = tmp_path / place / "bin" / "julia"
    world.julia.parent.mkdir(parents=True)
    world.julia.write_text("#!/bin/sh\n")
    world.julia.chmod(0o755)
    world.installed, world.package_server, world.downloads = found, True, True
    assert choice.choose().folder == (str(tmp_path / "install") if ours else "")
    (tmp_path / "install").mkdir(exist_ok=True)
    choice.remove()
    assert world.julia.exists() == (not ours) and choice.recorded() is None


def test_a_prefix_is_recorded_for_everybody(world, monkeypatch, tmp_path):
    world.installed = world.resolved = world.index = True
    assert cli.main(["julia", "install", "--prefix", str(tmp_path / "image")]) == 0
    assert world.asked == [f"portable in {tmp_path / 'image'}", "core"]
    assert (tmp_path / "for-all" / "record.json").exists() and not (tmp_path / "record.json").exists()
    assert choice.choose().kind == "portable" and len(world.asked) == 2  # another user, who has recorded nothing
    choice.remove()
    assert choice.recorded() is None


def test_a_record_of_ones_own_that_has_vanished_leads_to_that_of_everybody(world, tmp_path):
    world.installed = world.resolved = True
    choice.choose()
    world.ensure(print)
    choice.record(choice.Choice("portable", "test", folder=str(world.runtime.root)), for_all=True)
    assert choice.choose().kind == "juliapkg"
    world.julia.unlink()
    assert choice.choose().kind == "portable"


def test_offline_nothing_is_fetched(world):
    world.offline = world.index = True
    with pytest.raises(JuliaUnavailableError, match="to fetch the portable Julia: PYTHON_JULIAPKG_OFFLINE is set"):
        choice.choose()
    assert world.asked == []
    world.ensure(print)  # one that is there already is used
    assert choice.choose().kind == "portable"


@pytest.mark.parametrize("virtual", [True, False])
def test_what_is_for_everybody_lies_with_this_python(monkeypatch, tmp_path, virtual):
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "python"))
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path / ("base" if virtual else "python")))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    made = choice.Choice("portable", "test")
    file = choice.record(made, for_all=True)
    assert tmp_path / "python" in file.parents
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config of another user"))
    assert choice.recorded() == made
    if not virtual:  # without being asked, nothing is written into a system's Python
        assert tmp_path / "python" not in choice.record(made).parents


@pytest.mark.parametrize("content", [
    "{", "[1]", "[" * 10**5, '{"kind": "juliapkg", "origin": 3}', '{"kind": ["juliapkg"], "origin": ""}',
    '{"kind": "juliapkg", "origin": "", "executable": "a\\u0000b"}', '{"kind": "juliapkg", "origin": "", "executable": 3}',
    '{"kind": "juliapkg", "origin": "", "executable": "\\ud800"}',
    '{"kind": "juliapkg", "origin": "", "megabytes": 1%s}' % ("0" * 400),
], ids=range(9))  # fmt: skip
def test_a_damaged_record_is_chosen_anew(world, tmp_path, content):
    (tmp_path / "record.json").write_text(content)
    world.index = True
    assert choice.choose().kind == "portable"


def test_one_kind_can_be_demanded(world, monkeypatch):
    world.installed = world.resolved = world.index = True
    monkeypatch.setenv("PYLYAP_JULIA", "portable")
    assert choice.choose().kind == "portable"
    monkeypatch.setenv("PYLYAP_JULIA", "juliapkg")
    assert choice.choose().kind == "juliapkg"
    monkeypatch.setenv("PYLYAP_JULIA", "conda")
    with pytest.raises(OptionError, match="'conda'.*'juliapkg' and 'portable'"):
        choice.choose()


def test_a_read_only_environment_is_recorded_for_the_user(tmp_path, monkeypatch):
    blocked = tmp_path / "a-file"  # a folder nobody can write into, not even root
    blocked.write_text("")
    monkeypatch.setattr(sys, "prefix", str(blocked))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    made = choice.Choice("portable", "test", version="1.6.7")
    file = choice.record(made)
    assert tmp_path in file.parents and choice.recorded() == made


@pytest.fixture(scope="module")
def nursery(tmp_path_factory):
    """Forks with pylyap's modules, but without juliapkg, which reads the variables of a case when it is imported."""
    with Nursery("pylyap._runtime.session", "pylyap.cli", HOME=tmp_path_factory.mktemp("home")) as made:
        yield made


def test_juliapkg_prints_nothing_on_standard_output(nursery, tmp_path):
    julia = tmp_path / "julia"
    julia.write_text("#!/bin/sh\necho julia version 1.10.9\n")
    julia.chmod(0o755)
    code = "import sys; from pylyap._runtime import with_juliapkg as w; print(w.find(), file=sys.stderr)"
    run = nursery.run(code, PATH=f"{tmp_path}:/usr/bin:/bin", HOME=tmp_path, PYTHON_JULIAPKG_EXE=None)
    assert str(julia) in run.stderr and "1.10.9" in run.stderr
    assert run.stdout == ""


# Every wait for somebody else goes through one of two calls. Their limits are counted, and shortened for the test.
NO_JULIA = """
import json, subprocess, sys
sys.prefix = sys.argv[0] + "/nowhere"  # no record of this environment, and none to be left
from pylyap import cli
from pylyap._runtime import servers
limits, answering, run = [], servers.answering, subprocess.run

def answering_sooner(addresses, seconds=4.0):
    limits.append(seconds)
    return answering(addresses, seconds / 10)

def run_sooner(command, *, timeout=None, **options):  # without a limit it is not counted, and missed below
    if timeout is not None:
        limits.append(timeout)
        timeout /= 10
    return run(command, timeout=timeout, **options)

servers.answering, subprocess.run = answering_sooner, run_sooner
code = cli.main({arguments!r})
print("LIMITS", json.dumps(limits))
sys.exit(code)
"""


@pytest.mark.parametrize("server", ["closed", "silent"])
@pytest.mark.parametrize("arguments", [["julia", "install"], ["doctor"]], ids=" ".join)
def test_without_any_network_the_error_comes_within_20_seconds(nursery, tmp_path, server, arguments):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        if server == "silent":  # takes connections and never says a word
            listening.listen(50)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        run = nursery.run(NO_JULIA.format(arguments=arguments), **without_network(tmp_path, address))
    assert run.returncode == 1, run.stderr
    printed, _, limits = run.stdout.partition("LIMITS ")
    told = printed + run.stderr
    assert "no Julia could be found or fetched" in told and "Three ways on" in told
    limits = json.loads(limits)
    assert len(limits) == 2 and sum(limits) < 20  # Julia's servers, and the package index


def test_an_address_that_is_looked_up_for_ever_does_not_hold_up_the_others(monkeypatch):
    asked, over = threading.Event(), threading.Event()

    def look_up(*arguments, **options):  # as a resolver does without a network, which no time limit reaches
        asked.set()
        over.wait()
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    try:
        assert servers.answering(["http://a.server.of.nowhere/"], seconds=0.1) == set()
        assert asked.wait(60) and not over.is_set()
    finally:
        over.set()


def test_an_index_that_does_not_answer_is_given_up(monkeypatch):
    monkeypatch.setattr(download, "PIP", [sys.executable, "-c", "import time; time.sleep(600)"])
    assert "did not answer within" in download.index_answers(seconds=0.1)


def test_servers_that_answer_are_told_from_those_that_do_not():
    import http.server

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response(200 if self.path == "/good" else 503)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    try:
        asked = [f"{base}/good", f"{base}/bad", "http://127.0.0.1:9/closed", "not an address"]
        assert servers.answering(asked, seconds=5) == {f"{base}/good"}
    finally:
        server.shutdown()
        server.server_close()
