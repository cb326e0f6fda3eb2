"""All that pylyap does with the insides of juliacall and juliapkg. What they document is used anywhere; this is the rest.

Each function says which package and version it was made for and when it can go. Seen to work with juliacall 0.9.25 (that
of the portable runtime) and 0.9.37, and juliapkg 0.1.28. When one of them is renewed, look here first.
"""

import atexit
import contextlib
import importlib
import os
import signal
import site
import socket
import sys
import types
import warnings
from pathlib import Path
from typing import Any

from . import environment

# ---- juliacall and PythonCall.jl ------------------------------------------------------------------------------------

# What Julia blocks in the main thread in order to wait for it in a thread of its own.
JULIA_BLOCKS = ("SIGINT", "SIGTERM", "SIGQUIT", "SIGABRT", "SIGUSR1")
WAIT_SECONDS = 30  # for a server that has gone silent


def import_juliacall(launch):
    """Import juliacall, which starts the Julia that `launch` describes; variables are the caller's business.

    juliacall 0.9.25 to 0.9.37 asks the module juliapkg for the executable and the project, and has no option for a part
    of the answers (PYTHON_JULIACALL_EXE and PYTHON_JULIACALL_PROJECT name the whole, from 0.9.28 on). juliapkg itself
    would look for packages elsewhere, take a lock and print on standard output; where its project changed, it deletes
    the Manifest (pyjuliapkg#78). So another module of its name stands in sys.modules meanwhile.
    Can go when juliapkg answers without doing anything, and the portable runtime has a juliacall from 0.9.28 on.
    """
    stand_ins = {} if launch.juliapkg is None else {"juliapkg": launch.juliapkg}
    replaced = {name: sys.modules[name] for name in stand_ins if name in sys.modules}
    sys.modules.update(stand_ins)
    if launch.python_path is not None:
        sys.path.insert(0, launch.python_path)
    try:
        with warnings.catch_warnings():
            # juliacall warns of pytorch#78829. Seen to work either way round with these releases. Can go with the warning.
            warnings.filterwarnings("ignore", message="torch was imported before juliacall")
            return importlib.import_module("juliacall")
    finally:
        if launch.python_path is not None:
            sys.path.remove(launch.python_path)
        for name in stand_ins:
            del sys.modules[name]
        sys.modules.update(replaced)


def juliapkg_that_says(**answers):
    """A module that stands in for juliapkg: each of its functions gives the answer of that name. See `import_juliacall`."""
    module: Any = types.ModuleType("juliapkg")
    module.resolve = lambda **options: True
    for name, answer in answers.items():
        setattr(module, name, lambda answer=answer: answer)
    return module


def julia_runs_already():
    """Whether another package has started Julia. juliacall 0.9.25 to 0.9.37 tells it in CONFIG, which is not documented.

    Can go when juliacall offers a function for it.
    """
    juliacall = sys.modules.get("juliacall")
    return juliacall is not None and juliacall.CONFIG.get("inited", False)


def julia_handles_signals():
    """Whether the running Julia was started with ``handle_signals=yes``, from CONFIG as above.

    juliacall's default is no, and then Julia's garbage collector, which stops threads by faults, ends the process with
    several threads when a signal comes (PythonCall.jl#219). Can go when juliacall's default is safe with threads.
    """
    return sys.modules["juliacall"].CONFIG.get("opt_handle_signals") == "yes"


@contextlib.contextmanager
def python_keeps_signals():
    """Give Ctrl-C and termination back to Python once Julia has started.

    Julia must handle signals itself when it has several threads (PythonCall.jl#219), and then blocks five signals in the
    main thread. A KeyboardInterrupt reaches Python again when the handlers are reinstalled and the mask restored
    (PythonCall.jl#223 and #527 are about Ctrl-C).

    juliacall (0.9.25 to 0.9.37) registers an exit hook as soon as Julia is up, seconds before PythonCall is loaded. That
    moment is used too, by a replaced atexit.register: a Ctrl-C in those seconds would otherwise be thrown into Julia and
    get lost. The replacement can go when juliacall offers a call at that moment; the rest, when it keeps Python's
    handlers itself.
    """
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    has_mask = hasattr(signal, "pthread_sigmask")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, []) if has_mask else set()
    register = atexit.register

    def give_back():
        for number, handler in handlers.items():
            if handler is not None:  # None: installed by something other than Python
                signal.signal(number, handler)
        if has_mask:
            ours = {getattr(signal, name) for name in JULIA_BLOCKS} - before
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ours)

    def register_and_give_back(*arguments, **options):
        give_back()
        return register(*arguments, **options)

    atexit.register = register_and_give_back
    try:
        yield
    finally:
        atexit.register = register
        give_back()


