"""Answers to `mlp_flops`: the FLOPs of (X W1) W2; right is 4*L*d*n."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer("Multiply-adds, or one layer.", "2*L*d*n"),
    Answer("One layer in multiply-adds.", "L*d*n"),
    Answer("The length is left out.", "4*d*n"),
    Answer("The second product taken as d×d.", "2*L*d*n + 2*L*d*d"),
    Answer("The second product taken as n×n.", "2*L*d*n + 2*L*n**2"),
    Answer("The products multiplied.", "(2*L*d*n)**2"),
    Answer("W1 W2 first, then X: 2dnd + 2Ldd.", "2*d*n*d + 2*L*d*d"),
    Answer("Three products.", "6*L*d*n"),
    Answer("Backward pass included (three times).", "12*L*d*n"),
    Answer("With biases.", "4*L*d*n + L*n + L*d"),
    Answer("With a ReLU.", "4*L*d*n + L*n"),
    Answer("Exact additions.", "L*n*(2*d - 1) + L*d*(2*n - 1)"),
    Answer("Squared width.", "4*L*d**2"),
    Answer("The length squared.", "4*L**2*d*n"),
    Answer("Doubled again.", "8*L*d*n"),
    Answer("As it stands.", "4*L*d*n", right=True),
    Answer("Two products.", "2*L*d*n + 2*L*n*d", right=True),
    Answer("Two times two.", "2*2*L*d*n", right=True),
    Answer("Weights times two times tokens.", "2*L*(2*d*n)", right=True),
    Answer("Factored.", "2*L*n*(d + d)", right=True),
    Answer("With ·.", "4·L·n·d", right=True),
]
