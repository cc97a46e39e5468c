"""The catalogue: an exercise is found by its file's name, alone; and what each of ours holds to."""

import inspect
import json
import shutil
import subprocess
import sys
import zipfile

import pytest

from grader import catalogue
from grader.asking import wire
from grader.catalogue import EXERCISES, BrokenExercise, UnknownExercise, file_of, find, ids, reference
from grader.questions.draw import Draw

FUNCTION = '''"""{title}

Give x back, times {factor}.
"""

{first}
from grader.exercise import Function


def {id}(x):
    """x: (L,) -> (L,)"""
    return {factor} * x


exercise = Function({id}, inputs="x: (L)", points=1, difficulty=1, minutes=1, hints=["Multiply."])
'''
ALL = [id for found in ids().values() for id in found]
each = pytest.mark.parametrize("id", ALL)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """An empty course: `write` makes its exercises, `ask` the sources of its lessons."""
    monkeypatch.setattr(catalogue, "EXERCISES", tmp_path / "grader" / "exercises")
    return tmp_path


def write(course, lesson, id, title="A title", first="", factor=2, text=FUNCTION):
    file = course / "grader" / "exercises" / lesson / f"{id}.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.format(id=id, title=title, first=first, factor=factor), encoding="utf-8")
    return file


def ask(course, lesson, *names):
    source = course / "solutions" / lesson / f"{lesson}.py"
    source.parent.mkdir(parents=True)
    source.write_text("".join(f'# %% [markdown] exercise="{n}"\n# %% exercise="{n}"\n' for n in names))


# -- finding ------------------------------------------------------------------------------------------------


def test_an_exercise_is_loaded_alone_and_once(course):
    write(course, "01_small", "double")
    write(course, "01_small", "broken", text="1 / 0")
    exercise = find("double")
    assert find("double") is exercise
    assert (exercise.id, exercise.lesson, exercise.title) == ("double", "01_small", "A title")
    assert exercise.text == "Give x back, times 2."


def test_what_a_file_defines_has_a_source_and_a_name_below_the_exercises(course):
    write(course, "01_small", "double")
    function = reference("double")
    assert "return 2 * x" in inspect.getsource(function)
    assert function.__module__ == "grader.exercises.01_small.double"


def test_an_exercise_may_be_built_on_another(course):
    write(
        course,
        "02_later",
        "twice",
        first="from grader.catalogue import reference\ndouble = reference('double')",
    )
    write(course, "01_small", "double")
    assert find("twice").reference.__globals__["double"] is reference("double")


def test_lessons_in_order_and_exercises_as_the_lesson_asks_them(course):
    for lesson, names in {"02_later": "ab", "01_small": "cdef"}.items():
        for name in names:
            write(course, lesson, name)
    ask(course, "01_small", "e", "no_such_file", "c")
    assert ids() == {"01_small": ("e", "c", "d", "f"), "02_later": ("a", "b")}
    assert [exercise.id for exercise in catalogue.every_exercise()] == list("ecdfab")
    assert {lesson: len(found) for lesson, found in catalogue.lessons().items()} == {
        "01_small": 4,
        "02_later": 2,
    }
    assert [exercise.id for exercise in catalogue.of_lesson("02_later")] == ["a", "b"]
    assert catalogue.of_lesson("03_none") == ()


def test_a_name_that_comes_close(course):
    write(course, "01_small", "weights")
    for id, said in {
        "wieghts": r"'wieghts'; did you mean weights\?",
        "zzzzzz": "`grader exercises` lists them all",
        "../01_small/weights": "There is no exercise called",
        "*": "There is no exercise called",
    }.items():
        with pytest.raises(UnknownExercise, match=said):
            find(id)


