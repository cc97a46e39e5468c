"""What hiding saves

A layer of width d takes 24·L·d² + 4·L²·d FLOPs for L tokens (lesson 05; its MLP is 4d wide). Of an image's
**N** patches **V** stay visible. MAE's encoder has **D** layers of width **d**, its decoder **K** layers of
width **w**. (CLS, embedding and head are left out.) What do they take? And what would the *encoder* take if
it read a mask token for each hidden patch, as other methods' encoders do?
"""

from grader.exercise import Entry, Formulas

exercise = Formulas(
    symbols={
        "N": "patches",
        "V": "visible patches",
        "D": "layers of the encoder",
        "d": "its width",
        "K": "layers of the decoder",
        "w": "its width",
    },
    entries={
        "encoder": Entry(
            "D*(24*V*d**2 + 4*V**2*d)",
            terms={"weights times tokens": "24*D*V*d**2", "pairs of tokens": "4*D*V**2*d"},
            slips={
                "D*(24*N*d**2 + 4*N**2*d)": "The encoder never sees a hidden patch.",
                "24*V*d**2 + 4*V**2*d": "This is one layer.",
                "D*(24*V*d**2 + 4*V*N*d)": "Hidden patches are no keys either: V queries times V keys.",
                "D*(24*(N - V)*d**2 + 4*(N - V)**2*d)": "This is for the hidden patches.",
            },
        ),
        "decoder": Entry(
            "K*(24*N*w**2 + 4*N**2*w)",
            terms={"weights times tokens": "24*K*N*w**2", "pairs of tokens": "4*K*N**2*w"},
            slips={
                "K*(24*V*w**2 + 4*V**2*w)": "The decoder gets a mask token for each hidden patch.",
                "K*(24*(N - V)*w**2 + 4*(N - V)**2*w)": "It reads the visible ones as well.",
                "K*(24*N*d**2 + 4*N**2*d)": "The decoder is w wide.",
                "24*N*w**2 + 4*N**2*w": "This is one layer.",
            },
        ),
        "encoder with mask tokens": Entry(
            "D*(24*N*d**2 + 4*N**2*d)",
            slips={"D*(24*V*d**2 + 4*V**2*d)": "A mask token is a token: it is read, at full price."},
        ),
    },
    points=4,
    difficulty=2,
    minutes=10,
    hints=[
        "How many tokens does each of them read? L is that number.",
        "The second term is queries times keys: it falls with the *square* of what is visible.",
    ],
)
