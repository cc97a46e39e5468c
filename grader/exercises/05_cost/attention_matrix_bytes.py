"""What training keeps

A Transformer of 12 layers, with h heads in each of them, is trained on B images of L tokens at a time. Each
head of each layer makes an attention matrix for each image, and the backward pass will need every one. **How
many bytes do all these matrices take in single precision (float32)?**
"""

from grader.exercise import Formula

exercise = Formula(
    reference="48*B*h*L**2",
    symbols={"B": "images", "h": "heads", "L": "tokens", "d": "width of a token", "n": "units"},
    unit="bytes",
    points=2,
    difficulty=2,
    minutes=4,
    slips={
        "4*L**2": "This is one attention matrix: one image, one head and one layer.",
        "4*B*h*L**2": "This is one layer; the backward pass needs the matrices of all twelve.",
        "48*h*L**2": "This is one image; each of the B images has matrices of its own.",
        "48*B*L**2": "This is one head; each of the h heads makes a matrix of its own.",
        "12*B*h*L**2": "These are the entries; each takes four bytes.",
        "24*B*h*L**2": "Two bytes an entry is half precision, or six layers: single precision takes four.",
        "96*B*h*L**2": "Everything is counted twice: eight bytes an entry is double precision.",
        "48*B*h*L": "This is one row of each matrix, the weights of one query; each matrix has L rows.",
        "48*B*L*d": "This is the memory of the twelve inputs X; an attention matrix is L×L.",
        "48*B*h*L**2*n": "A score is a sum of n products; what is kept of it is one number.",
        "4*(12 + B + h)*L**2": "Layers, images and heads are added where they multiply.",
    },
    also_right=["12*B*h*(4*L**2)", "12*B*h*(32*L**2/8)"],
    hints=[
        "How many entries has one attention matrix, and how many bytes is each?",
        "Layers × images × heads: so many matrices are there.",
    ],
)
