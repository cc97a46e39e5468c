"""Answers to `attention_parameters`: Wq, Wk, Wv and Wo; right is 4*d*n."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer("The output projection is forgotten.", "3*d*n"),
    Answer("All matrices d×d.", "4*d**2"),
    Answer("The output projection taken as d×d.", "3*d*n + d**2"),
    Answer("The output projection taken as n×n.", "3*d*n + n**2"),
    Answer("With biases.", "4*d*n + 3*n + d"),
    Answer("With the attention matrix.", "4*d*n + L**2"),
    Answer("Multiplied by the number of tokens.", "4*L*d*n"),
    Answer("One matrix.", "d*n"),
    Answer("Only Wq and Wk.", "2*d*n"),
    Answer("Five matrices, X included.", "5*d*n"),
    Answer("The input counted.", "4*d*n + L*d"),
    Answer("Twice as many.", "8*d*n"),
    Answer("Three n×n and one more.", "4*n**2"),
    Answer("Only Q, K, V themselves.", "3*L*n"),
    Answer("As many as the six products suggest.", "6*d*n"),
    Answer("As it stands.", "4*d*n", right=True),
    Answer("Three and one.", "3*d*n + n*d", right=True),
    Answer("Four terms.", "d*n + d*n + d*n + n*d", right=True),
    Answer("Twice the MLP.", "2*(2*d*n)", right=True),
    Answer("Another order.", "n*d*4", right=True),
    Answer("With ×.", "4×d×n", right=True),
]
