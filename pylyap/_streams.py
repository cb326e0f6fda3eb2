"""Standard streams as they can be: missing (None: in services, after ``2>&-``), closed, or replaced by any object."""

import os
import sys
import warnings


def is_terminal(stream):
    """Whether `stream` is a terminal; None, a closed stream and an object without ``isatty`` are not."""
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError, OSError):
        return False


def tell(text):
    """Print a line on standard error. Where that cannot be written to, the line is lost and nothing else happens."""
    if sys.stderr is not None:  # print would take None for standard output, which belongs to results
        try:
            print(text, file=sys.stderr, flush=True)
        except (AttributeError, ValueError, OSError):
            pass


def flush(stream):
    """Write out what `stream` holds back, if it is one that can; an error in writing (OSError) is raised."""
    try:
        stream.flush()
    except (AttributeError, ValueError):
        pass


def is_notebook():
    """Whether this process is the kernel of a notebook, which shows what is written and is no terminal."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell is not None and "IPKernelApp" in shell.config


def bar_is_hidden(progress):
    """Whether no bar is drawn: as `progress` says; None draws on a terminal and in a notebook. Without standard error there is none."""
    if progress is None and not is_notebook():
        return not is_terminal(sys.stderr)
    if progress is None:
        progress = True
    return not progress or not _takes_text(sys.stderr)


def bar_class():
    """The bar of tqdm that suits this process. In a notebook without the package ipywidgets it is text, without advice to install that."""
    from tqdm import TqdmWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TqdmWarning)
        from tqdm.auto import tqdm
    return tqdm


def _takes_text(stream):
    try:
        stream.write("")
        return True
    except (AttributeError, ValueError, OSError):
        return False


def open_missing_descriptors():
    """Open descriptors 0, 1 and 2 on the null device where they are closed.

    The next file opened would otherwise get that number, and what Julia and children print on "standard error" would be
    written into it.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            os.set_inheritable(number, True)
