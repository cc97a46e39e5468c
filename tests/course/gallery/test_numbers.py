"""French and English number words, against spellings looked up one by one and against each other."""

import pytest

from course.gallery.numbers import english, french

SPELT = {
    0: ("zéro", "zero"),
    1: ("un", "one"),
    16: ("seize", "sixteen"),
    17: ("dix-sept", "seventeen"),
    20: ("vingt", "twenty"),
    21: ("vingt et un", "twenty-one"),
    22: ("vingt-deux", "twenty-two"),
    60: ("soixante", "sixty"),
    61: ("soixante et un", "sixty-one"),
    70: ("soixante-dix", "seventy"),
    71: ("soixante et onze", "seventy-one"),
    77: ("soixante-dix-sept", "seventy-seven"),
    80: ("quatre-vingts", "eighty"),
    81: ("quatre-vingt-un", "eighty-one"),
    90: ("quatre-vingt-dix", "ninety"),
    91: ("quatre-vingt-onze", "ninety-one"),
    99: ("quatre-vingt-dix-neuf", "ninety-nine"),
    100: ("cent", "one hundred"),
    101: ("cent un", "one hundred and one"),
    200: ("deux cents", "two hundred"),
    280: ("deux cent quatre-vingts", "two hundred and eighty"),
    999: ("neuf cent quatre-vingt-dix-neuf", "nine hundred and ninety-nine"),
}


@pytest.mark.parametrize("number", SPELT)
def test_spelling(number):
    assert (french(number), english(number)) == SPELT[number]


def test_no_two_numbers_are_spelt_alike():
    for words in (french, english):
        assert len({words(number) for number in range(1000)}) == 1000


@pytest.mark.parametrize("words", [french, english])
def test_other_numbers_are_refused(words):
    for number in (-1, 1000):
        with pytest.raises(ValueError, match=f"from 0 to 999; got {number}"):
            words(number)