@contextlib.contextmanager
def streams_keep_blocking():
    """Give the standard streams back as they were: Julia lets pipes return before all is written.

    Python then loses what does not fit into the pipe, 64 kB, and so does whoever shares the stream (libuv sets
    O_NONBLOCK on every pipe that it opens, Julia opens these three when it starts). Can go when Julia opens its own.
    """
    before = {}
    for number in (0, 1, 2) if hasattr(os, "get_blocking") else ():
        with contextlib.suppress(OSError):  # closed
            before[number] = os.get_blocking(number)
    try:
        yield
    finally:
        for number, blocks in before.items():
            with contextlib.suppress(OSError):
                os.set_blocking(number, blocks)


def forget_variables_of(main):
    """Unset what Julia's side has set in the environment of this process, behind Python's back.

    PythonCall.jl (0.9.25 and later) sets JULIA_PYTHONCALL_EXE and others for Julia's children; a Julia that a child of
    this process starts would take them for its own. Can go when it passes them to its own children only.
    """
    environment.forget(str(main.seval(r'join(keys(ENV), "\n")')).split("\n"))


def call(function, arguments, hold_lock):
    """Call a Julia function, without Python's lock unless `hold_lock` or where juliacall cannot release it.

    ``_jl_call_nogil`` is in juliacall from 0.9.25 on at least, and not documented. Without it a garbage collection in
    Julia waits for ever for a thread that waits for the lock (PythonCall.jl#627); from another thread than the main one
    even that does not help (#578), which `session` refuses. Can go when juliacall documents a call of this kind.
    """
    # Seen missing on macOS with Python 3.14. It is looked for in the type: the value would look for it in Julia.
    can_release = hasattr(type(function), "_jl_call_nogil")
    return function._jl_call_nogil(*arguments) if can_release and not hold_lock else function(*arguments)


def says_it_did_not_start(error):
    """Whether an error is how juliacall (0.9.25 to 0.9.37) says that PythonCall did not load: a bare Exception.

    It is known by its words alone. Can go when it has a type of its own.
    """
    return "did not start properly" in str(error)


# ---- juliapkg ---------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def same_requirements():
    """Within it, juliapkg looks for requirements in `stable_path`; everybody else's sys.path is left alone.

    juliapkg 0.1.28 reads juliapkg.json in every folder of sys.path, so that what it finds depends on where Python was
    started (pyjuliapkg#16, #17 and #51 are about where the file must lie). Its module ``deps`` gets a ``sys`` with
    another path. Can go when the folders can be given to it.
    """
    import juliapkg.deps

    juliapkg.deps.sys = _SysWithPath(stable_path())
    try:
        yield
    finally:
        juliapkg.deps.sys = sys


class _SysWithPath(types.ModuleType):
    """The module sys, but for its path."""

    def __init__(self, path):
        super().__init__("sys")
        self.path = path

    def __getattr__(self, name):
        return getattr(sys, name)


def stable_path():
    """The folders in which this Python finds packages wherever it is started.

    Neither the folder of the script nor the current one; but that of pylyap, if it is not installed.
    """
    folders = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if os.path.isabs(folder)]
    folders += site.getsitepackages() + ([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])
    folders += [named for folder in folders for named in _named_in_pth_files(folder)]
    if not any(os.path.isdir(os.path.join(folder, "pylyap")) for folder in folders):
        folders.append(str(Path(__file__).resolve().parent.parent.parent))
    return list(dict.fromkeys(folders))


def _named_in_pth_files(folder):
    for file in sorted(Path(folder).glob("*.pth")):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.strip() and not line.startswith(("#", "import ", "import\t")):
                yield os.path.join(folder, line.strip())


def noted_by_juliapkg():
    """What juliapkg 0.1.28 has noted of its project (its meta) if nothing changed since it was made, else None.

    Reads files only: no lock, no network, nothing to be written. Inside ``same_requirements``. The public functions
    resolve first, with a lock and perhaps the network. Can go when one of them only reads.
    """
    from juliapkg.deps import can_skip_resolve

    return can_skip_resolve() or None


def required_of_julia():
    """The versions of Julia that juliapkg 0.1.28 requires here (a Compat, or None). Inside ``same_requirements``.

    Not public there; can go when it is.
    """
    from juliapkg.deps import find_requirements

    compat, _ = find_requirements()
    return compat


def installed_julia(compat):
    """Executable and version of an installed Julia, as juliapkg 0.1.28 finds it; raises Exception if none fits.

    Its public functions would download one. Can go when they can be told not to.
    """
    from juliapkg.find_julia import find_julia

    return find_julia(compat=compat, prefix=juliapkg_state("install"), install=False)


def version_of_julia(program):
    """The version of a Julia program, as juliapkg 0.1.28 sees it; None if it is none. Not public there."""
    from juliapkg.find_julia import julia_version

    return julia_version(program)


def juliapkg_state(name):
    """The "project", "install" folder or "offline" of juliapkg 0.1.28.

    ``juliapkg.project()`` resolves before it answers, and the others cannot be asked for. Can go when they can.
    """
    from juliapkg.state import STATE

    return STATE[name]


@contextlib.contextmanager
def no_endless_waiting():
    """Limit the waiting of juliapkg 0.1.28, which downloads without a time limit. Can go when it has one."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(WAIT_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
