"""Answers to `mlp_shape`: the shape of Y = (X W1) W2; right is (L, d)."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer("The shape of the hidden units.", "(L, n)"),
    Answer("Rows and columns swapped.", "(d, L)"),
    Answer("The shape of W1.", "(d, n)"),
    Answer("The shape of W2.", "(n, d)"),
    Answer("The shape of an attention matrix.", "(L, L)"),
    Answer("The shape of W1 W2.", "(d, d)"),
    Answer("The number of entries.", "L*d"),
    Answer("The hidden units, transposed.", "(n, L)"),
    Answer("All three sizes.", "(L, n, d)"),
    Answer("Rows multiplied by the hidden units.", "(L*n, d)"),
    Answer("Width doubled by two layers.", "(L, 2*d)"),
    Answer("One token.", "(1, d)"),
    Answer("As it stands.", "(L, d)", right=True),
    Answer("Without a space.", "(L,d)", right=True),
    Answer("In square brackets.", "[L, d]", right=True),
    Answer("Without parentheses.", "L, d", right=True),
    Answer("With spaces inside.", "( L , d )", right=True),
    Answer("With a one.", "(1*L, d)", right=True),
]
