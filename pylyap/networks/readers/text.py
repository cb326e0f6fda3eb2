"""Tables of text: csv, tsv, txt, plain or gzipped; matrices with and without labels, and lists of edges."""

from __future__ import annotations

import csv
import gzip
import re
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import NetworkError
from . import edges, say_direction

if TYPE_CHECKING:
    from pathlib import Path

LAYOUTS = ("auto", "matrix", "labelled", "edges")
# numbers written in ways that are not read, which must not pass for names: per cent, complex, with commas in thousands
_ODD_NUMBER = re.compile(
    r"[-+]?[\d.,]+\s*%|\(?[-+]?[\d.]+(e[-+]?\d+)?[-+][\d.]+(e[-+]?\d+)?[ij]\)?|[-+]?\d{1,3}(,\d{3})+\.\d*", re.IGNORECASE
)
_FORTRAN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[dD][-+]?\d+")
_COMMENT_BEHIND = re.compile(r"[-+\d.,;eE\s]*\s#")  # behind numbers; a name may hold the sign
_LINE = "; or make an array yourself, such as by pandas.read_csv(path, index_col=0).to_numpy(), and give that"
_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+([eE][-+]?\d+)?")
_HEAD = 200  # lines from which the delimiter is told


def read(path: Path, ending: str, *, key: str | None, direction: str | None, layout: str) -> Any:
    """The matrix [to, from] of a file of text."""
    try:
        return _read(path, key, direction, layout)
    except UnicodeDecodeError as error:
        raise NetworkError(
            f"{path} is not text in UTF-8 ({error}): save it as that, or make a table by "
            'pandas.read_csv(path, index_col=0, encoding="latin-1")'
        ) from error


def _read(path, key, direction, layout):
    table = _Table(path)
    rows = table.rows(_HEAD)
    if not rows:
        raise NetworkError(f"cannot read {path} as a table: it is empty")
    _refuse_odd(path, rows)
    header = _is_header(rows)
    if layout == "auto":
        layout = _layout(path, rows, header)
    if layout == "edges":
        return _edges(path, table, rows[0] if header else None, key, direction)
    if key is not None:
        raise NetworkError(f"key = {key!r} names a column of a list of edges, but {path} is read as a matrix")
    W, names = _labelled(path, table, header) if layout == "labelled" else (table.numbers(path), None)
    say_direction(path, W, direction, stacklevel=7)
    W = W.T if direction == "from_to" else W
    if names is None:
        return W
    from ..labelled import with_labels

    return with_labels(W, names)


FORMATS = dict.fromkeys((".csv", ".tsv", ".txt", ".dat", ".edges", ".edgelist"), read)


