"""Formulas: what is understood, what is refused and how, and what counts as equal."""

import ast
import contextlib
import math
import sys
import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.formula import LARGEST_POWER, FormulaError, as_python, equal, parse, value_of

SYMBOLS = ("L", "d", "n")
VALUES = {"L": 7, "d": 5, "n": 3}

leaves = st.one_of(st.sampled_from(SYMBOLS), st.integers(0, 999).map(str), st.just("0.5"), st.just("2.25"))


def operate(inner, operators):
    return st.tuples(inner, st.sampled_from(operators), inner).map("({0[0]} {0[1]} {0[2]})".format)


def grow(inner):
    binary = operate(inner, ["+", "-", "*", "/", "//"])
    power = st.tuples(inner, st.integers(0, 3)).map("({0[0]})**{0[1]}".format)
    return st.one_of(binary, power, inner.map("(-{})".format), inner.map("max({}, 2)".format))


trees = st.recursive(leaves, grow, max_leaves=8)


def refusal(text, symbols=SYMBOLS):
    with pytest.raises(FormulaError) as error:
        parse(text, symbols)
    return str(error.value)


def are_equal(one, other):
    return equal(parse(one, SYMBOLS), parse(other, SYMBOLS), SYMBOLS)


@settings(max_examples=200, deadline=None)
@given(trees)
def test_evaluates_as_python_does(text):
    exact = {name: Fraction(value) for name, value in VALUES.items()}
    wrapped = ast.unparse(Exact().visit(ast.parse(text, mode="eval")))
    try:
        expected = eval(wrapped, {"Fraction": Fraction, "max": max}, exact)
    except ZeroDivisionError:
        with pytest.raises(ZeroDivisionError):
            parse(text, SYMBOLS).evaluate(VALUES)
        return
    try:
        formula = parse(text, SYMBOLS)
    except FormulaError as error:
        assert "too large" in str(error)  # powers of powers
        return
    assert formula.evaluate(VALUES) == (expected,)


class Exact(ast.NodeTransformer):
    """Every number but an exponent as a fraction."""

    def visit_Constant(self, node):
        return ast.Call(ast.Name("Fraction"), [ast.Constant(str(node.value))], [])

    def visit_BinOp(self, node):
        if isinstance(node.op, ast.Pow):
            return ast.BinOp(self.visit(node.left), node.op, node.right)
        return self.generic_visit(node)


@settings(max_examples=50, deadline=None)
@given(st.recursive(leaves, lambda inner: operate(inner, "+-*")))
def test_equals_itself_written_otherwise_and_not_itself_plus_one(text):
    assert are_equal(text, f"(2*({text}) + 0)/2")
    assert not are_equal(text, f"({text}) + 1")


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("L^2", "L**2"),
        ("L²·d", "L**2*d"),
        ("2×L⋅n", "2*L*n"),
        ("L − d", "L - d"),
        ("L ÷ 2", "L / 2"),
        ("√d", "sqrt(d)"),
        ("√(d + n)", "sqrt(d + n)"),
        ("√2.5", "sqrt(2.5)"),
        ("d³ + n⁴", "d**3 + n**4"),
        ("L⁵ + d⁶·n⁷ + L⁸ + d⁹", "L**5 + d**6*n**7 + L**8 + d**9"),
        ("L¹⁰·d⁻¹", "L**10*d**-1"),
        ("½*L + ¼*d - ¾*n", "(1/2)*L + (1/4)*d - (3/4)*n"),
        ("L^½ + ⅓*d", "L**(1/2) + (1/3)*d"),
        ("½(L + d)", "(1/2)*(L + d)"),
        ("½L − ¾ d²", "(1/2)*L - (3/4)*d**2"),
        ("ln(L) + ½ ln d − log n", "log(L) + (1/2)*log(d) - log(n)"),
        ("2*L*d\n  + n", "2*L*d + n"),
        ("4\u2009*\u202fL\u00a0∙ d ∗ n", "4 * L * d * n"),
        ("L\u2062d", "L*d"),
        ("d·√d", "d*sqrt(d)"),
    ],
)
def test_written_as_on_paper(text, python):
    assert as_python(text) == python
    assert are_equal(text, python)


