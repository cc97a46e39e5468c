"""Letters into vectors

A network takes in numbers, not letters. Let each of the 26 letters have a row of a table; write the
look-up. With d ≥ 26 the table can be the identity (`torch.eye(26, d)`), and a letter is **one-hot**: all
zeros but a single 1. With d < 26 there are not enough places, and the table has to be learnt.
"""

import torch

from grader.exercise import Function


def encode_letters(word, table):
    """The table's row of each letter.

    word: a text of L small letters, a to z; table: (26, d) -> (L, d)
    """
    places = torch.tensor([ord(letter) - ord("a") for letter in word])  # (L,), a is 0
    return table[places]


def _word(draw, width, length):
    letters = ["z", "a"][: length - 1] + [chr(draw.integer(ord("a"), ord("z"))) for _ in range(length)]
    return dict(word="".join(draw.shuffled(letters)), table=draw.normal(26, width))


exercise = Function(
    encode_letters,
    cases={
        "one letter": lambda draw: _word(draw, 3, 1),
        "a word": lambda draw: _word(draw, 4, draw.integer(5, 9)),
        "a word, d = 26": lambda draw: _word(draw, 26, draw.integer(5, 9)),
        "one-hot, d ≥ 26": lambda draw: _word(draw, 4, 7) | dict(table=torch.eye(26, draw.integer(26, 32))),
        "a letter that comes again": lambda draw: dict(word="minimum", table=draw.normal(26, 5)),
    },
    points=2,
    difficulty=1,
    minutes=5,
    words={"places": "the places", "table": "the table"},
    slips={
        'ord("a") -> ord("b")': "Each letter gets the row of the letter before it: a is row 0.",
        'ord("a") -> ord("`")': "Each letter gets the row of the letter after it: a is row 0.",
        "word -> sorted(set(word))": "Each letter comes once: a word keeps its order and its repetitions.",
        "table[places] -> torch.eye(26)[places]": "The letters come out one-hot: the table is not used.",
    },
    also_right=["table[places] -> torch.nn.functional.one_hot(places, 26).to(table.dtype) @ table"],
    hints=[
        "`ord(letter) - ord('a')` is 0 for a, 25 for z.",
        "A tensor of whole numbers picks rows of a table.",
    ],
)
