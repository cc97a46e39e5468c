"""Which sentence a wrong number gets: only what one number can prove."""

import itertools
import math
import re
import time

import numpy as np
import pytest

from grader import catalogue
from grader.exercise.formula import Formula
from grader.exercise.number import Number
from grader.naming.calculations import rounded, units
from grader.naming.case import Case
from grader.naming.number import ALL_OR_NOTHING, name
from grader.questions.draw import Draw

COMMON = {"points": 1, "difficulty": 1, "minutes": 1, "hints": ["a nudge"]}
FLOPS = Formula(
    symbols={"L": "tokens", "d": "width", "n": "inner width"},
    unit="FLOPs",
    terms={
        "the queries": "2*L*d*n",
        "the keys": "2*L*d*n",
        "the values": "2*L*d*n",
        "the output": "2*L*n*d",
        "the scores": "2*L**2*n",
        "the weighted sum": "2*L**2*n",
    },
    **COMMON,
)
PROJECTIONS = "the queries, the keys, the values and the output"
PAIRS = "the scores and the weighted sum"
LAYER = Number(
    given=lambda draw: {
        "L": draw.choice((50, 197, 785, 1297)),
        "d": draw.choice((192, 384, 768, 1024)),
        "n": draw.choice((320, 640, 1280, 2560)),
    },
    value="(8*L*d*n + 4*L**2*n) / 1e9",
    unit="GFLOPs",
    terms_of=FLOPS,
    slips={"4*d*n / 1e9": "This is the number of weights, not that of the FLOPs."},
    **COMMON,
)


def weight(query, key_a, key_b):
    affinity_a = (query[0] * key_a[0] + query[1] * key_a[1]) / 2**0.5
    affinity_b = (query[0] * key_b[0] + query[1] * key_b[1]) / 2**0.5
    return math_exp(affinity_a) / (math_exp(affinity_a) + math_exp(affinity_b))


def math_exp(x):
    return 2.718281828459045**x


def patches(scale):
    def given(draw):
        a, b, c, d, e, f = (x / scale for x in draw.shuffled([11, 13, 17, 19, 23, 29, 31])[:6])
        return {"query": [a, b], "key_a": [c, d], "key_b": [e, f]}

    return given


WEIGHT = Number(given=patches(10), value=weight, slips={}, **COMMON)
SMALL = [
    {"query": [a, b], "key_a": [c, d], "key_b": [e, f]}
    for a, b, c, d, e, f in itertools.permutations(range(2, 9), 6)
    if 1 <= abs(a * (c - e) + b * (d - f)) <= 3 and a * (c - e) + b * (d - f) != a * (d - f) + b * (c - e)
]
THIN = Number(
    given=lambda draw: draw.choice(SMALL),
    value=weight,
    slips={"query[0] * key_a[0] + query[1] * key_a[1]": "This is the similarity."},
    **COMMON,
)
LAYER.place("layer_gflops", "05_cost", "A layer of your own")


def named(exercise, answer, key="a student"):
    question = exercise.questions(Draw(0, key))[0]
    expected, given = (exercise.outcome(one, question) for one in (exercise.reference, answer))
    assert exercise.difference(question, expected.value, given.value) is not None
    found = name(exercise, [Case(question, expected, given, True)])
    return found and found.sentence


def test_of_infinity_only_the_author_says_what_it_comes_of():
    steep = {"given": lambda draw: {"c": draw.integer(2, 9) / 10}, "value": "1 / (1 - c)"}
    said = "The share was rounded to one."
    assert named(Number(slips={"math.inf": said}, **steep, **COMMON), lambda c: math.inf) == said
    assert named(Number(slips={"1 - c": said}, **steep, **COMMON), lambda c: math.inf) is None