@pytest.mark.parametrize(
    "equals",
    [
        ("4*L*d*n", "2*(2*L*d*n)", "n*d*L*4", "4*L*d*n + 0", "8*L*d*n/2", " 4 * L*d * n ", "4*(L*d*n)**1"),
        ("2*L*d + L**2/2", "L*(2*d + L/2)", "0.5*L*(4*d + L)", "L*d*2 + L*L*0.5"),
        ("(L + d)**2", "L**2 + 2*L*d + d**2", "(d + L)*(L + d)"),
        ("L + d", "(L**2 - d**2)/(L - d)", "max(L, d) + min(L, d)"),
        ("sqrt(d)", "d**0.5", "d**(1/2)", "√d", "sqrt(4*d)/2", "exp(log(d)/2)"),
        ("L + 1", "sqrt(L**2 + 2*L + 1)", "(L**2 - 1)/(L - 1)"),
        ("L//2", "floor(L/2)", "ceil(L/2 - 1/2)"),
        ("L", "floor(√L*√L)", "max(L, 1)", "ceil(L - 1/2)"),
        ("(n - 2*d)/(n + d)", "(n**2 - n*d - 2*d**2)/(n + d)**2"),
        ("exp(L)", "exp(L/2)**2", "e**L", "e^(L/2)*e^(L/2)", "e·e**(L - 1)", "1/e**-L"),
        ("log2(L)", "log(L)/log(2)", "ln(L)/ln (2)", "ln(L)/ln(e)*1/log(2)"),
        ("(L, d)", "[L, d]", "(1*L, d + 0)", "L, d"),
    ],
)
def test_equal_forms(equals):
    for one in equals:
        for other in equals:
            assert are_equal(one, other), (one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("4*L*d*n", "4*L*d"),
        ("L", "L + 1/1000000000000"),
        ("sqrt(d)", "d"),
        ("L//2", "L/2"),
        ("(L, d)", "(d, L)"),
        ("(L, d)", "(L, d, n)"),
        ("(L,)", "L"),
        ("L", "L/(L - L)"),
        ("L", "(0 - L)**0.5"),
        ("L", "exp(1000)"),
        *(("L", text) for text in ("min(L, 512)", "max(L, 2)", "min(L, 10**6)", "L + max(0, L - 500)")),
        *(("L", text) for text in ("L + √2/1000", "L + sqrt(2)/10**15", "L*(1 + sqrt(2)/10**15)")),
        ("1", "ceil(L/1000)"),
        ("0", "L//1000"),
        ("L + d", "max(L, d) + min(L, 2*d)"),
        ("sqrt(d)", "sqrt(d) + 1/10**15"),
        ("L + d", "L + d + (L - 1)//10**6"),
    ],
)
def test_unequal(one, other):
    assert not are_equal(one, other)


REFUSED = {
    "A multiplication sign is missing: write 2*a, not 2a.": (
        *("2L", "2 L", "L d", "2(L + d)", "(L + d)n", "(L)(d)2", "L²d", "2(L)", "(2*L)(d)", "L\nd"),
    ),
    "A multiplication sign is missing after `L`: write L*(…).": ("L(d)",),
    "Put what a function is taken of in parentheses: log(L).": ("log L*d", "log L d", "ln L/2", "log L²"),
    "A multiplication sign is missing before the root: write d*√d.": ("d√d", "2*d √ d"),
    "A multiplication sign is missing before the root: write (…)*√(…).": ("(L + d)√(d + 1)",),
    "A multiplication sign is missing before the root: write 2*√d.": ("2√d",),
    "`Ld` is not a symbol here: write L*d for a product. The symbols are L, d, n.": ("Ld",),
    "`l` is not a symbol here; did you mean `L`? The symbols are L, d, n.": ("l*d",),
    "`heads` is not a symbol here. The symbols are L, d, n.": ("L*heads",),
    "Write the right-hand side only, without an equals sign.": ("cost = L", "L == d", "(x := L)"),
    "The parentheses do not balance.": ("(L + d", "log2(L", "L)"),
    "This does not read as a formula; use + - * / ** and parentheses.": ("L +", "*L", "L;d", "L\0", "/"),
    "The formula is longer than 400 characters; simplify it.": ("L" + "+L" * 200,),
    "The formula is nested too deeply; simplify it.": ("L" + "+L" * 100, "-" * 300 + "L"),
    "There is no formula yet.": ("", " \n"),
    f"Powers larger than {LARGEST_POWER} are too large for a formula.": (
        *("9**9**9**9", "L**(9**9**9)", "L**exp(1000)", f"(L**{LARGEST_POWER})**2"),
        *(f"L**{LARGEST_POWER + 1}", f"2**-{LARGEST_POWER + 1}"),
        "((((((((9**12)**12)**12)**12)**12)**12)**12)**12)",
    ),
    "A number larger than 1e+15 is too large for a formula.": ("9" * 399, "1e999", "L**" + "9" * 390),
    "A power must be a number, like L**2.": (
        *("2**L", "L**(d - d + 2)", "L**(1/0)", "L**sqrt(0 - 1)", "L**((0 - 8)**0.5)", "2ⁿ"),
    ),
    "`sqrt` takes one value.": ("sqrt()", "sqrt(L, d)"),
    "`max` takes at least two values.": ("max(L)", "max()"),
    "`Le` is not a symbol here. The symbols are L, d, n.": ("Le**2",),
    "Write sqrt(…) alone, without a dot before it.": ("math.sqrt(L)", "np.sqrt(L)"),
    "Only numbers, the symbols, + - * / ** and parentheses are understood here.": (
        *("__import__('os').system('true')", "L.__class__", "L.real", "open('x')", "print(L)", "sqrt(*L)"),
        *("sqrt(x=L)", "lambda: L", "[L for L in d]", "{L}", "{L: d}", "L[0]", "'L'", "b'L'", "f'{L}'"),
        *("True", "None", "...", "2j", "L if d else n", "L and d", "not L", "~L", "L % d", "L @ d", "L << d"),
        *("L**(5 % 2)", "L < d", "(L, (d, n))", "(*L, d)", "(yield)", "(await L)"),
    ),
}


