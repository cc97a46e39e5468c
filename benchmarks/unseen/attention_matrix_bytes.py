"""Answers to `attention_matrix_bytes`: an L×L matrix in float32; right is 4*L**2."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer("Entries, not bytes.", "L**2"),
    Answer("Bits.", "32*L**2"),
    Answer("Double precision.", "8*L**2"),
    Answer("Half precision.", "2*L**2"),
    Answer("The matrix of keys.", "4*L*n"),
    Answer("The input.", "4*L*d"),
    Answer("n for each pair: a FLOP count.", "4*L**2*n"),
    Answer("Three matrices Q, K, V.", "12*L*n"),
    Answer("Not squared.", "4*L"),
    Answer("Weights of the layer.", "4*d*n"),
    Answer("The causal half only.", "2*L*(L + 1)"),
    Answer("One float is 32 bytes, and d for each pair.", "32*L**2*d"),
    Answer("In kilobytes.", "4*L**2/1024"),
    Answer("In bits per byte the wrong way round.", "L**2/8"),
    Answer("(4L)².", "(4*L)**2"),
    Answer("As it stands.", "4*L**2", right=True),
    Answer("A product.", "4*L*L", right=True),
    Answer("Bits divided by eight.", "32*L**2/8", right=True),
    Answer("With ².", "4*L²", right=True),
    Answer("(2L)².", "(2*L)**2", right=True),
    Answer("With ^.", "L^2*4", right=True),
]
