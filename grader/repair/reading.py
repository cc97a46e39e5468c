"""Reading a file that says it is a notebook, whatever is in it.

Python's own JSON reader does the work, told to accept what notebooks in the wild contain: NaN, control
characters, a byte-order mark, text after the end. From each cell only its text, its kind and its names for
itself are taken, and from what it shows the records of a student's own numbers; so nothing else a student can
write into the file goes any further.

What people get wrong: a file that breaks off is not a short notebook. What can be read of it is given back
with ``whole=False``, for somebody who knows the release to say whether that is enough.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grader.questions.record import MIME, Record, read_records
from grader.repair.cells import MARKS, Cell

MAX_BYTES = 64 * 2**20  # a notebook full of figures has 10 MB
MAX_CELLS = 1_000  # our longest lesson has 124
MAX_CHARACTERS = 1_000_000  # of text, outputs not counted; our longest lesson has 50,000
AGAIN = "open it in Jupyter, save it and hand it in again"
CELLS = re.compile(r'"cells"\s*:\s*\[')
COMMA = re.compile(r"[\s,]*")


class NotGradable(Exception):
    """A submission cannot be graded, which is not 0 points; the message says why and what to do."""


@dataclass(frozen=True)
class Reading:
    """What a file holds."""

    cells: tuple[Cell, ...]
    kernel: str | None
    mended: tuple[str, ...]
    whole: bool  # False: the file breaks off, and cells may be missing
    records: tuple[Record, ...] = ()  # of numbers that it showed; anybody may have written them


def read(submission: Mapping[str, Any] | bytes) -> Reading:
    """Read a submission, given as the bytes of its file or as a notebook.

    Raises:
        NotGradable: it is no notebook, or a larger one than a person would write.
    """
    mended: list[str] = []
    whole = True
    raw: Any = submission
    if isinstance(submission, bytes):
        raw, whole = _parse(_text(submission, mended), mended)
    cells = _raw_cells(raw, mended)
    if len(cells) > MAX_CELLS:
        raise NotGradable(
            f"The notebook has {len(cells):,} cells, and {MAX_CELLS:,} is the most that is graded: "
            "take out what the lesson does not need and hand it in again."
        )
    taken = tuple(_cell(cell) for cell in cells if isinstance(cell, Mapping))
    if sum(len(cell.source) for cell in taken) > MAX_CHARACTERS:
        raise NotGradable(
            f"The notebook has more than {MAX_CHARACTERS:,} characters of text: "
            "take out what the lesson does not need and hand it in again."
        )
    if len(taken) < len(cells):
        mended.append(f"Entries of the file that are no cells were left out ({len(cells) - len(taken)}).")
    if broken := sum(_has_broken_outputs(cell) for cell in cells if isinstance(cell, Mapping)):
        mended.append(f"Outputs that could not be read were left out (of cells: {broken}).")
    records = read_records([shown for cell in cells for shown in _shown(cell)])
    return Reading(taken, _kernel(raw), tuple(mended), whole, tuple(dict.fromkeys(records)))


def _text(data: bytes, mended: list[str]) -> str:
    if len(data) > MAX_BYTES:
        raise NotGradable(
            f"The file has {len(data) / 2**20:,.0f} MB, and {MAX_BYTES // 2**20} MB is the most that is "
            "graded: clear the outputs, save it and hand it in again."
        )
    if not data.strip(b"\0 \t\r\n"):
        raise NotGradable(f"The file is empty: find the notebook that you worked in, {AGAIN}.")
    encoding = json.detect_encoding(data)
    if encoding not in ("utf-8", "utf-8-sig"):
        mended.append(f"The file was written as {encoding.upper()} and was read as that.")
    text = data.decode(encoding, errors="replace")
    if "�" in text and "�".encode() not in data:
        mended.append("Some bytes of the file are no text; each was replaced by �.")
    return text


def _parse(text: str, mended: list[str]) -> tuple[Any, bool]:
    """The JSON in a text, and whether it is all there."""
    odd: list[str] = []
    decoder = json.JSONDecoder(strict=False, parse_constant=odd.append, parse_int=_whole_number)
    start = text.find("{")
    try:
        if start < 0:
            raise NotGradable(f"The file is no notebook: find the notebook that you worked in, {AGAIN}.")
        try:
            raw, end = decoder.raw_decode(text, start)
            whole = True
            if text[end:].strip(" \t\r\n\0"):
                mended.append("There was text after the end of the notebook; it was left out.")
        except json.JSONDecodeError:
            raw, whole = _salvage(text, decoder)
            mended.append("The file is damaged; the cells before the damage were read.")
    except RecursionError:
        raise NotGradable(f"The file is nested too deeply to be a notebook: {AGAIN}.") from None
    if odd:
        mended.append("Numbers that a notebook cannot hold (NaN or Infinity) were left out.")
    return raw, whole


def _salvage(text: str, decoder: json.JSONDecoder) -> tuple[dict[str, Any], bool]:
    """The cells before the place where the JSON breaks; the flag says that none can be missing."""
    cells: list[Any] = []
    found = CELLS.search(text)
    position = COMMA.match(text, found.end() if found else len(text)).end()  # type: ignore[union-attr]
    while position < len(text) and text[position] != "]":
        try:
            cell, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError:
            break
        cells.append(cell)
        position = COMMA.match(text, position).end()  # type: ignore[union-attr]
    if not cells:
        raise NotGradable(f"No cell of the file can be read, as it is damaged from the start: {AGAIN}.")
    return {"cells": cells}, text[position : position + 1] == "]"


def _whole_number(digits: str) -> int | None:
    return int(digits) if len(digits) < 100 else None  # Python refuses thousands of digits with an error


def _raw_cells(raw: Any, mended: list[str]) -> list[Any]:
    if isinstance(raw, Mapping):
        if isinstance(raw.get("cells"), list):
            return raw["cells"]
        sheets = raw.get("worksheets")  # the format before 2015
        if isinstance(sheets, list):
            mended.append("The notebook was in the format of before 2015 and was brought up to date.")
            held = [sheet.get("cells") for sheet in sheets if isinstance(sheet, Mapping)]
            return [cell for cells in held if isinstance(cells, list) for cell in cells]
    raise NotGradable(f"The file is JSON but no notebook: find the notebook that you worked in, {AGAIN}.")


def _cell(raw: Mapping[str, Any]) -> Cell:
    kind = raw.get("cell_type")
    if kind not in ("code", "markdown", "raw"):
        kind = "code" if "outputs" in raw or "execution_count" in raw else "markdown"
    metadata = raw.get("metadata")
    said = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    said = said if isinstance(said, Mapping) else {}
    return Cell(
        kind=kind,
        source=_lines(raw.get("source", raw.get("input"))),
        id=_name(raw.get("id")),
        grade_id=_name(said.get("grade_id")),
        marks={mark: said[mark] for mark in MARKS if mark in said},
        attachments=_pictures(raw.get("attachments")) if kind != "code" else {},
        checksum=_name(said.get("checksum")),
    )


def _lines(source: Any) -> str:
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return _clean(source) if isinstance(source, str) else ""


def _clean(text: str) -> str:
    """Unix line ends, and no half of a surrogate pair, which could not be written again."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _name(said: Any) -> str | None:
    return said if isinstance(said, str) and 0 < len(said) <= 100 else None


