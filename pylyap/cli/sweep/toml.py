"""``pylyap sweep grid.toml``: what a file describes."""

OF_OTHERS = ("store", "engine", "retries", "time_limit", "csv")


def add_arguments(parser):
    return []


def run(options):
    return 0
