"""Where the picture gets too large

With L tokens, one block's attention, projections included, takes 8Ld² + 4L²d FLOPs and its MLP (hidden = 4d)
16Ld². **From which side of a square image, in pixels, is the attention the more expensive part?** CLS is one
of the L tokens.
"""

from grader.exercise import Formula

exercise = Formula(
    reference="P*sqrt(2*d - 1)",
    symbols={"P": "side of a patch in pixels", "d": "width"},
    unit="pixels",
    points=3,
    difficulty=3,
    minutes=6,
    slips={
        "2*d": "This is a number of tokens, L = 2d. How long is the side of an image that has so many?",
        "2*d - 1": "This is a number of patches. How long is the side of an image that has so many?",
        "P*sqrt(2*d)": "CLS is one of the L tokens: there is one patch less.",
        "sqrt(2*d - 1)": "This is the side in patches; one of them is P pixels long.",
        "P*sqrt(4*d - 1)": "The projections are left out: 8·L·d² belongs to attention.",
        "P*(2*d - 1)": "So many patches are the whole image, not one side: take the root.",
        "P**2*sqrt(2*d - 1)": "One P too many: the side of a patch is P, its area P².",
    },
    also_right=["sqrt(P**2*(2*d - 1))"],
    hints=[
        "First L: 8·L·d² + 4·L²·d = 16·L·d². Divide by 4·L·d.",
        "L tokens are CLS and a square of patches: how many patches along a side?",
        "Each patch is P pixels wide.",
    ],
)
