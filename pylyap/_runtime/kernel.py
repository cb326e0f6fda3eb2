"""The kernel of Julia's OpenBLAS: named for it where it would not find a good one by itself.

OpenBLAS looks for the model of the processor in a list, and an old one does not know processors made after it. Up to
0.3.18 an unknown one gets kernels made for a Prescott (AMD: a Barcelona), several times too slow. From 0.3.19 on the
features of the processor should decide instead, which went wrong until it was mended in 0.3.24 and 0.3.25 (its
changelog; 0.3.23, that of Julia 1.10, was seen to take Prescott). Below 0.3.25 the features decide here, in the way the
mended code does; processors that OpenBLAS knows get the kernel that it would have taken.
"""

import mmap
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "OPENBLAS_CORETYPE"  # read when the library is loaded
CHOOSES_WELL = (0, 3, 25)

AVX512 = {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}  # what the kernels for SkylakeX are compiled for
AVX2 = {"avx2", "fma"}


@dataclass(frozen=True)
class Processor:
    """Maker and features, as Linux names them ("GenuineIntel", {"avx2", "fma", ...})."""

    vendor: str
    flags: frozenset


def processor(file="/proc/cpuinfo"):
    """The processor of this machine; without a name and features where they cannot be read."""
    fields: dict[str, str] = {}
    try:
        for line in Path(file).read_text(encoding="utf-8", errors="replace").splitlines():
            name, colon, value = line.partition(":")
            if colon:
                fields.setdefault(name.strip(), value.strip())
    except OSError:
        pass
    return Processor(fields.get("vendor_id", ""), frozenset(fields.get("flags", "").split()))


def best(version, processor):
    """The kernel to name for an OpenBLAS, or None to let it choose.

    Parameters
    ----------
    version : tuple of int or None
        Of the library, such as (0, 3, 23). None: not known, hence treated as old: the kernel that is named is never one
        the processor cannot run well, while a wrong choice of the library's costs a factor.
    processor : Processor
        Where it is to run.
    """
    if version is not None and version >= CHOOSES_WELL:
        return None
    if AVX512 <= processor.flags:
        return "SkylakeX"
    if AVX2 <= processor.flags:
        return "Haswell" if processor.vendor == "GenuineIntel" else "Zen"
    if "avx" in processor.flags and processor.vendor == "GenuineIntel":
        return "Sandybridge"
    return None  # older than any OpenBLAS that Julia uses, hence known to it; or no x86-64


def version_of(library):
    """Version of an OpenBLAS library, from the text in it; None if there is none."""
    with open(library, "rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        found = re.search(rb"OpenBLAS (\d+)\.(\d+)\.(\d+)", content)
        return found and tuple(int(number) for number in found.groups())


def version_beside(bindir):
    """Version of the OpenBLAS that belongs to the Julia whose programs are in `bindir`; None if it is not found."""
    prefix = Path(bindir).resolve().parent
    for folder in ("lib/julia", "lib", "lib64/julia", "bin"):
        for library in sorted(prefix.glob(f"{folder}/libopenblas*")):
            try:
                if version := version_of(library):
                    return version
            except (OSError, ValueError):  # a broken link, or an empty file
                continue
    return None


def version_for(executable):
    """The same for a Julia program, which may be a link or start the real one (as juliaup's does)."""
    beside = version_beside(os.path.dirname(os.path.realpath(executable)))
    return beside or version_beside(_asked(executable) or os.path.dirname(executable))


def variables(version):
    """What to set in the environment before Julia loads its OpenBLAS; the user's own value stays."""
    kernel = None if os.environ.get(VARIABLE) else best(version, processor())
    return {VARIABLE: kernel} if kernel else {}


def reason(version):
    """In a few words, why the kernel is what it is."""
    if os.environ.get(VARIABLE):
        return f"named by {VARIABLE}"
    if best(version, processor()) is None:
        return "chosen by OpenBLAS"
    name = f"OpenBLAS {'.'.join(map(str, version))}" if version else "an OpenBLAS of unknown version"
    return f"named by pylyap for this processor, as {name} may not know it"


def _asked(executable):
    command = [executable, "--startup-file=no", "-O0", "--compile=min", "-e", "print(Sys.BINDIR)"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return run.stdout.strip() if run.returncode == 0 else None