@pytest.mark.parametrize(
    ("text", "sentence"), [(text, sentence) for sentence, texts in REFUSED.items() for text in texts]
)
def test_refused(text, sentence):
    assert refusal(text) == sentence


@pytest.mark.parametrize("answer", [None, 3, 2.5, b"L", ["L"], ("L", "d"), {"L"}, object(), math.sqrt, ...])
def test_answers_that_are_not_text(answer):
    assert refusal(answer) == 'Write the formula as text in quotes, like "L * d * n".'


def test_exact_as_long_as_it_is_rational():
    (value,) = parse("sqrt(4*L**2)*L/3", SYMBOLS).evaluate(VALUES)
    assert value == Fraction(98, 3)
    (root,) = parse("sqrt(d)", SYMBOLS).evaluate(VALUES)
    assert abs(root**2 - 5) < 1e-70


def test_equality_is_told_in_a_moment():
    one, other = parse("8*L*d*n + 4*L**2*n", SYMBOLS), parse("4*L*n*(2*d + L)", SYMBOLS)
    started = time.process_time()
    for _ in range(10):
        assert equal(one, other, SYMBOLS)
    assert time.process_time() - started < 0.1


def test_shapes():
    shape = parse("(L, 2*d)", SYMBOLS)
    assert shape.is_tuple and shape.evaluate(VALUES) == (7, 10)
    assert not parse("L", SYMBOLS).is_tuple


def test_value():
    assert parse("L*d/2", SYMBOLS).value(**VALUES) == 17.5
    whole = parse("L**2", SYMBOLS).value(L=2**40)
    assert whole == 2**80 and isinstance(whole, int)


HOSTILE = [
    "__import__('pathlib').Path('trace').touch()",
    "(lambda: __import__('pathlib').Path('trace').touch())()",
    "[__import__('pathlib').Path('trace').touch() for _ in (1,)][0]",
    "L if open('trace', 'w') else d",
    "L**open('trace', 'w')",
    'f\'{open("trace", "w")}\'',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_evaluated(text, tmp_path):
    refusal(text)
    assert not list(tmp_path.iterdir())


def test_nothing_is_compiled():
    """A hook of Python's own sees every `eval` and `exec`: there is none."""
    seen = []
    watching = True
    sys.addaudithook(lambda event, _: seen.append(event) if watching and event == "exec" else None)
    for text in (*HOSTILE, "2*L*d"):
        with contextlib.suppress(FormulaError):
            parse(text, SYMBOLS).evaluate(VALUES)
    watching = False
    assert "exec" not in seen


SQUARE = "((L + d)**2 + 2*(L + d)*({}*n) + ({}*n)**2)"


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("9**9**9**9", "L"),
        ("((((((((9**12)**12)**12)**12)**12)**12)**12)**12)", "L"),
        ("exp(exp(exp(L)))", "L"),
        ("(" * 199 + "L" + ")" * 199, "L"),
        ("L + " + "*".join(["(L + d + n)**12"] * 18), "L"),
        # equal, and to prove it sympy would have to multiply out
        ("(L + d + n)**64", SQUARE.format(1, 1) + "**32"),
        (
            "*".join(f"(L + d + {i}*n)**4" for i in range(1, 7)),
            "*".join(SQUARE.format(i, i) + "**2" for i in range(1, 7)),
        ),
        (
            "L + sqrt(5 + 2*sqrt(6)) - sqrt(2) - sqrt(3) + d*(sqrt(12 + 2*sqrt(35)) - sqrt(5) - sqrt(7))"
            " + n*(sqrt(24 + 2*sqrt(143)) - sqrt(11) - sqrt(13))",
            "L",
        ),
    ],
)
def test_no_text_takes_long(text, other):
    started = time.process_time()
    with contextlib.suppress(FormulaError):
        are_equal(text, other)
    assert time.process_time() - started < 5


def test_a_value_to_compute_with_or_nan():
    assert value_of("4*L*d", L=3, d=5) == 60
    assert all(math.isnan(value_of(text, L=3)) for text in ("", "4*", "L/(L - 3)", "L*n", "(L, L)", None))
