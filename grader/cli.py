"""The command line of the grader.

Whatever takes seconds to load (exercises bring PyTorch with them) is loaded by the command that needs it.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from grader import own
from grader.commands import appeal, grading, instructor, keys, leaving, times
from grader.commands.said import fail
from grader.judging import panel
from grader.terminal import console, errors, say

if TYPE_CHECKING:
    from grader.exercise import Exercise
    from grader.judging.verdict import Verdict

app = typer.Typer(
    help="Exercises, checks and grading for the attention course.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def begin() -> None:
    """See that the instructor's own file can be followed, whatever the command is."""
    try:
        own.look_through(Path.cwd())
    except own.OwnError as error:
        raise fail(str(error)) from None


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _find(name: str) -> Exercise:
    from grader import catalogue
    from grader.catalogue import BrokenExercise, UnknownExercise

    try:
        return catalogue.find(name)
    except (BrokenExercise, UnknownExercise) as error:
        raise fail(str(error)) from None


@app.command()
def exercises(as_json: AsJson = False) -> None:
    """List every exercise of the course."""
    from grader import catalogue
    from grader.catalogue import BrokenExercise

    try:
        found = catalogue.every_exercise()
    except BrokenExercise as error:
        raise fail(str(error), code=1) from None
    rows: list[dict[str, Any]] = [
        {
            "id": exercise.id,
            "lesson": exercise.lesson,
            "kind": exercise.kind,
            "title": exercise.title,
            "points": exercise.points,
            "difficulty": exercise.difficulty,
            "minutes": exercise.minutes,
            "parts": list(exercise.parts),
            "slips": len(exercise.slips),
            "hints": len(exercise.hints),
            "lines": len(catalogue.file_of(exercise.id).read_text(encoding="utf-8").splitlines()),
        }
        for exercise in found
    ]
    if as_json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    columns = ("lesson", "id", "kind", "title", "points", "minutes", "parts", "slips", "lines")
    table = Table(box=None, pad_edge=False, title=f"{len(rows)} exercises", title_justify="left")
    for column in columns:
        table.add_column(column, no_wrap=True, justify="left" if column in columns[:4] else "right")
    for row in rows:
        row = row | {"points": f"{row['points']:g}", "parts": len(row["parts"])}
        table.add_row(*(str(row[column]) for column in columns))
    console.print(table)


@app.command()
def judge(
    exercise: Annotated[str, typer.Argument(help="The exercise's id; `grader exercises` lists them.")],
    file: Annotated[Path, typer.Argument(help="A Python file that defines the answer under that name.")],
    as_json: AsJson = False,
    seed: Annotated[int | None, typer.Option(help="Draw the hidden cases from this seed.")] = None,
    student: Annotated[
        str, typer.Option(help="Whose numbers an exercise with personal values is about.")
    ] = "",
) -> None:
    """Judge the answer in a file: exit status 0 for full marks, 1 for anything less."""
    from grader.questions.personal import course_secret, own_key, student_key

    if not file.is_file():
        _find(exercise)  # to be told first, if that is not there either
        raise fail(f"There is no file {file}; give the path of a Python file that defines {exercise}.")
    key = student_key(course_secret(), student) if student else own_key()
    verdict = _judged(exercise, file, key, secrets.randbits(60) if seed is None else seed)
    if as_json:
        print(json.dumps(verdict.to_json(), indent=2, ensure_ascii=False))
    else:
        say(panel.plain(verdict))
    raise typer.Exit(0 if verdict.is_right else 1)


def _judged(exercise: str, file: Path, key: str, seed: int) -> Verdict:
    from grader.judging.apart import NotJudged, judge_apart
    from grader.sandbox.confinement import NotConfined

    try:
        return judge_apart(exercise, file, key, seed)
    except NotJudged as error:
        raise fail(str(error)) from None
    except NotConfined:
        from grader.judging.process import judge_file

        return judge_file(_find(exercise), file, key, seed)


