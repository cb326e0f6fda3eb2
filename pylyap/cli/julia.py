"""``pylyap julia``: look at, set up, test and remove the Julia pylyap uses."""

from __future__ import annotations

import argparse
from typing import Any

EXAMPLES = """examples:
  pylyap julia status
  pylyap julia install --portable
  pylyap julia image                              (a start in seconds)
  pylyap julia install --prefix /opt/julia        (for all users of this Python)
  pylyap julia run spectrum.jl                    (a script of yours that uses the core, without Python)
"""


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "julia", help="look at, set up or remove the Julia pylyap uses", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)

    actions.add_parser("status", help="say which Julia is in use").set_defaults(run=_status)
    install = actions.add_parser("install", help="find or fetch Julia now")
    install.add_argument(
        "--portable", dest="only", action="store_const", const="portable",
        help="use the portable Julia, whatever else there is",
    )  # fmt: skip
    install.add_argument(
        "--prefix", metavar="DIR", help="put the portable Julia into this folder, for all users of this Python"
    )
    install.add_argument("--verbose", action="store_true", help="show what juliapkg says, and the trace if it fails")
    install.set_defaults(run=_install)
    image = actions.add_parser(
        "image", help="compile Julia and the core ahead, so that the portable Julia starts in seconds",
        description="Makes a system image of the portable Julia that holds the core, compiled. It takes minutes, 330 MB and "
        "a C compiler, once; every start is then faster by the time of all compilation. Where the core changes, make it "
        "again. Other Julias keep compiled code by themselves and need no image.",
    )  # fmt: skip
    image.add_argument(
        "--if-possible", action="store_true", help="where it cannot be made, say why and go on (exit code 0)"
    )
    image.set_defaults(run=_image)
    actions.add_parser("remove", help="delete what was fetched, and forget the choice").set_defaults(run=_remove)
    script = actions.add_parser("run", help="run a script of yours under this Julia, with the core on its load path")
    script.add_argument("script", metavar="FILE", help="a file that begins with `using LyapunovSpectra`")
    script.add_argument("arguments", nargs=argparse.REMAINDER, metavar="ARG", help="for the script, its ARGS")
    script.set_defaults(run=_run_script)
    actions.add_parser("test", help="run the core's own tests under this Julia").set_defaults(run=_test)


def _status(options):
    import os

    from .._runtime import choice
    from .._runtime.sources.environment import USER_VARIABLES

    named = [name for name in USER_VARIABLES if os.environ.get(name)]
    kept = choice.recorded()
    if named:
        print(f"The environment decides: {', '.join(f'{name}={os.environ[name]}' for name in named)}")
    elif kept:
        print(kept.in_one_line())
    else:
        print("No Julia has been chosen yet: the first computation, or 'pylyap julia install', does it.")


def _install(options):
    from .._runtime import choice

    print(choice.choose(only=options.only, prefix=options.prefix, verbose=options.verbose).in_one_line())


def _image(options):
    from .._runtime import choice, image, portable
    from .._runtime.source import say
    from ..errors import JuliaUnavailableError

    chosen = choice.choose()
    if choice.source_of(chosen).keeps_machine_code:
        print(f"{chosen.in_one_line()} needs no image: it keeps compiled code by itself.")
        return
    try:
        print(image.build(portable.Portable(chosen.folder), say))
    except JuliaUnavailableError as error:
        if not options.if_possible:
            raise
        print(f"No image: {error}")


def _remove(options):
    from .._runtime import choice

    print(f"Removed {choice.remove() / 1e6:.0f} MB.")


def _run_script(options):
    import os

    from .._runtime import process
    from ..errors import OptionError

    if not os.path.isfile(options.script):
        raise OptionError(f"there is no file {options.script}")
    return process.run_script([options.script, *options.arguments])


def _test(options):
    from .._runtime import process

    return process.run_core_tests()
