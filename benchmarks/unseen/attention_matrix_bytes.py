"""Answers to `attention_matrix_bytes`: L×L matrices in float32; right is 48*B*h*L**2.

What stands in parentheses was written for one matrix, when that was what the exercise asked.
"""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer("Entries, not bytes.", "12*B*h*(L**2)"),
    Answer("Bits.", "12*B*h*(32*L**2)"),
    Answer("Double precision.", "12*B*h*(8*L**2)"),
    Answer("Half precision.", "12*B*h*(2*L**2)"),
    Answer("The matrix of keys.", "12*B*h*(4*L*n)"),
    Answer("The input.", "12*B*h*(4*L*d)"),
    Answer("n for each pair: a FLOP count.", "12*B*h*(4*L**2*n)"),
    Answer("Three matrices Q, K, V.", "12*B*h*(12*L*n)"),
    Answer("Not squared.", "12*B*h*(4*L)"),
    Answer("Weights of the layer.", "12*B*h*(4*d*n)"),
    Answer("The causal half only.", "12*B*h*(2*L*(L + 1))"),
    Answer("One float is 32 bytes, and d for each pair.", "12*B*h*(32*L**2*d)"),
    Answer("In kilobytes.", "12*B*h*(4*L**2/1024)"),
    Answer("In bits per byte the wrong way round.", "12*B*h*(L**2/8)"),
    Answer("(4L)².", "12*B*h*((4*L)**2)"),
    Answer("As it stands.", "12*B*h*(4*L**2)", right=True),
    Answer("A product.", "12*B*h*(4*L*L)", right=True),
    Answer("Bits divided by eight.", "12*B*h*(32*L**2/8)", right=True),
    Answer("With ².", "12*B*h*(4*L²)", right=True),
    Answer("(2L)².", "12*B*h*((2*L)**2)", right=True),
    Answer("With ^.", "12*B*h*(L^2*4)", right=True),
]
