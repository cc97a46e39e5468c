import numpy as np
import pytest
from made_cases import values

from grader.naming import symptoms

RIGHT = [1234.5678, 98765.4321, 31415.9265]
COUNTS = [3_000_000_019, 5_000_000_039, 7_000_000_013]


def exact(right, given, **known):
    inputs = [dict(zip(known, row)) for row in zip(*known.values())] or None
    return symptoms.exact(values(right, given, inputs), [])


HAVE = {
    "It is the right number rounded to a whole one: more digits are asked for.": round,
    "It is the right number rounded to 1 decimal: more digits are asked for.": lambda x: round(x, 1),
    "It is the right number rounded to 2 decimals: more digits are asked for.": lambda x: round(x, 2),
    "The sign is turned.": lambda x: -x,
    "It is one too large.": lambda x: x + 1,
    "It is one too small.": lambda x: x - 1,
    "It is 10^9 times the right number: look at the unit (giga).": lambda x: x * 1e9,
    "It is 10^−3 times the right number: look at the unit (kilo).": lambda x: x / 1e3,
    "It is 10^2 times the right number: look at the unit.": lambda x: x * 100,
    "It is 2^30 times the right number: look at the unit.": lambda x: x * 2**30,
    "It is 2^−20 times the right number: look at the unit.": lambda x: x / 2**20,
    "1000 and 1024 are mixed up in a unit (kB and KiB, GB and GiB).": lambda x: x * (1000 / 1024) ** 2,
    "It is twice the right number.": lambda x: 2 * x,
    "It is half the right number.": lambda x: x / 2,
    "It is 8 times the right number: are these bits, not bytes?": lambda x: 8 * x,
    "It is 5/7 times the right number.": lambda x: x * 5 / 7,
}


@pytest.mark.parametrize("sentence", HAVE)
def test_how_a_number_differs(sentence):
    right = [123.4567, 9876.5432, 3141.5926]
    assert exact(right, [HAVE[sentence](x) for x in right]) == sentence
    nearly = [HAVE[sentence](x) * (1.05 + 0.03 * i) for i, x in enumerate(right)]
    assert exact(right, nearly) is None


def test_negative_numbers_among_the_inputs_have_no_root_and_no_logarithm():
    right = [123.4567, 9876.5432, 3141.5926]
    wrong = [2.7 * x * (1 + 0.00005 * i) for i, x in enumerate(right)]
    said = exact(right, wrong, b=[-0.3, -1.7, -4.1])  # as a moving baseline can be
    assert said == "It is 2.7 times the right number."


def test_a_larger_unit_the_other_way_round():
    assert exact([12.345], [12.345 * 1.024**3]).startswith("1000 and 1024 are mixed up")


def test_rounded_down_and_up():
    right = [1.7, 2.8, 9.6]
    assert exact(right, [1, 2, 9]).startswith("It is the right number rounded down")
    assert exact([1.2, 2.3, 9.4], [2, 3, 10]).startswith("It is the right number rounded up")


def test_what_a_computer_cannot_count():
    wrapped = [(x + 2**31) % 2**32 - 2**31 for x in COUNTS]
    assert exact(COUNTS, wrapped) == (
        "It has run over: the right number does not fit into an integer of 32 bits."
    )
    assert exact(COUNTS, [float(np.float32(x)) for x in COUNTS]) == (
        "It is right to about seven digits: float32 holds no more, an integer does."
    )
    large = [x * 10**8 + 1 for x in COUNTS]
    assert exact(large, [float(x) for x in large]) == (
        "It is right to about sixteen digits: a float holds no more, an integer does."
    )
    assert exact(COUNTS, [x + 100 + i for i, x in enumerate(COUNTS)]) is None


def test_in_the_names_of_the_sizes():
    n, d = [3, 5, 8], [7, 2, 6]
    right = [x * y * 1.5 for x, y in zip(n, d)]
    assert exact(right, [r * y for r, y in zip(right, d)], n=n, d=d) == ("It is `d` times the right number.")
    assert exact(right, [r + x for r, x in zip(right, n)], n=n, d=d) == "It is `n` too large."
    assert exact(right, [r - y for r, y in zip(right, d)], n=n, d=d) == "It is `d` too small."


def test_of_one_number_little_is_said():
    assert exact([12.345], [12.345e9]) == "It is 10^9 times the right number: look at the unit (giga)."
    assert exact([12.345], [12.345 * 5 / 7]) is None
    assert exact([12.345], [0.0]) is None


def test_where_other_cases_are_right():
    wrong = values([10.5, 20.5, 30.25], [21.0, 41.0, 60.5])
    right = values([1.5], [1.5])
    assert symptoms.exact(wrong, right) == "Where its numbers are wrong, it is twice the right number."
