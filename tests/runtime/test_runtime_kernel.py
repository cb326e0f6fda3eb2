"""The kernel named to Julia's OpenBLAS: the decision for processors and versions, and where the version is found."""

import pytest

from pylyap._runtime import kernel

AVX512 = "avx512f avx512cd avx512bw avx512dq avx512vl"
AVX2 = "sse4_2 avx avx2 fma"
# name: (maker, flags, the kernel made for it)
PROCESSORS = {
    "Nehalem": ("GenuineIntel", "sse4_2", None),
    "Ivy Bridge": ("GenuineIntel", "sse4_2 avx", "Sandybridge"),
    "Haswell": ("GenuineIntel", AVX2, "Haswell"),
    "Xeon Phi": ("GenuineIntel", f"{AVX2} avx512f avx512cd avx512er avx512pf", "Haswell"),
    "Skylake-SP": ("GenuineIntel", f"{AVX2} {AVX512}", "SkylakeX"),
    "Sapphire Rapids": ("GenuineIntel", f"{AVX2} {AVX512} avx512_bf16 amx_bf16 amx_tile", "SkylakeX"),
    "Alder Lake": ("GenuineIntel", f"{AVX2} avx_vnni", "Haswell"),
    "Piledriver": ("AuthenticAMD", "sse4_2 avx fma4", None),  # has kernels of its own, in every version
    "Zen 3": ("AuthenticAMD", AVX2, "Zen"),
    "Zen 4": ("AuthenticAMD", f"{AVX2} {AVX512} avx512_bf16", "SkylakeX"),
    "Dhyana": ("HygonGenuine", AVX2, "Zen"),
    "AArch64": ("", "", None),
}
FALL_BACK = [(0, 3, 10), (0, 3, 13), (0, 3, 20), (0, 3, 21), (0, 3, 23), (0, 3, 24)]  # Julia 1.6 to 1.10, and between
CHOOSE_WELL = [(0, 3, 25), (0, 3, 27), (0, 3, 29), (0, 4, 0), (1, 0, 0)]  # Julia 1.11, 1.12 and later


def made(vendor, flags):
    return kernel.Processor(vendor, frozenset(flags.split()))


@pytest.mark.parametrize("version", [*FALL_BACK, None], ids=str)
@pytest.mark.parametrize("name", PROCESSORS)
def test_an_openblas_that_may_fall_back_is_told_the_kernel(name, version):
    vendor, flags, expected = PROCESSORS[name]
    assert kernel.best(version, made(vendor, flags)) == expected


@pytest.mark.parametrize("version", CHOOSE_WELL, ids=str)
@pytest.mark.parametrize("name", PROCESSORS)
def test_an_openblas_that_chooses_well_is_left_alone(name, version):
    vendor, flags, _ = PROCESSORS[name]
    assert kernel.best(version, made(vendor, flags)) is None


@pytest.mark.parametrize("own", ["Haswell", "Nehalem"])
def test_the_value_of_the_user_stays(monkeypatch, own):
    monkeypatch.setattr(kernel, "processor", lambda: made(*PROCESSORS["Skylake-SP"][:2]))
    monkeypatch.delenv(kernel.VARIABLE, raising=False)
    assert kernel.variables((0, 3, 23)) == {kernel.VARIABLE: "SkylakeX"}
    assert "0.3.23" in kernel.reason((0, 3, 23)) and kernel.reason((0, 3, 27)) == "chosen by OpenBLAS"
    monkeypatch.setenv(kernel.VARIABLE, own)
    assert kernel.variables((0, 3, 23)) == {}
    assert kernel.reason((0, 3, 23)) == f"named by {kernel.VARIABLE}"


def test_the_processor_is_read_as_linux_writes_it(tmp_path):
    file = tmp_path / "cpuinfo"
    first = "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: a: b\nflags\t\t: fpu avx2 fma\n\n"
    file.write_text(first + first.replace("fma", "none"))
    assert kernel.processor(file) == made("GenuineIntel", "fpu avx2 fma")
    assert kernel.processor(tmp_path / "absent") == made("", "")


@pytest.fixture
def julia(tmp_path):
    """`julia(version)` makes a prefix with a stand-in library in which the version is a text, as in the real one."""

    def build(version, folder="lib/julia", name="libopenblas64_.so"):
        library = tmp_path / "julia" / folder / name
        library.parent.mkdir(parents=True, exist_ok=True)
        library.write_bytes(b"\x7fELF" + bytes(5000) + f"OpenBLAS {version}  USE64BITINT\0".encode() + bytes(5000))
        program = tmp_path / "julia" / "bin" / "julia"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\nprintf %s {program.parent}\n")
        program.chmod(0o755)
        return program

    return build


@pytest.mark.parametrize("folder", ["lib/julia", "lib", "lib64/julia", "bin"])
@pytest.mark.parametrize("version", [(0, 3, 10), (0, 3, 29)], ids=str)
def test_the_version_is_read_from_the_library(julia, version, folder):
    program = julia(".".join(map(str, version)), folder)
    assert kernel.version_beside(program.parent) == kernel.version_for(program) == version


def test_a_link_to_the_program_and_a_starter_of_it_lead_to_the_library(julia, tmp_path):
    program = julia("0.3.23")
    link = tmp_path / "link"
    link.symlink_to(program)
    starter = tmp_path / "elsewhere" / "bin" / "julia"  # as juliaup has one; it answers with the real program's folder
    starter.parent.mkdir(parents=True)
    starter.write_bytes(program.read_bytes())
    starter.chmod(0o755)
    assert kernel.version_for(link) == kernel.version_for(starter) == (0, 3, 23)


def test_no_library_and_one_without_a_version_are_not_known(tmp_path, julia):
    program = julia("without a number")
    (program.parent.parent / "lib" / "libopenblas.so").symlink_to("nowhere")
    (program.parent.parent / "lib" / "libopenblas64_.so").write_bytes(b"")
    assert kernel.version_for(program) is None
    assert kernel.version_for(tmp_path / "absent" / "julia") is None
