"""Ask whether servers answer, never waiting longer than stated."""

import os
import threading
import time
import urllib.request

JULIA_DOWNLOADS = "https://julialang-s3.julialang.org/bin/versions.json"


def package_server():
    """The address to ask whether Julia packages can be fetched (the user may name a mirror)."""
    server = os.environ.get("JULIA_PKG_SERVER", "https://pkg.julialang.org")
    if not server:  # an empty value tells Julia's Pkg to fetch from GitHub instead
        return "https://github.com"
    return (server if "://" in server else f"https://{server}").rstrip("/") + "/registries"


def answering(addresses, seconds=4.0):
    """The subset of `addresses` that answer a request with success within `seconds`.

    Each is asked in a thread of its own that may be left behind: looking up a name can hang for
    half a minute without a network, and Python offers no way to limit that.
    """
    answers = set()

    def ask(address):
        try:
            request = urllib.request.Request(address, method="HEAD")
            with urllib.request.urlopen(request, timeout=seconds):
                answers.add(address)
        except (OSError, ValueError):
            pass

    threads = [threading.Thread(target=ask, args=[a], daemon=True) for a in addresses]
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return set(answers)
