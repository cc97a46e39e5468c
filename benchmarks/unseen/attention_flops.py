"""Answers to `attention_flops`: the six products of layer (b); right is 8*L*d*n + 4*L**2*n."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer("Multiply-adds.", "4*L*d*n + 2*L**2*n"),
    Answer("The output projection is forgotten.", "6*L*d*n + 4*L**2*n"),
    Answer("The weighted sum is forgotten.", "8*L*d*n + 2*L**2*n"),
    Answer("Only the pairs.", "4*L**2*n"),
    Answer("Only the projections.", "8*L*d*n"),
    Answer("The pairs with d instead of n.", "8*L*d*n + 4*L**2*d"),
    Answer("The scores with d, the weighted sum with n.", "8*L*d*n + 2*L**2*d + 2*L**2*n"),
    Answer("All d×d.", "8*L*d**2 + 4*L**2*d"),
    Answer("The cheap order.", "8*L*d*n + 4*L*n**2"),
    Answer("The weighted sum as L cubed.", "8*L*d*n + 2*L**2*n + 2*L**3"),
    Answer("The output projection as n×n.", "6*L*d*n + 2*L*n**2 + 4*L**2*n"),
    Answer("The output projection as d×d.", "6*L*d*n + 2*L*d**2 + 4*L**2*n"),
    Answer("With a softmax of five operations a score.", "8*L*d*n + 4*L**2*n + 5*L**2"),
    Answer("With one division a score.", "8*L*d*n + 4*L**2*n + L**2"),
    Answer("Four projections and six more for the pairs.", "8*L*d*n + 6*L**2*n"),
    Answer("Projections as multiply-adds, pairs as FLOPs.", "4*L*d*n + 4*L**2*n"),
    Answer("The length of the pairs not squared.", "8*L*d*n + 4*L*n"),
    Answer("Three projections and one set of scores.", "6*L*d*n + 2*L**2*n"),
    Answer("Six equal products.", "12*L*d*n"),
    Answer("The three projections and nothing else.", "6*L*d*n"),
    Answer("The scores' inner size left out.", "8*L*d*n + 2*L**2 + 2*L**2*n"),
    Answer("Doubled once too often.", "16*L*d*n + 8*L**2*n"),
    Answer("As it stands.", "8*L*d*n + 4*L**2*n", right=True),
    Answer("Factored.", "4*L*n*(2*d + L)", right=True),
    Answer("Six products.", "2*L*d*n + 2*L*d*n + 2*L*d*n + 2*L*n*L + 2*L*L*n + 2*L*n*d", right=True),
    Answer("Two times the multiply-adds.", "2*(4*L*d*n + 2*L**2*n)", right=True),
    Answer("With ² and ·.", "8·L·d·n + 4·L²·n", right=True),
    Answer("Three, two and one.", "3*(2*L*d*n) + 2*(2*L**2*n) + 2*L*n*d", right=True),
]
