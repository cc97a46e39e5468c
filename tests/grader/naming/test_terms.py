"""Wrong formulas told term by term: what is said of each, and what is not."""

from fractions import Fraction

import pytest

from grader.naming.polynomials import Polynomial, written
from grader.naming.terms import MULTIPLY_ADDS, Terms

SYMBOLS = ("L", "d", "n")
ATTENTION = Terms.read(
    "",
    {
        "the queries": "2*L*d*n",
        "the keys": "2*L*d*n",
        "the values": "2*L*d*n",
        "the output": "2*L*n*d",
        "the scores": "2*L**2*n",
        "the weighted sum": "2*L**2*n",
    },
    SYMBOLS,
    "FLOPs",
)
PROJECTIONS = "the queries, the keys, the values and the output"
PAIRS = "the scores and the weighted sum"
BYTES = Terms.read("4*L**2", {}, SYMBOLS, "bytes")
WEIGHTS = Terms.read("", {"W1": "d*n", "W2": "n*d"}, SYMBOLS, "parameters")
ROOT = Terms.read("sqrt(d)", {}, ["d"])
SHARES = Terms.read("", {"one corner": "((n - 1)/(2*n))**2", "a patch and itself": "1/n**2"}, ["n"])


def said(terms, text):
    explanation = terms.explain(Polynomial.read(text))
    return explanation and explanation.sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("6*L*d*n + 4*L**2*n", f"One of {PROJECTIONS} is missing."),
        ("4*L*d*n + 4*L**2*n", f"Two of {PROJECTIONS} are missing (or these are in multiply–adds)."),
        ("2*L*d*n + 4*L**2*n", f"Only one of {PROJECTIONS} is counted."),
        ("8*L*d*n", "The scores and the weighted sum are missing."),
        ("8*L*d*n + 3*L**2*n", f"One of {PAIRS} is in multiply–adds, each of which is two FLOPs."),
        ("8*L*d*n + 5*L**2*n", "The number before L²·n is 5/4 of the right one."),
        ("8*L*d*n + 6*L**2*n", f"Three terms are counted instead of two ({PAIRS})."),
        ("8*L*d*n + 16*L**2*n", "The scores and the weighted sum are counted four times."),
        ("8*L*d*n - 4*L**2*n", "The scores and the weighted sum are taken with the wrong sign."),
        ("4*L*d*n + 2*L**2*n", f"{MULTIPLY_ADDS[0].upper()}{MULTIPLY_ADDS[1:]}."),
        ("16*L*d*n + 8*L**2*n", "Everything is counted twice."),
        ("(8*L*d*n + 4*L**2*n)/10**6", "This is in MFLOPs; FLOPs are asked for."),
        ("8*L*d*n * 4*L**2*n", "The terms are multiplied with each other; they should be added."),
        ("(8*L*d*n + 4*L**2*n)**2", "Everything is squared."),
        ("8*L*d*n + 4*L**2*d", f"d stands where n belongs in {PAIRS}."),
        ("6*L*d*n + 2*L*n**2 + 4*L**2*n", f"n stands where d belongs in one of {PROJECTIONS}."),
        ("8*L*d*n + 4*L*n", f"L stands where L² belongs in {PAIRS}."),
        ("8*L*d*n + 4*L**2", f"A factor n is missing in {PAIRS}."),
        ("8*L*d*n + 4*L**2*n*d", f"There is a factor d too many in {PAIRS}."),
        ("12*L*d*n", f"d stands where one L belongs in {PAIRS}."),
        ("8*L*d**2 + 4*L**2*d", "d stands where n belongs in every term."),
        ("8*d*n + 4*L*n", "A factor L is missing in every term."),
        ("8*L*d*n + 4*L**2*n + 5*L**2", "5·L² does not belong there."),
        ("8*L*d*n + 4*L**2*n + n + d", "d and n do not belong there."),
        (
            "3*L*d*n + 2*L**2*n",
            f"This is in multiply–adds, each of which is two FLOPs; one of {PROJECTIONS} is missing.",
        ),
        (
            "6*L*d*n + 4*L**2*d",
            f"d stands where n belongs in {PAIRS}; one of {PROJECTIONS} is missing.",
        ),
    ],
)
def test_named_terms(text, sentence):
    assert said(ATTENTION, text) == sentence


