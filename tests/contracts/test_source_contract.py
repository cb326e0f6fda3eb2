"""Every source of Julia keeps the contract of `pylyap._runtime.source.Source`."""

import dataclasses
import inspect
import re
import types
from pathlib import Path

import pytest

from pylyap._runtime import choice, download, portable, servers, sources, with_juliapkg
from pylyap._runtime.source import Choice, Launch, NotFound, Program, Source, Wish
from pylyap._runtime.sources.environment import USER_VARIABLES
from pylyap.errors import JuliaUnavailableError, OptionError

OPTIONAL = [source for source in sources.ALL if not source.is_imposed]


every = pytest.mark.parametrize("source", sources.ALL, ids=lambda source: source.kind)
every_optional = pytest.mark.parametrize("source", OPTIONAL, ids=lambda source: source.kind)


@pytest.fixture
def nothing(tmp_path, monkeypatch):
    """A machine with no Julia, no network, and no record."""
    for name in (*USER_VARIABLES, "PYLYAP_JULIA"):
        monkeypatch.delenv(name, raising=False)

    def no_julia():
        raise Exception("no Julia\nis there")  # as juliapkg raises it, on two lines

    monkeypatch.setattr(choice, "_record_files", lambda: [tmp_path / "record.json"])
    monkeypatch.setattr(choice, "_file_for_all", lambda: tmp_path / "for-all.json")
    monkeypatch.setattr(with_juliapkg, "find", no_julia)
    monkeypatch.setattr(with_juliapkg, "resolved", no_julia)
    monkeypatch.setattr(with_juliapkg, "unfit", lambda: "")
    monkeypatch.setattr(servers, "answering", lambda addresses, seconds=4.0: set())
    monkeypatch.setattr(portable, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(download, "index_answers", lambda: "the index is silent")


@pytest.fixture
def machine(nothing, tmp_path, monkeypatch):
    """A machine on which every source finds its Julia: stand-ins, in folders of the test."""
    program = tmp_path / "bin" / "julia"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    noted = {"executable": str(program), "version": "1.11.2", "libjulia": "libjulia.so", "bindir": str(program.parent)}
    monkeypatch.setattr(with_juliapkg, "find", lambda: (str(program), "1.11.2"))
    monkeypatch.setattr(with_juliapkg, "resolved", lambda: noted)
    monkeypatch.setattr(portable, "why_not_here", lambda: None)
    runtime = portable.located()
    for folder in (runtime.executable.parent, runtime.python_path, runtime.environment, runtime.depot):
        folder.mkdir(parents=True)
    portable.write_launcher(runtime)
    return program


@pytest.fixture
def found(machine, monkeypatch):
    """`found(source)`: what it finds there."""

    def find(source):
        if source.is_imposed:
            monkeypatch.setenv("PYTHON_JULIACALL_EXE", str(machine))
        return source.find(Wish())

    return find


def test_each_is_known_by_its_kind_and_has_a_place_in_the_order():
    assert {"environment", "juliapkg", "portable"} <= set(sources.BY_KIND)
    assert list(sources.BY_KIND.values()) == list(sources.ALL)
    ranks = [source.rank for source in sources.ALL]
    assert ranks == sorted(set(ranks))
    assert sources.ALL[0].is_imposed and len(OPTIONAL) == len(sources.ALL) - 1  # the user's word comes first


def test_one_that_forgets_a_method_cannot_be_made():
    for name in ("find", "is_still_there", "launch", "remove"):
        methods = {other: getattr(sources.ALL[-1], other) for other in Source.__abstractmethods__ if other != name}
        with pytest.raises(TypeError, match=name):
            type("Forgetful", (Source,), methods)()
    assert Source.__abstractmethods__ == {"find", "is_still_there", "launch", "remove"}


@every
def test_it_declares_what_the_contract_asks(source):
    assert isinstance(source, Source)
    assert re.fullmatch("[a-z][a-z0-9_-]*", source.kind) and isinstance(source.rank, int)
    assert all(isinstance(value, bool) for value in (source.is_imposed, source.heeds_variables, source.takes_prefix))
    for name in Source.__abstractmethods__:
        asked = inspect.signature(getattr(Source, name)).parameters
        assert list(inspect.signature(getattr(type(source), name)).parameters) == list(asked)


@every
def test_it_keeps_no_state(source, found):
    before = dict(vars(source))
    choice_made = found(source)
    source.is_still_there(choice_made)
    source.launch(choice_made)
    assert vars(source) == before == {}


@every
def test_a_machine_with_nothing_is_told_in_sentences(source, nothing):
    with pytest.raises(NotFound) as failure:
        source.find(Wish())
    assert failure.value.args
    assert all(isinstance(reason, str) and reason and "\n" not in reason for reason in failure.value.args)


@every
def test_what_it_finds_is_a_record_that_survives_being_written(source, found):
    made = found(source)
    assert isinstance(made, Choice) and made.kind == source.kind and made.origin
    choice.record(made)
    assert choice.recorded() == made


@every
def test_what_it_finds_is_still_there_until_it_is_gone(source, found, monkeypatch):
    made = found(source)
    assert source.is_still_there(made) is True
    gone = dataclasses.replace(made, executable="/absent/julia", folder="/absent")
    assert source.is_still_there(gone) is False


@every
def test_what_it_finds_can_be_started_and_run(source, found):
    made = found(source)
    for how, kind in ((source.launch, Launch), (source.program, Program)):
        start = how(made)
        assert isinstance(start, kind) and start.executable == made.executable
        assert all(isinstance(name, str) for name in start.variables)
        assert all(value is None or isinstance(value, str) for value in start.variables.values())
    launch = source.launch(made)
    if launch.juliapkg is not None:
        assert isinstance(launch.juliapkg, types.ModuleType)
        assert launch.juliapkg.executable() == made.executable and isinstance(launch.juliapkg.project(), str)


@every
def test_it_removes_what_is_its_own_and_nothing_else(source, found, machine):
    made = found(source)
    freed = source.remove([made])
    assert isinstance(freed, int) and machine.exists()
    assert (freed > 0) == bool(made.folder)
    if made.folder:
        assert not source.is_still_there(made)
    assert source.remove([made]) == 0


@every_optional
def test_it_is_used_when_it_is_asked_for(source, machine, monkeypatch):
    monkeypatch.setenv("PYLYAP_JULIA", source.kind)
    made = choice.choose()
    assert made.kind == source.kind and choice.source_of(made) is source
    assert choice.recorded() == made and choice.choose() == made


@every_optional
def test_it_heeds_the_variables_of_the_user_or_contradicts_them(source, machine, monkeypatch):
    monkeypatch.setenv("PYLYAP_JULIA", source.kind)
    monkeypatch.setenv("PYTHON_JULIACALL_EXE", str(machine))
    if source.heeds_variables:
        assert sources.BY_KIND[choice.choose().kind].is_imposed
    else:
        with pytest.raises(OptionError, match=f"the {source.kind} Julia is demanded.*unset PYTHON_JULIACALL_EXE"):
            choice.choose()


@every_optional
def test_its_reasons_reach_the_user(source, nothing, monkeypatch):
    monkeypatch.setenv("PYLYAP_JULIA", source.kind)
    with pytest.raises(NotFound) as reasons:
        source.find(Wish())
    with pytest.raises(JuliaUnavailableError) as failure:
        choice.choose()
    assert all(f"  - {reason}\n" in str(failure.value) for reason in reasons.value.args)


def test_one_that_is_imposed_cannot_be_asked_for(nothing, monkeypatch):
    for source in sources.ALL:
        if source.is_imposed:
            monkeypatch.setenv("PYLYAP_JULIA", source.kind)
            with pytest.raises(OptionError, match=f"{source.kind!r}, allowed are"):
                choice.choose()


def test_a_record_of_a_source_that_is_not_known_here_is_passed_over(machine):
    choice.record(Choice("a source of another pylyap", "test", executable=str(machine)))
    assert choice.recorded() is None and choice.choose().kind in sources.BY_KIND


NAMES_A_KIND = re.compile(r"""\.kind\s*(==|!=|in)\s*[("'\[]""")


def test_nobody_outside_the_sources_asks_for_a_kind():
    root = Path(choice.__file__).parent
    files = [*root.glob("*.py"), *(root.parent / "cli").glob("*.py"), root.parent / "versions.py"]
    assert len(files) > 15
    assert [str(file) for file in files if NAMES_A_KIND.search(file.read_text(encoding="utf-8"))] == []
