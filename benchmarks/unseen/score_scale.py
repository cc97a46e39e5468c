"""Answers to `score_scale`: what to divide the scores by so that their variance is 1, in d."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer("The variance instead of the standard deviation.", "d"),
    Answer("The reciprocal: what to multiply by.", "1/sqrt(d)"),
    Answer("One over d.", "1/d"),
    Answer("Squared.", "d**2"),
    Answer("Twice the width.", "sqrt(2*d)"),
    Answer("The standard deviation doubled.", "2*sqrt(d)"),
    Answer("Half the width, as if independent entries came in pairs.", "d/2"),
    Answer("The root of d minus one, as in a sample's deviation.", "sqrt(d-1)"),
    Answer("The logarithm of d.", "log(d)"),
    Answer("The fourth root (what each of q and k is divided by).", "d**(1/4)"),
    Answer("A fixed number, for d = 64.", "8"),
    Answer("The constant 1.", "1"),
    Answer("The cube root.", "d**(1/3)"),
    Answer("The root of half the width.", "sqrt(d/2)"),
    Answer("sqrt.", "sqrt(d)", right=True),
    Answer("A power.", "d**0.5", right=True),
    Answer("A fraction as a power.", "d**(1/2)", right=True),
    Answer("The sign for the root.", "√d", right=True),
    Answer("A detour.", "d/sqrt(d)", right=True),
    Answer("The root of the sum of variances.", "sqrt(d*1)", right=True),
]
