"""What a small lesson's healed notebook holds, cell by cell."""

from copy import deepcopy

import nbformat
import pytest
from nbgrader.utils import compute_checksum

from grader.configure import DEMONSTRATION
from grader.repair import heal
from grader.repair.assemble import NO_ANSWER, NOT_RUN

PICTURE = {"a.png": {"image/png": "iVBOR"}}


def cell(kind, source, id=None, tags=None, **said):
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}[kind]
    metadata = {"tags": tags} if tags else {"nbgrader": {"grade_id": id, **said}} if said else {}
    return make(source, metadata=metadata, **({"id": id} if id else {}))


TITLE = cell("markdown", "# A lesson", "title")
IMPORTS = cell("code", "import torch", "imports")
SHOWN = cell("code", "plot(1)\nfigure = 2", "shown", tags=[DEMONSTRATION])
STATEMENT = cell("markdown", "Write double.", "statement", locked=True)
ANSWER = cell("code", "def double(x):\n    # your code here", "double_answer", solution=True)
GRADED = cell("code", "check(double)", "double", locked=True, grade=True)
LAST = cell("markdown", "The end.", "last")
LESSON = [TITLE, IMPORTS, SHOWN, STATEMENT, ANSWER, GRADED, LAST]
DONE = "def double(x):\n    return 2 * x"
METADATA = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}


