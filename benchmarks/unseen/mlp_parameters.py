"""Answers to `mlp_parameters`: the weights of d×n and n×d; right is 2*d*n."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer("One of the two layers.", "d*n"),
    Answer("With biases.", "2*d*n + n + d"),
    Answer("Multiplied by the number of tokens.", "2*L*d*n"),
    Answer("The two layers multiplied instead of added.", "d*n*n*d"),
    Answer("The shapes added up.", "2*(d + n)"),
    Answer("Both layers taken as d×d.", "2*d**2"),
    Answer("Both layers taken as n×n.", "2*n**2"),
    Answer("Twice too many: FLOPs for each token.", "4*d*n"),
    Answer("A bias of n only.", "2*d*n + n"),
    Answer("Input and weights together.", "L*d + 2*d*n"),
    Answer("Two n-sided biases.", "2*d*n + 2*n"),
    Answer("The square of one layer.", "(d*n)**2"),
    Answer("One layer and a d×d one.", "d*n + d*d"),
    Answer("The input counted instead of W2.", "L*d + d*n"),
    Answer("As it stands.", "2*d*n", right=True),
    Answer("A sum.", "d*n + n*d", right=True),
    Answer("Another order.", "n*2*d", right=True),
    Answer("With a bracket.", "d*(n + n)", right=True),
    Answer("With ×.", "2×d×n", right=True),
    Answer("Factored.", "2*(n*d)", right=True),
]
