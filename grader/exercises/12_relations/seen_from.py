"""Nine patches, nine words"""

from grader.exercise import Matching

exercise = Matching(
    question="A 3 × 3 grid, its patches numbered row by row from 0 to 8. Two letters say where patch i lies "
    "**as seen from patch j**: L, C, R (left, same column, right), then U, C, D (up, same row, down). Which "
    "word has each pair?",
    left={
        "a": "i = 0, j = 4",
        "b": "i = 4, j = 0",
        "c": "i = 5, j = 3",
        "d": "i = 1, j = 7",
        "e": "i = 6, j = 2",
        "f": "i = 8, j = 8",
    },
    right={"0": "LU", "1": "CU", "2": "RU", "4": "CC", "5": "RC", "6": "LD", "7": "CD", "8": "RD"},
    pairs={"a": "0", "b": "8", "c": "5", "d": "1", "e": "6", "f": "4"},
    why={
        ("a", "8"): "So 4 lies as seen from 0. Asked is i, the first of the two, as seen from j.",
        ("b", "0"): "So 0 lies as seen from 4. Asked is i, the first of the two, as seen from j.",
        ("d", "7"): "Patch 1 is in the top row and 7 in the bottom one: seen from 7, patch 1 is up.",
        ("e", "2"): "So 2 lies as seen from 6.",
        ("c", "6"): "Both are in the middle row: the second letter is C.",
    },
    points=2,
    difficulty=1,
    minutes=4,
    hints=[
        "Draw the grid. Put a finger on j, and walk to i.",
        "How far sideways does not matter, only the direction: left, right, or neither.",
    ],
)
