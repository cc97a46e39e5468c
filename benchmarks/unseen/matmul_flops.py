"""Answers to `matmul_flops`: the FLOPs of an L×d matrix times a d×n matrix; right is 2*L*d*n."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer("Multiplications only.", "L*d*n"),
    Answer("The size of the result.", "L*n"),
    Answer("Exact additions: one fewer than products.", "L*n*(2*d - 1)"),
    Answer("The inner size is left out.", "2*L*n"),
    Answer("Entries of both matrices.", "L*d + d*n"),
    Answer("The inner size counted twice, once for each matrix.", "L*d*d*n"),
    Answer("Sums the sizes and doubles them.", "2*(L + d + n)"),
    Answer("The price of a square product.", "2*d**3"),
    Answer("Multiplications plus one addition an entry.", "L*d*n + L*n"),
    Answer("Three: multiply, add and store.", "3*L*d*n"),
    Answer("The product of the entries of both matrices, doubled.", "2*L*d**2*n"),
    Answer("Only the entries of the weights, twice.", "2*d*n"),
    Answer("Only the input entries, twice.", "2*L*d"),
    Answer("Squared length, as if X met itself.", "2*L**2*d"),
    Answer("Additions only, exact.", "L*n*(d - 1)"),
    Answer("As it stands.", "2*L*d*n", right=True),
    Answer("Another order.", "n*d*L*2", right=True),
    Answer("A sum of two equal parts.", "L*n*d + L*n*d", right=True),
    Answer("By entry of the result.", "(L*n) * (d + d)", right=True),
    Answer("With dots.", "2·L·d·n", right=True),
    Answer("Multiplications and additions spelt out.", "L*n*d*(1 + 1)", right=True),
]