@pytest.mark.parametrize(
    ("terms", "text", "sentence"),
    [
        (BYTES, "L**2", "One byte is charged for each of the L² numbers."),
        (BYTES, "8*L**2", "Eight bytes are charged for each of the L² numbers."),
        (BYTES, "32*L**2", "It is 8 times the right formula, as if it were in bits."),
        (BYTES, "4*L**2/2**20", "This is in MiB; bytes are asked for."),
        (BYTES, "4*L**2/10**9", "This is in GB; bytes are asked for."),
        (BYTES, "2*L*n", "n stands where one L belongs; two bytes are charged for each of the L·n numbers."),
        (BYTES, "4*d*n", "d·n stands where L² belongs."),
        (WEIGHTS, "d*n", "One of W1 and W2 is missing."),
        (WEIGHTS, "2*(d + n)", "d and n are added; they should be multiplied."),
        (WEIGHTS, "2*d*n/1000", "This is in thousands of parameters."),
        (WEIGHTS, "2*d*n + n", "n does not belong there."),
        (ROOT, "d", "d stands where √d belongs."),
        (ROOT, "1/sqrt(d)", "1/√d stands where √d belongs."),
        (ROOT, "sqrt(2*d)", "It is √2 times the right formula."),
        (ROOT, "2*sqrt(d)", "It is twice the right formula."),
        (ROOT, "-sqrt(d)", "The sign is wrong."),
        (ROOT, "sqrt(512)", "This is a fixed number; the right formula depends on d."),
        (ROOT, "d - 1", "d stands where √d belongs; −1 does not belong there."),
    ],
)
def test_a_formula_of_one_term(terms, text, sentence):
    assert said(terms, text) == sentence


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        (ATTENTION, "L**3"),  # nothing in it is near to a term
        (ATTENTION, "L + d + n + L*d + L**3 + d**3 + n**3"),
        (WEIGHTS, "d**2 + n**2"),  # one each, or one missing and one more
        (ATTENTION, "8*L*d*n + 4*L**2*n"),
    ],
)
def test_nothing_is_said_without_a_reason(terms, text):
    assert said(terms, text) is None


def test_symbols_that_change_places():
    terms = Terms.read("", {"a": "2*L*d**3", "b": "3*d*n"}, SYMBOLS)
    assert said(terms, "2*d*L**3 + 3*L*n") == "L and d have changed places."
    assert said(terms, "2*L*d**3 + 3*L*n") == "L stands where d belongs in b."


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("4*h*d**2", "There is a factor h too many in the weights; the biases are missing."),
        ("4*d**2/h", "There is a division by h too many in the weights; the biases are missing."),
        ("4*h*d", "There is a factor h too many in the biases; the weights are missing."),
    ],
)
def test_what_is_wrong_is_taken_for_the_term_that_it_is_nearest_to(given, sentence):
    """Once d²·h was said to stand where d belongs in the biases."""
    terms = Terms.read("", {"the weights": "4*d**2", "the biases": "4*d"}, ("d", "h"), "parameters")
    assert said(terms, given) == sentence


def test_terms_that_weigh_differently_are_named_if_only_some_can_be_missing():
    terms = Terms.read("", {"the large one": "5*L", "the middle one": "3*L", "the small one": "2*L"}, ("L",))
    assert said(terms, "7*L") == "The middle one is missing."
    assert said(terms, "5*L") == "The number before L is 1/2 of the right one."  # one term, or two


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("L*(2*d + n)", "2*L*d + L*n"),
        ("(L + d)**3", "L**3 + 3*L**2*d + 3*L*d**2 + d**3"),
        ("sqrt(8*d)", "2*sqrt(2)*sqrt(d)"),
        ("(4*d)**(1/2)", "2*d**0.5"),
        ("sqrt(2)*sqrt(2)*L", "2*L"),
        ("(4*d*n - 8*d**2)/(4*d)", "n - 2*d"),
        ("L²·d/½", "2*L**2*d"),
    ],
)
def test_polynomials_are_read(text, same):
    assert Polynomial.read(text) == Polynomial.read(same)
    assert Polynomial.read(text).value({"L": 2, "d": 3, "n": 5}) == pytest.approx(
        Polynomial.read(same).value({"L": 2, "d": 3, "n": 5})
    )


@pytest.mark.parametrize(
    "text", ["log(L)", "L//2", "max(L, d)", "1/(L + d)", "sqrt(L + d)", "(L + d + n)**60", "sqrt(-L)"]
)
def test_what_is_no_polynomial(text):
    assert Polynomial.read(text) is None


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("4*L**2*n", "4·L²·n"),
        ("sqrt(d)/2", "√d/2"),
        ("-L", "−L"),
        ("1/(2*d)", "1/(2·d)"),
        ("d**1.5", "d^(3/2)"),
    ],
)
def test_written_as_on_paper(text, paper):
    ((monomial, coefficient),) = Polynomial.read(text).parts
    assert written(monomial, coefficient) == paper


def test_neighbours_are_explained_as_one_change():
    for group in ATTENTION.groups:
        for change in ATTENTION.counts(group):
            if change.coefficients[group.monomial] != -group.total * Fraction(1, 4):
                assert ATTENTION.explain(ATTENTION.total + change).changes <= 2


def test_a_term_of_several_parts_that_is_missing_is_said_once():
    assert said(SHARES, "1/n**2") == "One corner is missing."
