"""Files that pylyap writes: there whole or not at all, in the place to which the name leads."""

import contextlib
import errno
import glob
import json
import os
import secrets
import shutil
import stat
import tempfile
from pathlib import Path

from .errors import FileFormatError, OptionError

PREVIOUS = ".previous"
LONGEST = 100  # letters of a name that a draft shows
MOST_DIGITS = 4300  # of a whole number in JSON: what Python reads by default
MOST_LEVELS = 100  # of lists and dicts within each other in JSON: deeper ones overflow the stack of code that walks through them
LARGEST = 2**63  # of whole numbers of JSON that are calculated with


@contextlib.contextmanager
def writing(path, *, text=False, keep_previous=False):
    """Open a file for writing that takes the place of `path` when the block ends without an error.

    A symbolic link is followed. A file that is there keeps its mode, owner and extended attributes; one with several
    names (hard links), or whose folder cannot be written to, is filled anew instead of replaced. A block that fails
    leaves everything as it was.

    Parameters
    ----------
    path : str, bytes or os.PathLike
    text : bool
        For a text file, in UTF-8 and with line ends as they are written; otherwise for bytes, which can be read again.
    keep_previous : bool
        Keep the file that was there under its name with `PREVIOUS` behind it. At every moment one of the two is whole.

    Raises
    ------
    OptionError
        If something else than a regular file is there: a folder, a device, a pipe, a socket.
    OSError
        If it cannot be written: no such folder, write-protected, disk full.
    """
    target = check_target(path)
    kept = target if target.exists() else None
    draft = _new_draft(target, kept, f".{target.name[:LONGEST]}" if keep_previous else ".pylyap")
    try:
        with open(draft, "w", encoding="utf-8", newline="") if text else open(draft, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if kept and keep_previous and draft.parent == target.parent:
            shutil.copymode(target, draft)
            os.replace(target, previous(target))
            kept = None
        _publish(draft, target, kept)
    finally:
        draft.unlink(missing_ok=True)


def previous(path):
    """Where `writing` keeps the file that was there before."""
    return Path(f"{os.fsdecode(path)}{PREVIOUS}")


def name_of(path):
    """The name of a file as a text; OptionError if it is none."""
    try:
        name = os.fsdecode(path)
    except TypeError as error:
        raise OptionError(f"{path!r:.80} is not the name of a file: give a str or a pathlib.Path") from error
    if "\0" in name or not name:
        raise OptionError(f"{name!r:.80} is not the name of a file")
    return name


def check_target(path):
    """The file to which `path` leads, or the error that writing it would raise."""
    name = name_of(path)
    target = Path(os.path.realpath(name))
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        if name.endswith(os.sep):
            raise OptionError(f"{name} names a folder: give the name of a file") from None
        if not target.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, f"there is no folder {target.parent} to write to", name) from None
        if not os.access(target.parent, os.W_OK):
            raise PermissionError(errno.EACCES, "the folder is write-protected", name) from None
        return target
    if not stat.S_ISREG(mode):
        raise OptionError(f"{name} is {_kind(mode)}: give the name of a regular file, or one that is not there yet")
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is write-protected", name)
    return target


def reading(path):
    """Open a regular file for reading bytes.

    Raises
    ------
    FileNotFoundError
        If there is none.
    FileFormatError
        If something else is there, which might never come to an end.
    OptionError
        If `path` is not the name of a file.
    """
    name = name_of(path)
    mode = os.stat(name).st_mode
    if not stat.S_ISREG(mode):
        raise FileFormatError(f"{name} is {_kind(mode)}, not a regular file")
    return open(name, "rb")