class _Table:
    """Lines of a file, without marks, comments and blanks, and cut into cells."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            start = file.read(4)
        self.is_compressed = start[:2] == b"\x1f\x8b"
        self._open = gzip.open if self.is_compressed else open
        with self._open(path, "rb") as file:
            start = file.read(4)
        self.encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        head = [line for line, _ in zip(self.lines(), range(_HEAD))]
        self.delimiter, self.decimal_comma = _cut(head)

    def lines(self):
        with self._open(self.path, "rt", encoding=self.encoding, newline=None) as file:
            for line in file:
                line = line.rstrip("\r\n").replace("\u2212", "-")  # a minus as of a text processor
                if "#" in line and (numbers := _COMMENT_BEHIND.match(line)):
                    line = numbers[0][:-1].rstrip()
                if _says_something(line):
                    yield line

    def lines_before_numbers(self, header):
        """How many lines of the file, comments, blanks and a header, come before the first numbers."""
        with self._open(self.path, "rt", encoding=self.encoding, newline=None) as file:
            left = 2 if header else 1
            for number, line in enumerate(file):
                left -= _says_something(line)
                if left == 0:
                    return number
        return 0

    def rows(self, most=None):
        """The cells of each line, or of the first lines."""
        lines = self.lines() if most is None else (line for line, _ in zip(self.lines(), range(most)))
        if self.delimiter is None:
            found = [line.split() for line in lines]
        else:
            found = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=self.delimiter)]
        if all(row and row[-1] == "" for row in found[1:]) and len(found) > 1:  # a delimiter that ends each line
            found = [row[:-1] if row[-1] == "" else row for row in found]
        return _without_blank_end([[cell.strip('"') for cell in row] for row in found])

    def number(self, cell):
        if _FORTRAN.fullmatch(cell):
            cell = cell.lower().replace("d", "e")
        return float(cell.replace(",", ".") if self.decimal_comma else cell)

    def numbers(self, path, skip=0):
        """All cells as numbers, rows of one length."""
        lines = self.lines()
        for _ in range(skip):
            next(lines)
        if self.decimal_comma:
            lines = (line.replace(",", ".") for line in lines)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # that there are no lines
                return np.loadtxt(lines, delimiter=self.delimiter, ndmin=2, comments=None)
        except ValueError:
            return self._grid(path, self.rows()[skip:])

    def _grid(self, path, rows):
        """As `numbers`, with blanks and with messages of our own."""
        if len({len(row) for row in rows}) > 1:
            raise NetworkError(f"cannot read {path} as .csv or text: its rows have {_span(map(len, rows))} cells")
        blank = sum(cell == "" for row in rows for cell in row)
        try:
            grid = np.array([[self.number(cell or "0") for cell in row] for row in rows])
        except ValueError as error:
            raise NetworkError(f"cannot read {path} as .csv or text of numbers: {error}{_LINE}") from error
        if blank:
            _say(f"{path}: {blank} blank cells are taken as 0, no connection")
        return grid


def _says_something(line):
    """Whether a line is neither blank nor a comment."""
    return bool(line.strip()) and not line.lstrip().startswith(("#", "%")) and not re.fullmatch(r"sep=.\s*", line)


def _without_blank_end(rows):
    """Rows without blank ones at the end, as of a spreadsheet, if those before are enough for a square."""
    n = len(rows)
    while n and not any(rows[n - 1]):
        n -= 1
    needed = len(rows[0]) + any(cell and not _is_number(cell) for cell in rows[0]) if rows else 0
    return rows[:n] if n >= needed else rows


def _refuse_odd(path, rows):
    """Raise NetworkError for what is no table, and for numbers that would be taken as names."""
    if rows[0][0].startswith(("[", "{")):
        raise NetworkError(
            f"{path} is a list or a printed array, not a table: if it has brackets and commas, make an array by "
            "numpy.array(ast.literal_eval(open(path).read()))"
        )
    if rows[-1][-1].endswith("}"):
        raise NetworkError(
            f"{path} has edges with attributes in braces, as networkx writes them: give pylyap.read_weights("
            "networkx.read_edgelist(path, nodetype=int, create_using=networkx.DiGraph))"
        )
    for row in rows:
        for cell in row:
            if _ODD_NUMBER.fullmatch(cell):
                raise NetworkError(f"{path} has the cell {cell!r}, a number in a way that is not read: write plain numbers{_LINE}")


def _cut(head):
    """(delimiter, whether numbers have decimal commas); None stands for any blanks."""
    for sign in ("\t", ";", "|"):
        if head and all(sign in line for line in head):
            cells = [cell.strip() for line in head for cell in line.split(sign)]
            return sign, any(map(_DECIMAL_COMMA.fullmatch, cells))
    cells = [cell for line in head for cell in line.split()]
    spaced = head and all(len(line.split()) > 1 for line in head)
    with_comma = [cell for cell in cells if "," in cell]
    if spaced and with_comma and all(map(_DECIMAL_COMMA.fullmatch, with_comma)):
        return None, True
    return ("," if any("," in line for line in head) else None), False


def _is_number(cell):
    return bool(re.fullmatch(r"[-+]?(\d+[.,]?\d*|[.,]\d+)([eEdD][-+]?\d+)?|[-+]?(nan|inf|infinity)", cell.strip(), re.I))


def _is_header(rows):
    """Whether the first line holds names: text above numbers, a blank corner, or one cell less than the others."""
    first = rows[0]
    if len(rows) > 1 and (first[0] == "" or len(first) == len(rows[1]) - 1):
        return True
    if edges.ends(first) is not None or edges.pair(first) is not None:
        return True
    below = rows[1] if len(rows) > 1 else []
    return any(not _is_number(a) and (_is_number(b) or b == "") for a, b in zip(first, below))


def _layout(path, rows, header):
    """What a table is, or NetworkError if it may be two things."""
    body = rows[1:] if header else rows
    width = max(map(len, body), default=0)
    named = any(not _is_number(row[0]) and row[0] for row in body)
    if header:
        return _layout_below(path, rows[0], body, width)
    if width in (2, 3) and all(len(row) == width for row in body):
        names = [tuple(row[:2]) for row in body]
        if not any(_is_number(cell) or not cell for pair in names for cell in pair):
            return "edges"
        ids = all(_is_id(cell) for pair in names for cell in pair)
        if not ids and len(body) > width and all(map(_is_whole, (cell for pair in names for cell in pair))):
            return "edges"  # as numpy.savetxt writes ids; no square
        may_be_edges = ids and len(set(names)) == len(names) and all(_weight_of(row) for row in body)
        if len(body) != width and ids:
            column, first = [row[0] for row in body], body[0]
            may_be_labelled = ids and (
                (width == len(body) + 1 and len(set(column)) == len(body))
                or (len(body) == width + 1 and all(map(_is_id, first)) and len(set(first)) == width)
            )
            return _refused(path, "a list of edges", "labelled") if may_be_labelled else "edges"
        if may_be_edges:
            return _refused(path, "a list of edges", "matrix")
    if named:
        return "labelled"
    first, column = rows[0], [row[0] for row in rows]
    if len(rows) > _HEAD - 1 or not all(map(_is_id, column[1:])):
        ids_left = False
    else:
        ids_left = len(set(column[1:])) == len(column) - 1
    if width == len(rows) == len(first) and ids_left and first[1:] == column[1:] and width > 2:
        return _refused(path, "a table with ids in its first row and column", "matrix", "labelled")
    if width == len(rows) + 1 and all(map(_is_id, column)) and len(set(column)) == len(column):
        return "labelled"
    if len(rows) == width + 1 and all(map(_is_id, first)) and len(set(first)) == width:
        return "labelled"
    return "matrix"


def _layout_below(path, header, body, width):
    """What a table with a header is."""
    if edges.ends(header) is not None or edges.pair(header) is not None:
        return "edges"
    has_ids = width == 3 and all(_is_whole(cell) for row in body for cell in row[:2])
    if has_ids and len(header) == 3 and edges.plain(header[2]) in edges.WEIGHTS:
        return _refused(path, "a list of edges", "labelled") if len(body) == 3 else "edges"
    return "labelled"


def _is_whole(cell):
    """Whether a cell is a whole number from 0, also one with decimals."""
    return _is_number(cell) and float(cell.replace(",", ".")).is_integer() and float(cell.replace(",", ".")) >= 0


def _is_id(cell):
    return bool(re.fullmatch(r"\d+", cell))


def _weight_of(row):
    return len(row) == 2 or (_is_number(row[2]) and float(row[2].replace(",", ".")) != 0)


def _refused(path, what, other, own="edges"):
    raise NetworkError(
        f'{path} may be {what} or something else: give read_weights layout="{own}" if it is that, or layout="{other}"'
    )


def _labelled(path, table, header):
    """A matrix with names in its first row, its first column, or both, in the order of its rows, and these names."""
    from ..labels import order

    rows = table.rows()
    if not header and not _column_of_names(rows):  # ids, all of them numbers
        header = len(rows) >= len(rows[0])
    first, body = (rows[0], rows[1:]) if header else ([], rows)
    width = len(body[0]) if body else 0
    if width < 2:
        raise NetworkError(f"{path} has lines of one cell, such as {rows[-1][0]!r}: separate cells by commas, semicolons, tabs or blanks")
    beside = not header or len(first) == width - 1 or width == len(body) + 1 or _column_of_names(body)
    if not beside:
        if width != len(body):
            raise NetworkError(f"{path} has {width} columns and {len(body)} rows below its header: a matrix is square")
        return table._grid(path, body), _all_different(first)
    if any(len(row) != width for row in body):
        raise NetworkError(f"cannot read {path} as .csv or text: its rows have {_span(map(len, body))} cells")
    grid = table._grid(path, [row[1:] for row in body])
    rows = [row[0] for row in body]
    if not header:
        return grid, _all_different(rows)
    names = first if len(first) == width - 1 else first[1:]
    return grid[:, order(f"{path}", rows, names, 'layout="matrix" without them,')], rows


def _all_different(names):
    return names if len(set(names)) == len(names) else None


def _column_of_names(rows):
    return any(not _is_number(row[0]) for row in rows)


def _edges(path, table, header, key, direction):
    """The matrix of a list of edges; numbers are read by NumPy's parser, in which they stay whole numbers."""
    example = table.rows(2)[-1]
    width = len(example)
    columns = header or ["source", "target", "weight"][:width]
    named = edges.ends(header) if header else None
    if width < 2 or (header is None and width > 3):
        raise NetworkError(f"{path} has {width} columns: a list of edges without header has 2 or 3")
    if named and direction is not None and direction != "from_to":
        raise NetworkError(
            f"{path} names its columns {columns[named[0]]} and {columns[named[1]]}, direction = {direction!r} contradicts "
            "that: leave it out"
        )
    first = (edges.pair(header) if header and not named else None) or (0, 1)
    if header and not named and direction is None and edges.says_no_direction([columns[place] for place in first]):
        raise NetworkError(
            f"{path} names its columns {columns[first[0]]} and {columns[first[1]]}, which does not tell the direction: give "
            'read_weights direction="from_to" if an edge comes from the first one, or "to_from"'
        )
    source, target = named or (first[::-1] if direction == "to_from" else first)
    weight = edges.weight_column(list(columns), (source, target), key, path)
    numbered = [example[place].lstrip("-") for place in (source, target)]
    whole = all(map(_is_id, numbered)) or all(map(_is_whole, numbered))
    use = [source, target] + ([] if weight is None else [weight])
    found = None
    if whole:
        found = _fast(path, table, use, header)
    if found is None:
        rows = table.rows()[1 if header else 0 :]
        try:
            found = [np.array([row[place] for row in rows]) for place in use[:2]]
            found += [np.array([table.number(row[place]) for row in rows]) for place in use[2:]]
        except (ValueError, IndexError) as error:
            raise NetworkError(f"cannot read {path} as a list of edges: {error}{_LINE}") from error
        lacking = sum(not row[source] or not row[target] for row in rows)
        if lacking:
            raise NetworkError(f"{path} has {lacking} edges without a unit at one end: remove these lines, or name the units")
    from ..labelled import with_labels

    weights = found[2] if weight is not None else np.ones(len(found[0]))
    W, names = edges.matrix_of(found[0], found[1], weights)
    assumed = (
        "" if named or direction else '; the first column is taken as where an edge comes from (direction="from_to")'
    )
    ones = f", weighted by {columns[weight]!r}" if weight is not None and header else ""
    ones = "; without weights, each is 1" if weight is None else ones
    added = f"; {len(weights) - W.nnz} of them repeat others and are added" if W.nnz < len(weights) else ""
    _say(f"{path}: {len(weights)} edges among {len(names)} units{ones}{added}{assumed}")
    return with_labels(W, names)


