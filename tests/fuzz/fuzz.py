"""Run the fuzzer: python tests/fuzz/fuzz.py [--calls N] [--files N] [--seed S]; make fuzz.

Each case is tried in a child process that is watched: a case that takes longer than 20 s, more than 2 GB of memory, or the
process with it, is a fault, and so is every error that is not pylyap's. The same seed tries the same cases. The exit code is
0 only if there was no fault.
"""

import argparse
import collections
import contextlib
import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings

SECONDS, BYTES = 20, 2e9
START_SECONDS = 300  # until the first case, when Julia starts and compiles


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="limit of a case (default: 20)")
    parser.add_argument("--only", default="", help="a part of the names of cases to try")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, stack: sys.exit(1))  # which tells what there is
    kinds = [kind for kind in ("calls", "files") if getattr(options, kind) > 0]
    return max([tried(kind, getattr(options, kind), options) for kind in kinds], default=0)


def tried(kind, count, options):
    """Try cases of a kind and tell the outcomes; 1 if there was a fault."""
    outcomes = collections.Counter()
    try:
        for name, outcome, detail in watched(kind, count, options):
            outcomes[outcome] += 1
            if outcome.startswith("FAULT"):
                print(f"{outcome} in {name}\n{detail}\n", flush=True)
    finally:
        print(f"{kind}: {sum(outcomes.values())} cases", flush=True)
        for outcome, number in outcomes.most_common():
            print(f"  {number:5}  {outcome}", flush=True)
    return int(any(outcome.startswith("FAULT") for outcome in outcomes))


def watched(kind, count, options):
    """(case, outcome, what is known of it) of each case, whatever becomes of the processes that try them."""
    done = 0
    while done < count:
        read, write = os.pipe()
        command = [sys.executable, __file__, "--child", kind, str(count - done), str(options.seed + done), str(write), options.only]
        with tempfile.TemporaryFile("w+") as told:
            child = subprocess.Popen(command, pass_fds=[write], stdin=subprocess.DEVNULL, stdout=told, stderr=told)
            os.close(write)
            case, limit = "the start", START_SECONDS
            with os.fdopen(read) as lines:
                for event in events(lines, child, lambda: limit):
                    if isinstance(event, str):
                        told.seek(0)
                        yield case, f"FAULT: {event}", told.read()[-2000:]
                        done += 1
                    elif "begin" in event:
                        case, limit = event["begin"], options.seconds
                    else:
                        yield case, event["outcome"], event["detail"]
                        done += 1
            if child.wait() == 0 or case == "the start":
                return


def events(lines, child, limit):
    """What a child tells, and in the end, as a text, what has happened to it if that was no good end."""
    began = time.monotonic()
    try:
        while True:
            ready, _, _ = select.select([lines], [], [], 0.2)
            if ready:
                line = lines.readline()
                if not line:
                    break
                began = time.monotonic()
                yield json.loads(line)
            elif time.monotonic() - began > limit():
                yield f"no end within {limit()} s"
                return
            elif (size := resident(child.pid)) > BYTES:
                yield f"{size / 1e9:.1f} GB of memory"
                return
        if code := child.wait():
            yield f"the process ended with {code}"
    finally:
        child.kill()
        child.wait()


def resident(process):
    try:
        pages = int(pathlib.Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def child(kind, count, seed, pipe, only):
    """Try cases and tell how each went."""
    import hypothesis
    from hypothesis import strategies as st

    stream = os.fdopen(int(pipe), "w")

    def tell(**event):
        stream.write(json.dumps(event) + "\n")
        stream.flush()

    def tried(name, function, /, *arguments, **options):
        from pylyap.errors import PylyapError

        tell(begin=name)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                function(*arguments, **options)
            tell(outcome="result", detail="")
        except PylyapError as error:
            tell(outcome=type(error).__name__, detail=str(error)[:200])
        except OSError as error:  # as of open(): no such file, a name that is too long, no right to read it
            tell(outcome=type(error).__name__, detail=str(error)[:200])
        except BaseException as error:  # noqa: BLE001  that is what is looked for
            detail = "".join(traceback.format_exception(error))[-3000:]
            tell(outcome=f"FAULT: {type(error).__name__}", detail=detail)

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        cases = {"calls": of_calls, "files": of_files}[kind](pathlib.Path(folder), tried, only)
        settings = hypothesis.settings(
            max_examples=int(count), deadline=None, database=None, phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )  # fmt: skip
        hypothesis.seed(int(seed))(settings(hypothesis.given(st.data())(cases)))()


def of_calls(folder, tried, only):
    import matplotlib
    import odd_calls as calls

    matplotlib.use("Agg")
    calls.add_all_others()
    for name in list(calls.CALLS):
        if only not in name:
            del calls.CALLS[name]

    def case(data):
        name, function, arguments = data.draw(calls.calls())
        told = ", ".join(f"{key}={shown(value)}" for key, value in arguments.items())
        tried(f"{name}({told})", function, **arguments)

    return case


def of_files(folder, tried, only):
    import odd_files as files
    from hypothesis import strategies as st
    from pylyap import _archives
    from pylyap.errors import PylyapError

    seeds = {name: seed for name, seed in files.seeds(folder).items() if only in name}
    good = {name: folder / f"good-{number}" for number, name in enumerate(seeds)}
    (folder / "tried").mkdir()
    for name, (read, file, data) in seeds.items():
        good[name].write_bytes(data)
        (folder / "tried" / file).write_bytes(data)
        with contextlib.suppress(PylyapError):  # of a format that is not read, or needs a package that is missing
            read(folder / "tried" / file)  # so that what Julia compiles for it does not count in a case, which has 20 s

    def case(data):
        name = data.draw(st.sampled_from(sorted(seeds)))
        read, file, content = seeds[name]
        path = folder / "tried" / file
        has_seal = content[-_archives.SEAL_LENGTH :].startswith(_archives.SEAL)
        kinds = ("made", "resealed", "changed", "changed") if has_seal else ("made", "changed", "changed")
        kind = data.draw(st.sampled_from(kinds))
        if kind == "made":
            kind = data.draw(st.sampled_from(sorted(files.MADE)))
            path.write_bytes(files.MADE[kind])
        elif kind == "resealed":
            _archives.write(path, *data.draw(files.resealed(good[name])))
        else:
            path.write_bytes(data.draw(files.changed(content)))
        for copy in path.parent.glob("*.previous"):
            copy.unlink()
        tried(f"{name}, {kind}", read, path)

    return case


def shown(value):
    try:
        text = " ".join(repr(value).split())
    except Exception:  # noqa: BLE001  objects that lie
        text = type(value).__name__
    return text[:80]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        sys.exit(main())