@pytest.mark.parametrize("key", ["a", "b", "c"])
@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda L, d, n: 4 * d * n / 1e9, "This is the number of weights, not that of the FLOPs."),
        (lambda L, d, n: (8 * L * d * n + 4 * L**2 * n) / 1e6, "This is in MFLOPs; GFLOPs are asked for."),
        (lambda L, d, n: 8 * L * d * n + 4 * L**2 * n, "This is in FLOPs; GFLOPs are asked for."),
        (lambda L, d, n: (8 * L * d * n + 4 * L**2 * n) / 2**30, "Giga is 2³⁰ here; it should be 10⁹."),
        (lambda L, d, n: (6 * L * d * n + 4 * L**2 * n) / 1e9, f"One of {PROJECTIONS} is missing."),
        (lambda L, d, n: 8 * L * d * n / 1e9, "The scores and the weighted sum are missing."),
        (lambda L, d, n: (8 * L * d * n + 4 * L * n) / 1e9, f"L stands where L² belongs in {PAIRS}."),
        (lambda L, d, n: (8 * L * d * n + 4 * d**2 * n) / 1e9, "L and d have changed places."),
        (
            lambda L, d, n: 8 * L * d * n + 4 * L**2 * n / 1e9,
            "The parentheses around `8*L*d*n + 4*L**2*n` are missing.",
        ),
        (
            lambda L, d, n: (8 * L * d * n + 4 * L ^ 2 * n) / 1e9,
            "`^` is not a power in Python but an exclusive or: write `**`.",
        ),
        (lambda L, d, n: (8 * (L + 1) * d * n + 4 * (L + 1) ** 2 * n) / 1e9, "L is one too large."),
        (
            lambda L, d, n: 8 * L * d * n,  # and not: the parentheses are missing
            "Two things: the scores and the weighted sum are missing; and this is in FLOPs.",
        ),
        (
            lambda L, d, n: (6 * L * d * n + 4 * L**2 * n) / 1e6,
            f"Two things: one of {PROJECTIONS} is missing; and this is in MFLOPs.",
        ),
        (
            lambda L, d, n: 6 * L * d * n / 1e9,  # and not: d for L in the pairs, and in multiply–adds
            f"One of {PROJECTIONS} is missing; the scores and the weighted sum are missing.",
        ),
        (
            lambda L, d, n: (3 * L * d * n + 2 * L**2 * n) / 1e9,
            f"This is in multiply–adds, each of which is two FLOPs; one of {PROJECTIONS} is missing.",
        ),
        (lambda L, d, n: 7 * (8 * L * d * n + 4 * L**2 * n) / 6e9, "It is 7/6 of the right number."),
    ],
)
def test_a_layer(answer, sentence, key):
    assert named(LAYER, answer, key) == sentence


def test_half_is_said_as_in_a_formula():
    said = named(LAYER, lambda L, d, n: (4 * L * d * n + 2 * L**2 * n) / 1e9)
    assert said.startswith("This counts multiply–adds.")


@pytest.mark.parametrize("form", [np.float32, lambda x: float(f"{x:.5g}")])
def test_a_number_with_fewer_digits(form):
    assert named(LAYER, lambda L, d, n: form((6 * L * d * n + 4 * L**2 * n) / 1e9)) == (
        f"One of {PROJECTIONS} is missing."
    )


def test_too_few_digits():
    assert named(WEIGHT, 0.0) == ALL_OR_NOTHING
    assert named(LAYER, lambda L, d, n: float(f"{(8 * L * d * n + 4 * L**2 * n) / 1e9:.1g}")) == (
        "The right number, rounded too much: give at least four digits."
    )
    assert rounded(2.0, 2.7) == "The right number, rounded down (`//` for `/`?): give at least four digits."
    assert rounded(2.7, 2.7182) == "The right number, rounded too much: give at least four digits."
    assert rounded(2.71, 2.7182) is None
    assert named(LAYER, lambda L, d, n: float(f"{(6 * L * d * n + 4 * L**2 * n) / 1e9:.2g}")) is None


@pytest.mark.parametrize("number", [1.23456789123, 12.3456, -3.0, 1e300])
def test_a_number_from_nowhere(number):
    started = time.process_time()
    assert named(LAYER, number) is None
    assert time.process_time() - started < 1