def test_two_exercises_of_one_name(course):
    write(course, "01_small", "double")
    write(course, "02_later", "double")
    with pytest.raises(
        ValueError, match=r"Two exercises are called 'double': .*01_small/double\.py and .*02_later"
    ):
        find("double")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"""A title"""\n\nx = 1 / 0', r"01_small/bad\.py, line 3: ZeroDivisionError: division by zero\.$"),
        ('"""A title"""\ndef f(:', r"01_small/bad\.py, line 2: SyntaxError: "),
        ('"""A title"""\nexercises = 3', r"01_small/bad\.py does not end in `exercise = …`"),
        (FUNCTION.replace("{title}\n\nGive x back, times {factor}.", ""), "begins with the exercise's title"),
        (FUNCTION.replace("{id}", "good"), r"01_small/bad\.py: bad: the reference is called good"),
        (FUNCTION.replace("difficulty=1", "difficulty=6"), r"line \d+: difficulty is 1 to 5, not 6\.$"),
        ("from grader.catalogue import find\nfind('bad')", r"01_small/bad\.py is built on itself\.$"),
        ("from grader.catalogue import find\nfind('nothing')", "There is no exercise called 'nothing'"),
    ],
)
def test_a_broken_file_is_named_with_the_reason(course, text, said):
    write(course, "01_small", "bad", text=text)
    with pytest.raises(BrokenExercise, match=said) as told:
        find("bad")
    assert len(str(told.value).splitlines()) == 1


def test_a_wheel_holds_the_exercises(root, tmp_path):
    """Folders that begin with a digit are no packages; they are installed all the same."""
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-lessons", "course/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(root / name, tmp_path / name)
    shutil.copytree(root / "grader" / "exercises", tmp_path / "grader" / "exercises")
    shutil.copy(root / "grader" / "__init__.py", tmp_path / "grader")
    words = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir=wheels", "."]
    subprocess.run([sys.executable, "-m", "pip", *words], cwd=tmp_path, check=True)
    (wheel,) = (tmp_path / "wheels").glob("*.whl")
    ours = {f"grader/exercises/{file_of(id).parent.name}/{id}.py" for id in ALL}
    assert ours <= set(zipfile.ZipFile(wheel).namelist())


# -- our exercises ------------------------------------------------------------------------------------------


def test_ids_are_unique_names():
    assert len(set(ALL)) == len(ALL) > 0
    assert all(id.isidentifier() for id in ALL)


@each
def test_an_exercise_fits_on_a_screen(id):
    lines = file_of(id).read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 150
    assert len(find(id).slips) <= 12


@each
def test_declaration(id):
    exercise = find(id)
    assert exercise.id == id and exercise.lesson == file_of(id).parent.name
    assert exercise.points > 0
    assert 1 <= exercise.minutes <= 60
    assert 2 <= len(exercise.hints) <= 4
    assert len(set(exercise.hints)) == len(exercise.hints)
    assert exercise.title and not exercise.title.endswith(".")
    assert len({*exercise.parts, *exercise.advice}) == len(exercise.parts) + len(exercise.advice) > 0


@each
def test_sentences_are_sentences(id):
    exercise = find(id)
    for sentence in (*exercise.slips.values(), *exercise.hints):
        assert sentence == sentence.strip() and sentence.endswith((".", "?")), sentence


@each
def test_questions_cross_the_wire_and_cover_every_part(id):
    exercise = find(id)
    questions = exercise.questions(Draw(1, "a key"))
    assert {question.part for question in questions} == {*exercise.parts, *exercise.advice}
    for question in questions:
        crossed = json.dumps(wire.encode(question.payload))
        assert '"foreign"' not in crossed
        assert str(wire.decode(json.loads(crossed))) == str(question.payload)


@each
def test_what_right_answers_give_crosses_the_wire(id):
    exercise = find(id)
    for question in exercise.questions(Draw(2, "a key")):
        outcome = exercise.outcome(exercise.reference, question)
        crossed = wire.decode_outcome(json.loads(json.dumps(wire.encode_outcome(outcome))))
        assert exercise.difference(question, outcome.value, crossed.value) is None


def test_nothing_is_loaded_until_it_is_asked_for():
    code = "import sys; from grader import catalogue; catalogue.ids(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert EXERCISES.is_dir() and "grader.exercises." not in done.stdout
