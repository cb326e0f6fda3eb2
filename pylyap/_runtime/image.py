"""A system image for the portable Julia: a start takes a few seconds with it, and little is left to compile.

Julia 1.6 keeps no machine code of packages: every process compiles PythonCall and the core anew. An image keeps it, in one
file of 330 MB. It is an option, since it takes minutes and a C compiler. Julia from 1.9 on keeps the code by itself.

An image belongs to one state of the core's files. It is not used for another, nor on another kind of processor. Numbers are
the same with and without it up to rounding: what Julia brings along is compiled in it for this processor, too.
"""

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ..errors import JuliaUnavailableError
from . import environment, kernel, options, portable
from .location import core_path

BUILD = Path(__file__).with_name("image.jl")
WORKLOAD = Path(__file__).with_name("image_workload.py")
COMPILERS = ("cc", "gcc", "clang")
FOLDER = "images"
SWITCH = "PYLYAP_JULIA_IMAGE"  # "no": start without it
TRACE_OFFSET = "print(fieldoffset(Base.JLOptions, findfirst(==(:trace_compile), fieldnames(Base.JLOptions))))"


def variables(runtime):
    """What to set while Julia starts so that it starts from the image of this core; nothing where there is none."""
    file = file_of(runtime)
    if os.environ.get(SWITCH) == "no" or options.named("sysimage") or not file.exists():
        return {}
    return {
        "PYTHON_JULIACALL_SYSIMAGE": str(file),
        "PYTHON_JULIACALL_COMPILED_MODULES": "no",  # a Julia that compiles a package would be a child without Python
        "PYLYAP_LIBPYTHON": hex(ctypes.pythonapi._handle),
        "JULIA_PYTHONCALL_EXE": sys.executable,
    }


def in_words(main):
    """The image from which the running Julia was started, for provenances; "" for one that it came with.

    Its code rounds sums in another order than that of Julia's own image does: bits may differ between the two.
    """
    file = Path(str(main.seval("unsafe_string(Base.JLOptions().image_file)")))
    return f", image {file.stem}" if file.parent.name == FOLDER else ""


def file_of(runtime):
    """Where the image of this core lies, or would lie."""
    return runtime.root / FOLDER / f"{_key()}.so"


def _key():
    """A name for all that the code in an image depends on."""
    core = core_path()
    files = [core / "Project.toml", *sorted((core / "src").rglob("*.jl")), BUILD, WORKLOAD]
    digest = hashlib.sha256("\n".join([portable.VERSION, str(core), *sorted(kernel.processor().flags)]).encode())
    for file in files:
        digest.update(f"\n{file}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def build(runtime, say):
    """Make the image of this core unless it is there; returns its file. Older images of the same core are deleted.

    Raises
    ------
    JuliaUnavailableError
        There is no C compiler, the runtime's folder cannot be written, or one of the steps failed.
    """
    import filelock

    compiler = next(filter(None, map(shutil.which, COMPILERS)), None)
    if compiler is None:
        raise JuliaUnavailableError(
            f"an image needs a C compiler to link it, and none of {', '.join(COMPILERS)} is on PATH. pylyap works "
            "without an image; its first spectrum takes longer."
        )
    if not os.access(runtime.root, os.W_OK):
        raise JuliaUnavailableError(f"{runtime.root} cannot be written: whoever owns it can make the image")
    file = file_of(runtime)
    with filelock.FileLock(f"{runtime.root}.image.lock"):
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=file.parent) as folder:
                made = _build(runtime, compiler, Path(folder), say)
                if file != file_of(runtime):
                    raise JuliaUnavailableError("the core's files changed while its image was made: make it again")
                os.replace(made, file)
            _delete_others(file)
    return file


def _build(runtime, compiler, folder, say):
    statements, code, made = folder / "statements.jl", folder / "image.o", folder / "image.so"
    libraries = runtime.prefix / "lib"
    julia = [str(runtime.executable), "--startup-file=no"]
    values = runtime.variables() | {SWITCH: "no"} | kernel.variables(kernel.version_for(str(runtime.executable)))
    values["JULIA_LOAD_PATH"] = f"{core_path()}:{values['JULIA_LOAD_PATH']}"
    say("making an image of Julia: looking at what a first spectrum compiles (1 of 3, about a minute)")
    offset = _run([*julia, "-e", TRACE_OFFSET], values)
    internal = libraries / "julia" / "libjulia-internal.so.1"
    _run([sys.executable, str(WORKLOAD), str(statements), offset, str(internal)],
         {SWITCH: "no", "PYTHONPATH": _python_path(), "PYLYAP_JULIA": "portable"})  # fmt: skip
    say("making an image of Julia: compiling it (2 of 3, 2 to 5 minutes)")
    _run([*julia, f"--sysimage={libraries / 'libPMPC.so'}", f"--project={runtime.environment}", "--cpu-target=native",
          f"--output-o={code}", str(BUILD)],
         values | {"PYLYAP_BINDIR": str(runtime.prefix / "bin"), "PYLYAP_STATEMENTS": str(statements)})  # fmt: skip
    say("making an image of Julia: linking it (3 of 3)")
    _run([compiler, "-shared", "-o", str(made), "-Wl,--whole-archive", str(code), "-Wl,--no-whole-archive",
          f"-L{libraries}", f"-L{libraries / 'julia'}", "-ljulia", "-ljulia-internal"], {})  # fmt: skip
    return made


def _python_path():
    """The folders in which the workload finds this pylyap."""
    package = str(Path(__file__).resolve().parent.parent.parent)
    return os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))


def _run(command, values):
    with environment.variables(values):
        run = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if run.returncode != 0:
        raise JuliaUnavailableError(f"the image could not be made: {command[0]} said {run.stderr.strip()[-500:]}")
    return run.stdout.strip()


def _delete_others(file):
    # Of this core: one of another clone may be in use. Its folder is noted beside each image.
    note = str(core_path())
    file.with_suffix(".core").write_text(note, encoding="utf-8")
    for other in file.parent.glob("*.core"):
        if other.stem != file.stem and other.read_text(encoding="utf-8") == note:
            other.with_suffix(".so").unlink(missing_ok=True)
            other.unlink()
