"""Answers to `overtakes`: the L at which d×d attention costs as much as the MLP; right is n - 2*d."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer("The crossing for n = 4d.", "2*d"),
    Answer("The width.", "d"),
    Answer("The sign is lost.", "2*d - n"),
    Answer("The projections are forgotten: pairs against the MLP.", "n"),
    Answer("n - d.", "n - d"),
    Answer("n was not replaced by d in the pairs: (4dn - 8d²)/(4n).", "d - 2*d**2/n"),
    Answer("Division by 2 in place of a subtraction.", "n/2"),
    Answer("One product of pairs: twice as far.", "2*n - 4*d"),
    Answer("Solved with one layer of the MLP.", "n/2 - 2*d"),
    Answer("The output projection forgotten: 6Ld² + 4L²d = 4Ldn.", "n - 1.5*d"),
    Answer("The ratio instead of the length.", "n/d - 2"),
    Answer("Added instead of subtracted.", "n + 2*d"),
    Answer("n replaced by d on both sides.", "-d"),
    Answer("Four projections of cost d not divided out.", "n - 8*d"),
    Answer("Half: 2d cancelled from one side only.", "(n - 2*d)/2"),
    Answer("As it stands.", "n - 2*d", right=True),
    Answer("Turned round.", "-2*d + n", right=True),
    Answer("Not yet cancelled.", "(4*d*n - 8*d**2)/(4*d)", right=True),
    Answer("Through the ratio.", "d*(n/d - 2)", right=True),
    Answer("Two subtractions.", "n - d - d", right=True),
    Answer("Factored.", "2*(n/2 - d)", right=True),
]
