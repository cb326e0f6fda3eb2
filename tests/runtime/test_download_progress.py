"""What is told while pip fetches: never more than the whole."""

import subprocess

import pytest

from pylyap._runtime import download


class Pip:
    """Is at work when it is asked first, and has ended when it is asked again."""

    def __init__(self):
        self.asked = 0

    def wait(self, timeout):
        self.asked += 1
        if self.asked == 1:
            raise subprocess.TimeoutExpired("pip", timeout)


@pytest.mark.parametrize("megabytes, told", [(248, "  4 of 248 MB"), (0.5, "  4 MB")])
def test_the_whole_is_named_only_where_it_is_more_than_what_is_there(tmp_path, megabytes, told):
    (tmp_path / "part").write_bytes(b"\0" * 4_000_000)
    archive = download.Archive(requirement="some==1", options=(), sha256="", megabytes=megabytes)
    said = []
    download._watch(Pip(), tmp_path, archive, said.append, report_every=-1)
    assert said == [told]
