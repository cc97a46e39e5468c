"""What a student calls in a notebook: `check`, `hint`, `mine`, `numbers`, `progress`, `sign_in`.

Advice, given at once and in this process. The score of a submission never comes from here: it is worked
out by the judge in another process (`grader.plugins`).
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from grader import carrying, catalogue
from grader.asking import clock, given
from grader.asking.ordinary import ordinary_state
from grader.asking.outcome import Failure, Outcome
from grader.asking.respond import read_reply, reply
from grader.asking.rules import LATE, MISSING, sentence
from grader.asking.watch import ours
from grader.carrying import mine
from grader.catalogue import Told, UnknownExercise
from grader.demonstrations import explained
from grader.exercise import Exercise, Number
from grader.hidden_names import hidden
from grader.judging import panel
from grader.judging.examination import examine, request
from grader.judging.judge import judge
from grader.judging.verdict import Status, Verdict
from grader.questions.personal import belongs, own_key, own_name, plain_key, plain_name
from grader.questions.record import MIME, Record
from grader.student import EXECUTION, cells, is_graded

UNCHECKED = "Nothing to compare with is in this edition of the course: it is graded when you have handed in."
BUSY = (
    "The machine was busy with other work, and let it wait for {:.0f} seconds besides: if there is no such "
    "loop, check it again when that is over."
)
GET_YOUR_OWN = 'In a class, sign_in("NAME", key="KEY") gives you your own: then run this cell again.'
__all__ = ["check", "hint", "mine", "numbers", "progress", "sign_in"]

cells.follow_this_kernel()
_hints_given: Counter[str] = Counter()


class Score(float):
    """The score of a check. Its plain text is the bare number, which is what nbgrader reads."""

    def __new__(cls, verdict: Verdict) -> Score:
        score = super().__new__(cls, verdict.score)
        score.verdict = verdict
        return score

    verdict: Verdict

    def _repr_html_(self) -> str:
        return ""  # the panel above it has said it all


def check(answer: Any) -> Score:
    """Check an answer and say what holds, what does not, and which known mistake it equals.

    Args:
        answer: the function or class itself, or the name of the answer in quotes.

    Returns:
        The score. Checking is free: check as often as you like.
    """
    exercise, namespace = _locate(answer, sys._getframe(1).f_globals)
    verdict = _verdict(exercise, namespace, sys._getframe(1).f_globals)
    verdict, before = _of_its_cell(verdict)
    after = carrying.went_on(exercise, verdict)
    plain = "\n".join(filter(None, [panel.plain(verdict, before=before), after]))
    _show(panel.html(verdict, before=before, footer=after or _offer(exercise, verdict)), plain)
    if os.environ.get(EXECUTION) == "validate" and not verdict.is_right:
        print(plain, file=sys.stderr)  # nbgrader's Validate button shows what is on stderr
    return Score(verdict)


@ours()
def hint(name: Any) -> None:
    """Show the next hint of an exercise. Hints never cost points; each call shows one more."""
    exercise = catalogue.find(_name(name))
    total = len(exercise.hints)
    shown = _hints_given[exercise.id] = min(_hints_given[exercise.id] + 1, total)
    told = [f"Hint {i} of {total}: {text}" for i, text in enumerate(exercise.hints[:shown], start=1)]
    if shown == total:
        after = "That was the last hint. Hints never cost points."
    else:
        nearly = "It nearly gives the answer away. " if shown + 1 == total else ""
        after = f'For the next hint, run `hint("{exercise.id}")` again. {nearly}Hints never cost points.'
    body = "".join(f'<p style="margin:.2em 0">{panel.rich(line)}</p>' for line in told)
    body += f'<p style="margin:.4em 0 0;opacity:.8">{panel.rich(after)}</p>'
    _show(panel.card(body, "#3b7dd8", "Hint"), "\n".join([*told, after]))


def progress() -> None:
    """Show how far you are, in each lesson and in the course: it is kept when a kernel ends."""
    rows = carrying.so_far()
    width = max(len(name) for name, _ in rows)
    told = "".join(f"<tr><td>{name}</td><td>{panel.rich(far)}</td></tr>" for name, far in rows)
    plain = "\n".join(f"{name:<{width}}  {far}" for name, far in rows)
    _show(panel.card(f"<table>{told}</table>", "#3b7dd8", "Progress"), plain)


@ours()
def numbers(name: str) -> SimpleNamespace:
    """The values of an exercise that are yours alone, for example ``numbers("layer_gflops").L``.

    They are shown, with whose they are. With what is shown the notebook keeps a record of it, so that what
    you answer is graded with the numbers that you saw.
    """
    exercise = catalogue.find(name)
    if not isinstance(exercise, Number):
        raise UnknownExercise(f"The exercise {name!r} has no numbers of your own; it is a {exercise.kind}.")
    graded = given.handed_in()
    if graded is not None:
        print(f"Graded with {given.in_words(graded[name])}.")
        return SimpleNamespace(**graded[name])
    with ordinary_state():
        key, student, values = exercise.own(own_key(), plain_name(own_name()))
    told = given.in_words(values)
    if os.environ.get("COURSE_KEY") and key == own_key():
        line = f"{student}'s numbers: {told}"
    else:
        line = f"Practice numbers: {told}\n{GET_YOUR_OWN}"
    record = Record.prove(key, student, name, given.as_text({name: values}))
    _display({"text/plain": line, MIME: record.to_json()}, line)
    return SimpleNamespace(**values)


def sign_in(student: str, key: str | None = None) -> None:
    """Say who you are, so that `numbers` gives you your own values. With nothing in it, it does nothing.

    Args:
        student: your id in the course.
        key: the key that your instructor gave you; without one the values are for practice.

    Raises:
        WrongKey: it is not the key of that id.
    """
    if is_graded():
        return  # who it is is known
    if not all(isinstance(word, str) for word in (student, key or "")):
        raise WrongKey("Write id and key in quotes, as your instructor gave them to you.")
    name, key = plain_name(student), plain_key(key or "")
    if not name and not key:
        return
    if key and not belongs(key, name):
        raise WrongKey(
            f"This is not the key of {name!r}: write id and key as your instructor gave them to you."
            if name
            else "Write your id beside the key, as your instructor gave it to you."
        )
    os.environ["COURSE_STUDENT"] = name
    os.environ.pop("COURSE_KEY", None)  # it is somebody else's
    if key:
        os.environ["COURSE_KEY"] = key
        print(f"You are {name}. Where a cell has shown you other numbers before, run it again.")
    else:
        print(f"You are {name}, and without a key your numbers are for practice.")


class WrongKey(Told, ValueError):
    """A key that is not that of the name beside it."""


# -- finding what is meant ------------------------------------------------------------------------------


def _name(answer: Any) -> str:
    return answer if isinstance(answer, str) else getattr(answer, "__name__", type(answer).__name__)


def _locate(answer: Any, caller: Mapping[str, Any]) -> tuple[Exercise, Mapping[str, Any]]:
    """The exercise that is meant, and the names among which its answer is found."""
    try:
        exercise = catalogue.find(_name(answer))
    except UnknownExercise:
        # check(overtakes) instead of check("overtakes"), or a function under another name
        held = [e for e in catalogue.every_exercise() if e.id in caller and caller[e.id] is answer]
        if len(held) > 1:
            quoted = " or ".join(f'check("{e.id}")' for e in held)
            raise UnknownExercise(f"Several answers have this value; write {quoted}.") from None
        if not held and not (isinstance(answer, str) or hasattr(answer, "__name__")):
            raise UnknownExercise('Write the exercise\'s name in quotes, like check("attention").') from None
        if not held:
            raise
        exercise = held[0]
    return exercise, caller if isinstance(answer, str) else {exercise.id: answer}


def _verdict(exercise: Exercise, namespace: Mapping[str, Any], caller: dict[str, Any]) -> Verdict:
    if not exercise.checked_here:
        return Verdict(exercise.id, exercise.title, 0.0, exercise.points, Status.UNCHECKED, message=UNCHECKED)
    with ordinary_state():
        examination = examine(exercise, own_key())
        # as text, although it stays in this process: what is graded takes the same road
        asked = request(exercise, examination.payloads)
        with hidden(exercise.lesson, caller) as missing:
            found = {} if exercise.id in missing else namespace
            before = clock.waited()
            response = read_reply(reply(asked, found, catalogue.implementations), len(examination.order))
            waited = clock.waited() - before
        if waited > exercise.seconds:
            response = replace(response, outcomes=[_beside_others(o, waited) for o in response.outcomes])
        response = examination.in_place(response)
        verdict = judge(exercise, examination.questions, response)
        return explained(verdict, response.outcomes, missing)


def _beside_others(outcome: Outcome, waited: float) -> Outcome:
    """The outcome of a question that was asked on a busy machine: where it was late, that is said as well."""
    failure = outcome.failure
    if failure is None or failure.rule != LATE:
        return outcome
    return Outcome(failure=Failure.by_judge(f"{failure} {BUSY.format(waited)}"))


def _of_its_cell(verdict: Verdict) -> tuple[Verdict, str]:
    """The verdict, and what is said before it where the cell that was to define the answer has failed."""
    name, error = verdict.exercise, cells.error_of(verdict.exercise)
    if error and verdict.message == sentence(MISSING, {"name": name}):
        return replace(verdict, message=cells.FAILED.format(name, error, name)), ""
    return verdict, cells.OLDER.format(name, error) if error else ""


def _offer(exercise: Exercise, verdict: Verdict) -> str:
    left = len(exercise.hints) - _hints_given[exercise.id]
    if verdict.is_right or not left:
        return ""
    return f'Stuck? `hint("{exercise.id}")` – {left} hint{"s" if left > 1 else ""} left, free.'


def _show(as_html: str, as_text: str) -> None:
    """HTML where it can be shown, plain text everywhere else."""
    _display({"text/html": as_html, "text/plain": as_text}, as_text)


def _display(data: Mapping[str, Any], as_text: str) -> None:
    """A display in a notebook, plain text everywhere else."""
    if "IPython" in sys.modules:
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            display(data, raw=True)
            return
    print(as_text)