@pytest.mark.parametrize("answer", [float("nan"), float("inf"), None, "3"])
def test_no_number(answer):
    question = LAYER.questions(Draw(0))[0]
    expected, given = (LAYER.outcome(one, question) for one in (LAYER.reference, answer))
    assert name(LAYER, [Case(question, expected, given, True)]) is None


def affinities(query, key_a, key_b, scale=2**0.5, crossed=0):
    a = (query[0] * key_a[crossed] + query[1] * key_a[1 - crossed]) / scale
    b = (query[0] * key_b[crossed] + query[1] * key_b[1 - crossed]) / scale
    return math_exp(a) / (math_exp(a) + math_exp(b))


@pytest.mark.parametrize(
    ("unit", "factor", "sentence"),
    [
        ("MiB", 2**20, "This is in bytes; MiB are asked for."),
        ("MiB", 2**20 / 1e6, "This is in MB; MiB are asked for."),
        ("MiB", 2**10, "This is in KiB; MiB are asked for."),
        ("MiB", 2**-20, "It is divided by 2²⁰ twice."),
        ("bytes", 2**-20, "This is in MiB; bytes are asked for."),
        ("GFLOPs", 1e9 / 2**30, "Giga is 2³⁰ here; it should be 10⁹."),
        ("parameters", 1e-6, "This is in millions of parameters."),
        ("MLPs", 1e-3, "This is in thousands of MLPs."),
        ("nats", 1 / math.log(2), "This is in bits, with log₂; nats are asked for."),
        ("times", 1e-3, None),
        ("times", 100, "This is in per cent."),
        ("", 1000, "It is 10³ times the right number."),
    ],
)
def test_other_units_are_told_in_words_that_exist(unit, factor, sentence):
    exercise = Number(
        given=lambda draw: {"w": draw.integer(300, 900) / 7}, value="w / 3", unit=unit, **COMMON
    )
    assert named(exercise, lambda w: factor * w / 3) == sentence


def test_no_unit_of_the_course_gets_a_prefix_that_it_does_not_take():
    exercises = [one for one in catalogue.every_exercise() if isinstance(one, Number)]
    told = {one.sentence for exercise in exercises for one in units(exercise)}
    named_units = {said[len("This is in ") :] for said in told if said.startswith("This is in ")}
    assert len(named_units) > 10
    for said in named_units:
        assert re.match(r"per cent|bits|bytes|[kKMGT]?i?(B|FLOPs)\b|(thou|mill|bill)\w+ of \w+\.", said)


def first_entry(query, key_a, key_b):
    return weight([query[0], 0], [key_a[0], 0], [key_b[0], 0])


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda query, key_a, key_b: weight(query, key_b, key_a), "key_a and key_b have changed places."),
        (
            lambda query, key_a, key_b: affinities(query, key_a, key_b, crossed=1),
            "The entries of query have changed places.",
        ),
        (first_entry, "Only the first number of each list is used."),
        (lambda query, key_a, key_b: 100 * weight(query, key_a, key_b), "This is in per cent."),
    ],
)
def test_lists_of_numbers(answer, sentence):
    assert named(WEIGHT, answer) == sentence


def test_where_many_calculations_coincide_only_the_author_speaks():
    """With small whole numbers the other key's weight is also what comes of quite other calculations."""
    keys = [f"student {i}" for i in range(8)]
    others = {named(THIN, lambda query, key_a, key_b: weight(query, key_b, key_a), key) for key in keys}
    crossed = {
        named(THIN, lambda query, key_a, key_b: affinities(query, key_a, key_b, crossed=1), key)
        for key in keys
    }
    assert others == crossed == {None}
    similarity = {
        named(THIN, lambda query, key_a, key_b: query[0] * key_a[0] + query[1] * key_a[1], k) for k in keys
    }
    assert "This is the similarity." in similarity <= {"This is the similarity.", None}


def test_a_right_number_is_never_near_a_name():
    question = LAYER.questions(Draw(0, "x"))[0]
    right = LAYER.outcome(LAYER.reference, question).value
    for answer in LAYER.alternatives:
        given = LAYER.outcome(answer, question)
        assert LAYER.difference(question, right, given.value) is None