def _pictures(said: Any) -> dict[str, dict[str, str]]:
    """Pictures pasted into a text."""
    pictures: dict[str, dict[str, str]] = {}
    for name, kinds in said.items() if isinstance(said, Mapping) else ():
        kept = {
            kind: _clean(data)
            for kind, data in (kinds.items() if isinstance(kinds, Mapping) else ())
            if kind in ("image/png", "image/jpeg") and isinstance(data, str)
        }
        if kept:
            pictures[_clean(name)] = kept
    return pictures


def _has_broken_outputs(cell: Mapping[str, Any]) -> bool:
    return "outputs" in cell and not isinstance(cell["outputs"], list)


def _shown(cell: Any) -> Iterator[Any]:
    """What a cell shows under the type of a record."""
    outputs = cell.get("outputs") if isinstance(cell, Mapping) else None
    for output in outputs if isinstance(outputs, list) else ():
        data = output.get("data") if isinstance(output, Mapping) else None
        if isinstance(data, Mapping) and MIME in data:
            yield data[MIME]


def _kernel(raw: Any) -> str | None:
    metadata = raw.get("metadata")
    spec = metadata.get("kernelspec") if isinstance(metadata, Mapping) else None
    return _name(spec.get("name")) if isinstance(spec, Mapping) else None