def healed(*cells):
    release = nbformat.v4.new_notebook(cells=deepcopy(LESSON), metadata=METADATA)
    return heal({"cells": list(cells), "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}, release)


def sources(*cells):
    return [cell.source for cell in healed(*cells).notebook.cells]


def lesson(**instead):
    """The lesson with an answer, and some cells replaced by others, by their ids; None for none of them."""
    cells = [{**cell, "source": DONE} if cell is ANSWER else cell for cell in LESSON]
    found = [instead.get(cell["id"], cell) for cell in cells]
    return [nbformat.from_dict(cell) for cell in found if cell is not None]


WHOLE = [cell.source for cell in lesson()]


def edited(cell, source):
    return {**cell, "source": source}


def own(source, kind="code"):
    return cell(kind, source)


def test_a_cell_of_an_earlier_release_is_no_change_of_the_students():
    """nbgrader's checksum tells a lesson that was corrected from a cell that was written into."""
    earlier = nbformat.from_dict(edited(STATEMENT, "Wriet double.\nPlease."))
    earlier.metadata.nbgrader.checksum = compute_checksum(earlier)
    found = healed(*lesson(statement=earlier))
    said = "The lesson has been corrected since you got it; these cells are the new ones: statement."
    assert [cell.source for cell in found.notebook.cells] == WHOLE and found.mended == (said,)
    also = edited(earlier, "Wriet double.\nPlease.\nMy note.")
    found = healed(*lesson(statement=also))
    assert found.mended[0] == "Locked cells had been changed and are again as in the lesson: statement."
    assert "My note." in "\n".join(cell.source for cell in found.notebook.cells)


def test_points_that_were_changed_since_are_no_change_of_the_students():
    """Their cells stand as released then; what they are to nbgrader is a student's to leave alone."""
    worth_more = {**GRADED, "metadata": {"nbgrader": {**GRADED.metadata.nbgrader, "points": 40}}}
    assert healed(*lesson(double=worth_more)).mended == ()
    other = {**GRADED, "metadata": {"nbgrader": {**GRADED.metadata.nbgrader, "grade": False}}}
    said = "Marks that say how cells are graded are again the lesson's: double."
    assert healed(*lesson(double=other)).mended == (said,)


def test_missing_cells_are_put_back_if_they_are_locked_or_run():
    given = lesson(title=None, imports=None, shown=None, statement=None, double=None, last=None)
    assert sources(*given) == ["import torch", "Write double.", DONE, "check(double)"]


def test_a_missing_answer_is_a_cell_that_says_so():
    assert sources(*lesson(double_answer=None))[4] == f"# {NO_ANSWER}"


def test_a_copy_of_a_plain_cell_is_one_s_own_and_runs_where_it_stood():
    again = {**IMPORTS, "source": "import numpy"}
    assert sources(*lesson(), nbformat.from_dict(again)) == [*WHOLE, "import numpy"]


def test_own_cells_stay_between_the_cells_that_kept_their_order():
    first, *rest = lesson()
    given = [own("a = 1"), *rest[:2], own("b = 2"), first, own("c = 3"), *rest[2:], own("d = 4")]
    assert sources(*given) == ["a = 1", *WHOLE[:3], "b = 2", "c = 3", *WHOLE[3:], "d = 4"]


def test_a_piece_of_an_answer_is_in_no_other_cell_as_well():
    given = lesson(double_answer=edited(ANSWER, "    return y"))
    given[4:4] = [own("@staticmethod"), own("def double(x):\n    y = 2 * x")]
    found = sources(*given)
    assert found[4:6] == ["@staticmethod", "def double(x):\n    y = 2 * x\n    return y"]


# -- what stands in locked cells --------------------------------------------------------------------------


def test_what_stands_in_a_locked_cell_runs_before_its_code_and_follows_its_text():
    given = lesson(double=edited(GRADED, "assert True\nmine = 1"), statement=edited(STATEMENT, "Write it!"))
    assert sources(*given)[3:8] == [
        "Write double.",
        "Write it!",
        DONE,
        "assert True\nmine = 1",
        "check(double)",
    ]


@pytest.mark.parametrize("text", ["print(2)", "mine = (", "``` x"])
def test_what_defines_nothing_or_is_no_python_is_shown_and_not_run(text):
    cells = healed(*lesson(double=edited(GRADED, text))).notebook.cells
    shown = next(cell for cell in cells if NOT_RUN in cell.source)
    assert shown.cell_type == "markdown"
    fence = "````" if "```" in text else "```"
    assert shown.source == f"{NOT_RUN}\n\n{fence}\n{text}\n{fence}"


def test_the_same_text_in_two_copies_of_a_locked_cell_is_kept_once():
    broken = edited(GRADED, "mine = 1")
    assert (
        sources(*lesson(double=broken), nbformat.from_dict({**broken, "id": "again"})).count("mine = 1") == 1
    )


@pytest.mark.parametrize("beside", ["statement", "double"])
def test_an_answer_that_stands_in_the_locked_cell_beside_it_is_found(beside):
    held = STATEMENT if beside == "statement" else GRADED
    given = lesson(double_answer=None, **{beside: edited(held, f"{held.source}?\n{DONE}")})
    cells = healed(*given).notebook.cells
    [found] = [c.source for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == "double_answer"]
    assert found == DONE
    assert sum("return 2 * x" in c.source for c in cells) == 1


# -- demonstrations, pictures and outputs -----------------------------------------------------------------


@pytest.mark.parametrize(("source", "is_run"), [("plot(2)\nfigure = 3", False), ("plot(2)\nmine = 3", True)])
def test_a_demonstration_is_run_where_it_defines_something_of_one_s_own(source, is_run):
    found = healed(*lesson(shown=edited(SHOWN, source))).notebook.cells[2]
    assert found.source == source
    assert ("tags" in found.metadata) is not is_run


@pytest.mark.parametrize(
    ("source", "is_shown"), [("plot(1)", True), ("plot(1)\nmine = 2", False), ("", False)]
)
def test_a_copy_of_a_demonstration_or_of_a_part_of_it_is_one(source, is_shown):
    found = healed(*lesson(), own(source)).notebook.cells[-1]
    assert found.metadata.get("tags") == ([DEMONSTRATION] if is_shown else None)


def test_a_copy_of_a_long_demonstration_is_long():
    release = nbformat.v4.new_notebook(cells=deepcopy(LESSON), metadata=METADATA)
    release.cells[2].metadata.tags = [DEMONSTRATION, "long"]
    handed = nbformat.v4.new_notebook(cells=[*lesson(), own("plot(1)")], metadata=METADATA)
    assert heal(handed, release).notebook.cells[-1].metadata.tags == [DEMONSTRATION, "long"]


def test_a_demonstration_that_is_missing_is_put_back_if_an_answer_needs_it():
    needs_it = edited(ANSWER, DONE.replace("2 * x", "2 * x + 0 * len(figure)"))
    found = healed(*lesson(shown=None, double_answer=needs_it))
    assert [cell.source for cell in found.notebook.cells][2] == SHOWN.source
    assert "Cells of the lesson that your notebook did not have were put in: shown." in found.mended
    assert SHOWN.source not in sources(*lesson(shown=None))


def test_pictures_stay_in_texts_of_the_lesson_and_of_one_s_own():
    mine = own("![](attachment:a.png)", "markdown")
    given = [
        *lesson(title={**TITLE, "attachments": PICTURE}),
        nbformat.from_dict({**mine, "attachments": PICTURE}),
    ]
    cells = healed(*given).notebook.cells
    assert cells[0].attachments == cells[-1].attachments == PICTURE


def test_outputs_of_the_release_are_not_handed_on():
    release = nbformat.v4.new_notebook(cells=deepcopy(LESSON), metadata=METADATA)
    release.cells[1] |= {"outputs": [nbformat.v4.new_output("stream", text="hi")], "execution_count": 3}
    found = heal(nbformat.v4.new_notebook(cells=lesson(), metadata=METADATA), release).notebook.cells[1]
    assert (found.outputs, found.execution_count) == ([], None)
