"""Letters into vectors

A network takes in numbers, not letters. Let each of the 26 letters have a row of a table; write the
look-up. With d ≥ 26 the table can be the identity (`torch.eye(26, d)`), and a letter is **one-hot**: all
zeros but a single 1. With d < 26 there are not enough places, and the table has to be learnt.
"""

import torch
from torch.nn import functional as F

from grader.exercise import Function


def encode_letters(word, table):
    """The table's row of each letter.

    word: a text of L small letters, a to z; table: (26, d) -> (L, d)
    """
    places = torch.tensor([ord(letter) - ord("a") for letter in word])  # (L,), a is 0
    return table[places]


def by_product(word, table):
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    places = torch.tensor([alphabet.index(letter) for letter in word])
    return F.one_hot(places, 26).to(table.dtype) @ table


def _word(lengths, width):
    def case(draw):
        letters = [chr(draw.integer(ord("a"), ord("z"))) for _ in range(draw.integer(*lengths))]
        letters += ["z", "a"] if len(letters) > 1 else []
        table = torch.eye(26, draw.integer(26, 32)) if width is None else draw.normal(26, width)
        return dict(word="".join(draw.shuffled(letters)), table=table)

    return case


exercise = Function(
    encode_letters,
    cases={
        "one letter": _word((1, 1), 3),
        "a word": _word((5, 9), 4),
        "a word, d = 26": _word((5, 9), 26),
        "one-hot, d ≥ 26": _word((5, 9), None),
        "a letter that comes again": lambda draw: dict(word="minimum", table=draw.normal(26, 5)),
    },
    points=2,
    difficulty=1,
    minutes=5,
    words={"places": "the places", "table": "the table"},
    slips={
        'ord("a") -> ord("b")': "Each letter gets the row of the letter before it: a is row 0.",
        'ord("a") -> ord("`")': "Each letter gets the row of the letter after it: a is row 0.",
        '[ord(letter) - ord("a") for letter in word] -> '
        '[ord(letter) - ord("a") for letter in sorted(set(word))]': "Each letter comes once: a word keeps "
        "its order and its repetitions.",
        "table[places] -> table.mean(0).expand(len(word), -1)": "Every letter gets the mean of the table.",
        "table[places] -> table[places].mean(0)": "The letters are averaged into one vector: one row a "
        "letter is asked for.",
        "table[places] -> F.one_hot(places, 26).float()": "The letters come out one-hot: the table is not "
        "used.",
    },
    also_right=[by_product],
    hints=[
        "`ord(letter) - ord('a')` is 0 for a, 25 for z.",
        "A tensor of whole numbers picks rows: table[places].",
    ],
)
