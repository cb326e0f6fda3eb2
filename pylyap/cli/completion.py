"""``pylyap completion``: a script that lets a shell complete commands and options."""

from __future__ import annotations

import argparse
from typing import Any

EXAMPLES = """examples:
  pylyap completion bash > ~/.local/share/bash-completion/completions/pylyap
  pylyap completion zsh > ~/.zfunc/_pylyap        (a folder of your $fpath)
  pylyap completion fish > ~/.config/fish/completions/pylyap.fish
"""


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "completion", help="print a script with which a shell completes commands and options", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("shell", choices=("bash", "zsh", "fish", "tcsh"))
    parser.set_defaults(run=_run)


def _run(options):
    from . import parser
    from ..errors import MissingPackageError

    try:
        import shtab
    except ImportError as error:
        raise MissingPackageError("pylyap completion needs the package shtab: pip install shtab") from error
    print(shtab.complete(parser(complete=True), shell=options.shell))