def _fast(path, table, use, header):
    """Columns of a list of edges between numbered units, or None if a line is different."""
    example = table.rows(2)[-1]
    id_kind = np.int64 if all(_is_id(example[place].lstrip("-")) for place in use[:2]) else float
    kinds = [("source", id_kind), ("target", id_kind), ("weight", float)][: len(use)]
    options = dict(dtype=kinds, usecols=use, ndmin=1, delimiter=table.delimiter, quotechar='"')
    try:
        return _columns(_parsed_in_pieces(table, header is not None, options), kinds)
    except (ValueError, OverflowError):
        pass
    lines = table.lines()
    if header:
        next(lines)
    if table.decimal_comma:
        lines = (line.replace(",", ".") for line in lines)
    try:
        return _columns(np.loadtxt(lines, comments=None, **options), kinds)
    except (ValueError, OverflowError):
        return None


def _parsed_in_pieces(table, header, options):
    """The whole file by NumPy's parser, which is fast where it opens the file itself, or ValueError."""
    skipped = table.lines_before_numbers(header)
    path = str(table.path)
    if table.decimal_comma or table.is_compressed != path.endswith(".gz"):  # which NumPy goes by
        raise ValueError("not as NumPy reads it")
    return np.loadtxt(path, comments="#", skiprows=skipped, encoding=table.encoding, **options)


def _columns(array, kinds):
    """The columns, ids as whole numbers; ValueError if they are none, or too large to be told apart as floats."""
    found = [array[name] for name, _ in kinds]
    for place, ids in enumerate(found[:2]):
        if ids.dtype.kind == "f":
            if not (np.equal(np.mod(ids, 1), 0) & (np.abs(ids) < 2.0**53)).all():
                raise ValueError("ids that are not whole")
            found[place] = ids.astype(np.int64)
    return found


def _span(numbers):
    numbers = sorted(set(numbers))
    return f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else str(numbers[0])


def _say(text):
    """In one line what was assumed."""
    warnings.warn(text, stacklevel=8)  # where read_weights was called
