"""A lesson as a page: what students get, with what the solved lesson printed and drew.

Of an exercise the page shows the statement, the student's cell, hints that unfold one by one, and the model
answer, folded. What a page can judge (`answers`) is answered there; the rest is for the notebook. Before an
exercise stand its rungs, which are in no notebook.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader import catalogue
from grader.building.executed import executed
from grader.building.lesson import Lesson
from grader.exercise import Exercise, Number
from grader.exercise.solution import BEGIN, END
from grader.handbook.plan import time_of
from grader.judging.panel import rich
from grader.site.answers import BETWEEN, Answers
from grader.site.figures import Figures
from grader.site.functions import imports
from grader.site.opening import opening
from grader.site.rung import Rung, rungs_of

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
SHOWN = ("text/html", "image/png", "text/plain")  # of an output, the first that there is
HERE = """<div class="answer" data-exercise="{id}"><noscript>With JavaScript, the page checks your answer
here.</noscript></div>"""
ELSEWHERE = '<p class="elsewhere">In the notebook, <code>{call}</code> judges what you write.</p>'
OF_A_NOTEBOOK = ("sign_in(", "progress(")  # cells about who works in it, and how far they are
WARM_UP = """### Warm-up · {title}

*Plain Python, judged in this page, for no points.*

{text}"""
_MARK = re.compile(rf"^ *({BEGIN}|{END})\n?", re.MULTILINE)


def lesson_page(lesson: Lesson, files: Path, address: str) -> NotebookNode:
    """The notebook that MyST-NB makes a page of.

    Args:
        files: the folder for the page's figures and for what it judges by.
        address: how the page reaches that folder.
    """
    figures, answers = Figures(files, address), Answers(lesson)
    stubs = {cell.id: cell.source for cell in nbformat.read(lesson.released, as_version=4).cells}
    exercises = {exercise.id: exercise for exercise in catalogue.of_lesson(lesson.name)}
    rungs = rungs_of(lesson.name)
    cells: list[NotebookNode] = []
    in_words = 0  # how many answers a person grades, in a class
    for cell in executed(lesson, "page").cells:
        asked = cell.metadata.get("nbgrader", {})
        exercise = exercises.get(asked.get("grade_id", "").removesuffix("_answer"))
        if cell.source.startswith(OF_A_NOTEBOOK):
            continue
        if cell.cell_type == "markdown":
            of = asked.get("grade_id", "").removesuffix("_statement")
            cells += [_warm_up(rung, answers) for rung in rungs if rung.before == of]
            if of in exercises and isinstance(exercises[of], Number):
                cell.source = cell.source.replace("`given.", "`")  # the page has a line with the numbers
            in_words += bool(asked.get("solution"))
            cells += _words(cell, asked, figures)
        elif exercise is None:
            cells.append(_ran(cell, figures))
        elif asked["solution"]:
            cells += _asked(exercise, cell, stubs[cell.id], answers)
        # the graded cell would say "Right" of an answer that is not the reader's
    title, _, rest = cells[0].source.partition("\n")
    cells[0].source = f"{title}\n\n{opening(lesson, files, address)}\n{rest}"
    answers.write(files)
    cells.append(_markdown(f'<script defer src="{address}/{answers.FILE}"></script>', "answers"))
    asked = {
        "exercises": len(exercises) + in_words,
        "time": time_of(lesson.source.read_text(encoding="utf-8")),
    }
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "asked": asked})


def _words(cell: NotebookNode, asked: dict[str, Any], figures: Figures) -> list[NotebookNode]:
    """A cell of text, with its pictures. Of a question for a person, the model answer is folded."""
    for name, picture in cell.get("attachments", {}).items():
        image = rf'<img loading="lazy" src="{figures.picture(picture["image/png"])}" alt="\1">'
        cell.source = re.sub(rf"!\[([^\]]*)\]\(attachment:{re.escape(name)}\)", image, cell.source)
    if asked.get("solution"):
        return [_markdown(_folded("What a good answer says", _MARK.sub("", cell.source)), cell.id)]
    return [_markdown(cell.source, cell.id)]


def _ran(cell: NotebookNode, figures: Figures) -> NotebookNode:
    """A cell of code with what it printed and drew."""
    outputs = [shown for output in cell.outputs if (shown := _shown(output, figures))]
    return nbformat.v4.new_code_cell(cell.source, id=cell.id, outputs=outputs)


def _shown(output: NotebookNode, figures: Figures) -> NotebookNode | None:
    """An output as the page has it: one kind of it; nothing of what is said to a person at a kernel."""
    if output.output_type == "stream":
        return output if output.name == "stdout" else None
    if output.output_type == "error":
        return None
    kind = next((kind for kind in SHOWN if output.data.get(kind)), None)
    if kind is None:
        return None
    data = {kind: figures.apart(output.data[kind]) if kind == "text/html" else output.data[kind]}
    return nbformat.v4.new_output("display_data", data=data)


def _asked(exercise: Exercise, cell: NotebookNode, stub: str, answers: Answers) -> list[NotebookNode]:
    """The cell for the answer, or the place to give it in; hints; the model answer."""
    here = answers.add(exercise)
    code = [] if here else [nbformat.v4.new_code_cell(stub, id=cell.id)]
    parts = [
        HERE.format(id=exercise.id) if here else ELSEWHERE.format(call=escape(exercise.call)),
        _hints(exercise),
        _folded("The model answer", f"```python\n{_model(exercise, cell.source)}\n```"),
    ]
    return [*code, _markdown("\n\n".join(parts), f"{cell.id}-more")]


def _warm_up(rung: Rung, answers: Answers) -> NotebookNode:
    """A rung: statement, place for the answer, hints, model answer."""
    answers.add(rung)
    parts = [
        WARM_UP.format(title=rung.title, text=rung.text),
        HERE.format(id=rung.id),
        _hints(rung),
        _folded("The model answer", f"```python\n{imports(rung)}{_model(rung, rung.solution)}\n```"),
    ]
    return _markdown("\n\n".join(parts), f"{rung.id}-rung")


def _hints(exercise: Exercise) -> str:
    """Each hint unfolds inside the one before it: one by one, without a script."""
    total, html = len(exercise.hints), ""
    for number, hint in reversed([*enumerate(exercise.hints, 1)]):
        html = f"<details><summary>Hint {number} of {total}</summary><p>{rich(hint)}</p>{html}</details>"
    return html.replace("<details>", '<details class="hint">', 1)


def _model(exercise: Exercise, source: str) -> str:
    """The solved cell without the marks; of an answer that is a value, what is between them."""
    if exercise.kind in ("function", "module", "property test", "training outcome"):
        return _MARK.sub("", source).strip("\n")
    return "\n".join(found.strip("\n") for _, found in BETWEEN.findall(source + "\n"))


def _folded(title: str, text: str) -> str:
    return f'<details class="model"><summary>{title}</summary>\n\n{text}\n\n</details>'


def _markdown(source: str, id: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(source, id=id[:64])