@app.command()
def prove(
    names: Annotated[
        list[str] | None, typer.Argument(help="Exercises to prove; all, if none is named.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Seeds that every correct answer must pass.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """Prove that the checks accept what is right and reject and name what is wrong."""
    from grader import catalogue
    from grader.judging.judge import BrokenReference
    from grader.judging.prove import prove as prove_one

    chosen = [_find(name) for name in names] if names else list(catalogue.every_exercise())
    proofs = []
    for exercise in chosen:
        try:
            with errors.status(f"proving {exercise.id}"):
                proof = prove_one(exercise, seeds)
        except BrokenReference as error:
            raise fail(str(error), code=1) from None
        proofs.append(proof)
        if not as_json:
            say(proof.report(everything=len(chosen) == 1))
    if as_json:
        print(json.dumps([proof.to_json() for proof in proofs], indent=2, ensure_ascii=False))
    broken = [proof.exercise.id for proof in proofs if not proof.holds]
    if broken:
        raise fail(f"The proof fails for {', '.join(broken)}.", code=1)
    if not as_json:
        say(f"{len(proofs)} exercises proven, {seeds} seeds for each correct answer.")


@app.command()
def build(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail if lessons/ is not what would be built.")
    ] = False,
    drop: Annotated[
        list[str] | None,
        typer.Option(help="An exercise that is gone from a lesson that was handed in: with its grades."),
    ] = None,
) -> None:
    """Build the lessons from solutions/, and enter them in nbgrader's gradebook."""
    from grader.building.build import BuildError, build_lessons

    try:
        for line in build_lessons(Path.cwd(), check, drop or ()):
            say(line)
    except BuildError as error:
        raise fail(str(error), code=1) from None


@app.command()
def release(
    lesson: Annotated[str, typer.Argument(help="The lesson's name, such as 02_attention.")],
    to: Annotated[Path, typer.Option(help="The folder, or the zip, to write.")],
    force: Annotated[bool, typer.Option("--force", help="Write into what is there.")] = False,
    student_edition: Annotated[
        bool, typer.Option("--student-edition", help="The course without its answers to the exercises.")
    ] = False,
    roster: Annotated[
        Path | None,
        typer.Option(help="With it: who gets numbers of their own; the last roster, if not said."),
    ] = None,
) -> None:
    """Write what a class is given: the notebook, the course as a wheel, and how to install it."""
    from grader.building.handout import hand_out
    from grader.building.lesson import BuildError
    from grader.intake.roster import RosterError, kept_roster, read_roster
    from grader.questions.personal import course_secret, student_key

    try:
        people = list(read_roster(roster).people.values() if roster else kept_roster(Path.cwd()))
        keys = [student_key(course_secret(), person.id) for person in people] if student_edition else None
        with errors.status("packing the course"):
            names = hand_out(Path.cwd(), lesson, to, force, keys)
    except (BuildError, RosterError) as error:
        raise fail(str(error), code=1) from None
    say(f"{to}: {', '.join(names)}")


@app.command()
def work() -> None:
    """Copy new and newer lessons to work/, for you to work in; what you have written stays as it is."""
    from grader.building.copies import hand_out
    from grader.building.lesson import BuildError

    try:
        for line in hand_out(Path.cwd()):
            say(line)
    except BuildError as error:
        raise fail(str(error), code=1) from None


@app.command()
def demo(
    lesson: Annotated[str, typer.Argument(help="The lesson that is handed in; 05 stands for 05_cost.")] = "",
    folder: Annotated[Path, typer.Option(help="Where to put the class.")] = Path("class_demo"),
) -> None:
    """Make a class of a dozen, grade it, and show the gradebook."""
    from grader.building.build import BuildError
    from grader.catalogue import BrokenExercise
    from grader.course_folder import CourseError

    try:
        from grader.demo import DemoError, run
    except ModuleNotFoundError:
        raise fail("This is a student edition of the course, which has no class to show.", code=1) from None

    try:
        run(folder, lesson)
    except (DemoError, BrokenExercise, BuildError, CourseError) as error:
        raise fail(str(error), code=1) from None


app.command()(keys.key)
app.command()(keys.keys)
app.command()(grading.autograde)
app.command()(appeal.appeal)
app.command()(leaving.remove)
app.command()(times.due)
app.command()(times.extend)
instructor.add_to(app)


if __name__ == "__main__":
    app()
