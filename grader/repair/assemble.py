"""The cells of a healed notebook, in the order of the release, with the student's own between them.

A locked cell is always the release's; what a student had written into it stands beside it. A cell that the
student added follows the cell that it followed, where that kept its place, so that added cells never change
their order among themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.demonstrations import needed
from grader.repair.answer import code_beside, gather, join, torn_answers, torn_off
from grader.repair.cells import Cell, Place, Release, Role
from grader.repair.match import in_order
from grader.repair.report import listed
from grader.repair.text import code_within, lines_of, names, parses, squeeze

NO_ANSWER = "There was no answer to this exercise in the notebook that was handed in."
# One who handed in before the lesson had them has lost nothing
PUT_IN = "Cells of the lesson that your notebook did not have were put in"
NOT_RUN = "What you had written into the locked cell beside this one; it was not run:"


def assemble(
    release: Release, cells: Sequence[Cell], places: Sequence[Place | None]
) -> tuple[list[NotebookNode], tuple[str, ...]]:
    """The healed notebook's cells from a submission's and their places, and what was mended for it."""
    assembly = _Assembly(release, cells, places)
    nodes = assembly.nodes()
    return nodes, assembly.mended


class _Assembly:
    """Puts one submission's cells, which are matched, in place."""

    def __init__(self, release: Release, cells: Sequence[Cell], places: Sequence[Place | None]) -> None:
        self.release, self.cells, self.places = release, cells, places
        self._said: dict[str, list[str]] = defaultdict(list)  # sentence -> names of cells
        self._added = 0
        self._put_back: list[tuple[Place, NotebookNode]] = []  # demonstrations, should an answer need them
        self._held: dict[int, list[int]] = defaultdict(list)  # place -> cells
        for index, place in enumerate(places):
            if place is not None:
                self._held[place.index].append(index)
        for place in release.places:
            if place.role is Role.PLAIN:
                del self._held[place.index][1:]  # copies of it are the student's own cells
        self._in_order = in_order(places)
        self._torn = torn_answers(release, cells, places, self._held)
        self._beside = {place.index: self._left_over(place) for place in release.places}
        self._rescued = self._rescue()

    @property
    def mended(self) -> tuple[str, ...]:
        """A sentence for each thing that was mended; known once the nodes are."""
        return tuple(
            f"{said}: {listed(whose)}." if whose else f"{said}." for said, whose in self._said.items()
        )

    def nodes(self) -> list[NotebookNode]:
        """The healed notebook's cells."""
        self._remark()
        following = self._following()
        nodes = self._own(following[-1])
        for place in self.release.places:
            nodes += self._of(place)
            nodes += self._own(following[place.index])
        return self._with_what_is_needed(nodes)

    # -- what stands where ------------------------------------------------------------------------------

    def _following(self) -> dict[int, list[int]]:
        """The student's own cells, by the place that they follow; -1 for those before all."""
        settled = set(self._in_order)
        taken = {index for held in self._held.values() for index in held}
        taken |= {index for torn in self._torn.values() for index in torn}
        following: dict[int, list[int]] = defaultdict(list)
        latest = -1
        for index, place in enumerate(self.places):
            if index in settled and place is not None:
                latest = place.index
            if index not in taken:
                following[latest].append(index)
        return following

    # -- what students write into cells that are not theirs ---------------------------------------------

    def _left_over(self, place: Place) -> list[str]:
        """What a locked cell holds that is not the lesson's."""
        if place.role is not Role.LOCKED:
            return []
        own = lines_of(place.source)
        texts = []
        for index in self._held[place.index]:
            if squeeze(self.cells[index].source) == squeeze(place.source) or self.cells[index].is_untouched:
                continue
            lines = self.cells[index].source.split("\n")
            text = "\n".join(line for line in lines if line.strip() not in own).strip("\n")
            if text.strip():
                texts.append(text)
        return list(dict.fromkeys(texts))

    def _rescue(self) -> dict[int, str]:
        """Answers that are nowhere but in the locked cell before or after, taken from there; by place."""
        rescued = {}
        for place in self.release.places:
            if place.role is not Role.ANSWER or self._held[place.index]:
                continue
            for beside in (place.index - 1, place.index + 1):
                for number, text in enumerate(self._beside.get(beside, ())):
                    if place.index not in rescued and (found := code_within(text, place.own_names)):
                        rescued[place.index], self._beside[beside][number] = found
        return rescued

    # -- cells ------------------------------------------------------------------------------------------

    def _of(self, place: Place) -> Iterator[NotebookNode]:
        if place.role is Role.LOCKED:
            yield from self._locked(place)
        elif place.role is Role.ANSWER:
            yield from self._answer(place)
        else:
            yield from self._plain(place)

    def _locked(self, place: Place) -> list[NotebookNode]:
        held = [self.cells[index] for index in self._held[place.index]]
        other = [cell for cell in held if squeeze(cell.source) != squeeze(place.source)]
        if not held:
            self._say(PUT_IN, place)
        elif any(not cell.is_untouched for cell in other):
            self._say("Locked cells had been changed and are again as in the lesson", place)
        elif other:
            self._say("The lesson has been corrected since you got it; these cells are the new ones", place)
        elif len(held) > 1:
            self._say("Copies of locked cells were left out", place)
        beside = [self._beside_locked(text, place) for text in self._beside[place.index] if text.strip()]
        locked = _released(place, place.source)
        return [*beside, locked] if place.cell.cell_type == "code" else [locked, *beside]

    def _beside_locked(self, text: str, place: Place) -> NotebookNode:
        """What a student had written into a locked cell: run if it defines something, shown in any case."""
        self._say("What you had written into locked cells stands beside them", place)
        if parses(text) and names(text):
            return self._node("code", text)
        if place.cell.cell_type == "markdown":
            return self._node("markdown", text)
        fence = "`" * 3
        while fence in text:
            fence += "`"
        return self._node("markdown", f"{NOT_RUN}\n\n{fence}\n{text}\n{fence}")

    def _answer(self, place: Place) -> list[NotebookNode]:
        torn = self._torn.get(place.index, [])
        indices = sorted([*self._held[place.index], *torn])
        pieces = [self.cells[index].source for index in indices]
        if not pieces and place.index in self._rescued:
            pieces = [self._rescued[place.index]]
            self._say("Answers were taken from the locked cells that they stood in", place)
        if not pieces:
            self._say("There was no cell with an answer for", place)
            is_code = place.cell.cell_type == "code"
            return [_released(place, f"# {NO_ANSWER}" if is_code else f"*{NO_ANSWER}*")]
        answer = gather(place, pieces)
        if torn:
            self._say("Answers that had been split were put together", place)
        elif len(pieces) - answer.copies > 1:
            self._say("Answers in several cells run in their order, and the last definition counts", place)
        if answer.copies:
            self._say("Copies of answers that say nothing new were left out", place)
        return [*(self._node("code", text) for text in answer.before), _released(place, answer.text)]

    def _plain(self, place: Place) -> list[NotebookNode]:
        held = self._held[place.index]
        if not held and place.cell.cell_type == "code":
            missing = _released(place, place.source)
            if place.is_demonstration:
                self._put_back.append((place, missing))
            else:
                self._say(PUT_IN, place)
            return [missing]
        nodes = []
        for index in held:
            node = _released(place, self.cells[index].source)
            if self.cells[index].attachments and node.cell_type != "code":
                node.attachments = deepcopy(dict(self.cells[index].attachments))
            if place.is_demonstration and not names(node.source) <= names(place.source):
                node.metadata.pop("tags")  # it holds something of the student's that others may need
                self._say("Demonstrations that define something of yours were run", place)
            nodes.append(node)
        return nodes

    def _with_what_is_needed(self, nodes: list[NotebookNode]) -> list[NotebookNode]:
        """The cells without the demonstrations that were missing, but for those that an answer needs."""
        of_use = {id(nodes[index]) for index in needed(nodes)}
        for place, node in self._put_back:
            if id(node) in of_use:
                self._say(PUT_IN, place)
        unused = {id(node) for _, node in self._put_back} - of_use
        return [node for node in nodes if id(node) not in unused]

    def _own(self, indices: Sequence[int]) -> list[NotebookNode]:
        """Cells that the student added; one that was split is one again."""
        nodes = []
        while indices:
            index, *others = indices
            cell = self.cells[index]
            after = [self.cells[i].source for i in code_beside(self.cells, self.places, index) if i in others]
            torn = torn_off(cell.source, after) if cell.kind == "code" else 0
            if torn and (text := join([cell.source, *after[:torn]])):
                self._say("Cells of your own that had been split were put together")
                cell = replace(cell, source=text)
            nodes.append(self._added_cell(cell))
            indices = others[torn:]
        return nodes

    def _added_cell(self, cell: Cell) -> NotebookNode:
        """A copy of a demonstration, or a part of one, still is one."""
        node = self._node(cell.kind, cell.source)
        if cell.attachments:
            node.attachments = deepcopy(dict(cell.attachments))
        lines = lines_of(cell.source)
        copied = [place for place, its_lines in self.release.demonstrations if lines <= its_lines]
        if cell.kind == "code" and lines and copied:
            node.metadata.tags = list(copied[0].cell.metadata.tags)
        return node

    def _node(self, kind: str, source: str) -> NotebookNode:
        id = f"added-{self._added:03d}"
        self._added += 1
        make = {
            "code": nbformat.v4.new_code_cell,
            "markdown": nbformat.v4.new_markdown_cell,
            "raw": nbformat.v4.new_raw_cell,
        }
        return make[kind](source, id=id)

    # -- what is said -----------------------------------------------------------------------------------

    def _say(self, sentence: str, place: Place | None = None) -> None:
        self._said[sentence] += [place.name] if place else []

    def _remark(self) -> None:
        """Say what is wrong with cells as such."""
        settled = {self.places[index].index for index in self._in_order}  # type: ignore[union-attr]
        for place in self.release.places:
            held = [self.cells[index] for index in self._held[place.index]]
            if held and place.index not in settled:
                self._say("Cells that had been moved are back in their place", place)
            if any(cell.kind != place.cell.cell_type for cell in held):
                self._say("Cells have the type again that they have in the lesson", place)
            if place.grade_id and any(cell.grade_id != place.grade_id for cell in held):
                self._say("Cells had lost the mark that says what they are", place)
            elif place.grade_id and any(_roles(cell.marks) != _roles(place.marks) for cell in held):
                self._say("Marks that say how cells are graded are again the lesson's", place)
        alien = sum(
            place is None and any(cell.marks.get(mark) for mark in ("grade", "solution", "locked", "task"))
            for cell, place in zip(self.cells, self.places)
        )
        if alien:
            self._say(f"Cells marked as graded that are none of the lesson's count as your own ({alien})")


def _released(place: Place, source: str) -> NotebookNode:
    """A cell of the release with this text."""
    node = deepcopy(place.cell)
    node.source = source
    if node.cell_type == "code":
        node.outputs, node.execution_count = [], None
    return node


def _roles(marks: Mapping[str, Any]) -> dict[str, Any]:
    """What a cell is to nbgrader, whatever it was worth when it was released: that the teacher may change."""
    return {mark: said for mark, said in marks.items() if mark != "points"}