def text_of(path):
    """The text of a file that a user has written, in UTF-8.

    Raises
    ------
    OptionError
        If there is no such file, or it cannot be read.
    FileFormatError
        If it is not text, or something else than a regular file.
    """
    try:
        with reading(path) as file:
            return file.read().decode("utf-8")
    except OSError as error:
        raise OptionError(f"{os.fsdecode(path)} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FileFormatError(f"{os.fsdecode(path)} is not text in UTF-8: {error}") from error


def json_of(path):
    """What a file of JSON holds that pylyap has written.

    Raises
    ------
    OSError
        If it cannot be read.
    FileFormatError
        If it is damaged, or something else than a regular file.
    """
    with reading(path) as file:
        content = file.read()
    try:
        return from_json(content)
    except FileFormatError as error:
        raise FileFormatError(f"{os.fsdecode(path)} is damaged ({error})") from error


def record_of(path, kind, kinds):
    """A file of JSON as `kind(**entries)`, of which each entry named in `kinds` is of the kind given there, and a number is one.

    Raises
    ------
    OSError, FileFormatError
        As of `json_of`, and if the entries are others.
    """
    try:
        record = kind(**json_of(path))
    except TypeError as error:
        raise FileFormatError(f"{os.fsdecode(path)} has other entries: {error}") from error
    for name, allowed in kinds.items():
        value = getattr(record, name)
        if isinstance(value, bool) or not isinstance(value, allowed) or (isinstance(value, int) and not is_number(value)):
            raise FileFormatError(f"{os.fsdecode(path)}: {name} = {value!r:.80} is not of the right kind")
    return record


def is_number(value):
    """Whether a value of JSON is a number that can be calculated with; it may be NaN or infinite."""
    return isinstance(value, float) or (isinstance(value, int) and abs(value) < LARGEST)


def from_json(content):
    """The value of JSON in UTF-8; FileFormatError for anything else, numbers that are too long, and lists that are too deep."""
    try:
        value = json.loads(content.decode("utf-8"), parse_int=_whole_number)
    except (ValueError, RecursionError) as error:
        raise FileFormatError(str(error)) from error
    level = [value]
    for _ in range(MOST_LEVELS):
        level = [child for parent in level for child in _children(parent)]
    if level:
        raise FileFormatError(f"more than {MOST_LEVELS} lists and dicts within each other")
    return value


def _children(value):
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _whole_number(digits):
    if len(digits) > MOST_DIGITS:
        raise FileFormatError(f"a number of {len(digits)} digits")
    return int(digits)


def save_figure(figure, path, dpi=130):
    """Write a figure of matplotlib, in the format that the name ends in, png by default."""
    with writing(path) as file:
        figure.savefig(file, dpi=dpi, format=Path(os.fsdecode(path)).suffix.lstrip(".").lower() or "png")


def _kind(mode):
    kinds = {
        stat.S_IFDIR: "a folder", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device", stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
    }  # fmt: skip
    return kinds.get(stat.S_IFMT(mode), "of an unknown kind")


def remove_drafts(path):
    """Remove what `writing` with `keep_previous` has left where it was killed."""
    target = Path(os.path.realpath(os.fsdecode(path)))
    for draft in target.parent.glob(f".{glob.escape(target.name[:LONGEST])}-" + 8 * "[0-9a-f]"):
        with contextlib.suppress(OSError):
            draft.unlink()


def _new_draft(target, kept, start):
    """An empty file with the mode and owner that the target has, or a new file would have."""
    name = f"{start}-{secrets.token_hex(4)}"  # short: the target's own name may have the greatest length allowed
    for folder in (target.parent, Path(tempfile.gettempdir())):
        try:
            os.close(os.open(folder / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600 if kept else 0o666))
            break
        except PermissionError:
            if kept is None:
                raise
    return folder / name


def _publish(draft, target, kept):
    """Put the complete draft in the place of the target."""
    if kept is None:
        os.replace(draft, target)
    elif not _replaced(draft, target):
        with open(draft, "rb") as source, open(target, "r+b") as file:
            shutil.copyfileobj(source, file, 1 << 20)
            file.truncate()
            os.fsync(file.fileno())
    _sync_folder(target.parent)


def _replaced(draft, target):
    """Replace the target by the draft, with the target's mode and owner; False where that cannot be done."""
    there = target.stat()
    if there.st_nlink > 1 or draft.parent != target.parent:
        return False
    try:
        shutil.copystat(target, draft)  # mode and extended attributes; the times are those of now
        os.utime(draft)
        made = draft.stat()
        if (made.st_uid, made.st_gid) != (there.st_uid, there.st_gid):
            os.chown(draft, there.st_uid, there.st_gid)
            os.chmod(draft, stat.S_IMODE(there.st_mode))  # a new owner may have cost the bits for set-id
        os.replace(draft, target)
    except OSError as error:  # another's file, a mount point, a folder in which only owners may delete
        if error.errno not in (errno.EPERM, errno.EACCES, errno.EBUSY, errno.EXDEV):
            raise
        return False
    return True


def _sync_folder(folder):
    """Make a new name in a folder last; not every system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
