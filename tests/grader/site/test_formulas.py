"""The page reads formulas as the grader does: what it takes, what it refuses and why, what comes of it."""

import random
import re
import warnings
from decimal import Decimal
from fractions import Fraction

import pytest

from grader import catalogue, formula
from grader.exercise import Formula
from grader.naming.formula import explain
from grader.questions.draw import Draw
from grader.site.answers import Answers
from grader.site.engine import formulas
from tests.grader import corpus

SYMBOLS = ("L", "d", "n")
PIECES = [*SYMBOLS, "2", "3", "12", "0.5", "1e3", "½", "²", "³", "**2", "**", "^2", "*", "+", "-", "/", "//"]
PIECES += ["(", ")", "√", "sqrt(", "log", "log2(", "ln", "e", "max(", "min(", ",", " ", "·", "×", "ceil("]
PIECES += ["exp(", "x", "=", "==", "[", "]", "%", ".", "<", "'"]


def texts(count: int) -> list[str]:
    """What nobody would type, and everything that somebody might."""
    source = random.Random(20_261_130)
    return ["".join(source.choices(PIECES, k=source.randint(1, 9))) for _ in range(count)]


def read(reader, error, text):
    try:
        return reader(text), None
    except error as said:
        return None, said.args[0]


def number(value) -> formula.Number:
    if isinstance(value, tuple):
        return Fraction(*value)
    return Decimal(value.m) * Decimal(2) ** value.e


def test_it_is_read_and_worked_out_as_the_grader_does():
    points = [*formula.points(SYMBOLS)][:7]
    understood = 0
    for text in texts(7_000):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Python's, on what it will refuse one day
            theirs, refused = read(lambda text: formula.parse(text, SYMBOLS), formula.FormulaError, text)
        ours, because = read(lambda text: formulas.Formula(text, SYMBOLS), formulas.FormulaError, text)
        assert (theirs is None) == (ours is None), text
        if theirs is None:
            assert because == refused or STRANGE.intersection(text), text
            continue
        understood += 1
        assert theirs.is_tuple == ours.is_tuple
        with formula.precision():
            for point in points:
                wanted = formula.values_at(theirs, point)
                given = ours.at({name: (n, 1) for name, n in point.items()})
                assert (wanted is None) == (given is None), (text, point)
                assert wanted is None or all(map(formula.close, wanted, map(number, given))), (text, point)
    assert understood > 150


STRANGE = {"'", "[", "]", ".", "^", "²", "³", "<"}  # with one of these another reason may be given


TYPED = """2L|L(d)|(L|L d|L = 2|L == d|Ld|l|x|√L*d|d√d|log L|log L/2|L**d|L**65|(L**9)**9|1e16|sqrt(L, d)
max(L)|math.sqrt(L)|e**L|e|½L|½ (L)|L²³|L⁻¹|10e|007|1_000*L|(L, d)|[L, d]|(L,)
L, d|L//0|log(0*L)|sqrt(-L)|(L - L)**-1
0**0|2**0.5*2**0.5|exp(1e15)*L|L^2·n × 2|-L**2|L if d else n|not L|L and d|max(L, d)*min(L, 2*d)
ln(2)|log2(8)"""


@pytest.mark.parametrize("text", ["", " ", "L" * 401, *re.split(r"[|\n]", TYPED)])
def test_what_people_type_is_taken_or_refused_in_the_same_words(text):
    theirs, refused = read(lambda text: formula.parse(text, SYMBOLS), formula.FormulaError, text)
    ours, because = read(lambda text: formulas.Formula(text, SYMBOLS), formulas.FormulaError, text)
    assert (refused, theirs is None) == (because, ours is None)


def asked_for(name: str) -> Formula | None:
    """The formula to which a file of the corpus has answers; None where it is about something else."""
    if entry := corpus.ENTRIES.get(name):
        return catalogue.find("cost_table").formulas[entry]
    exercise = catalogue.find(name)
    return exercise if isinstance(exercise, Formula) else None


def test_the_corpus_is_judged_as_the_grader_does():
    """Right and wrong are the same; a sentence for a slip, or for its terms, is the grader's."""
    judged = named = 0
    for name in corpus.exercises():
        if not (exercise := asked_for(name)):
            continue
        exercise.id = exercise.id or "entry"
        answers = Answers(None)
        assert answers.add(exercise)
        told = answers.told[exercise.id]
        asked = formulas.Asked(told)
        for answer in corpus.answers(name):
            if not isinstance(text := answer.answer, str):
                continue
            judged += 1
            found = asked.judge(text)
            (question,) = exercise.questions(Draw(0))
            assert (found is None) == (exercise.difference(question, exercise.reference, text) is None), text
            if found and found[0] in told["sentences"]:
                named += 1
                slips = (said for slip, said in exercise.slips.items() if exercise.equal(text, slip))
                assert found[0] == (next(slips, None) or explain(exercise, text).sentence), text
    assert judged > 300 and named > 100, (judged, named)
