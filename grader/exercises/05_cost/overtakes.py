"""Where attention overtakes the MLP

**At which L does attention with d×d projections cost as much as an MLP with n hidden units?** Take your two
formulas, put d for n in attention's, and solve for L. Beyond that length attention is the more
expensive one; a negative L, for small n, means that it always is.
"""

from grader.exercise import Formula
from grader.exercise.formula import Equation

exercise = Formula(
    reference="n - 2*d",
    symbols={"d": "width of a token", "n": "hidden units of the MLP"},
    unit="tokens",
    equation=Equation(
        left={"the four projections": "8*L*d**2", "the scores": "2*L**2*d", "the weighted sum": "2*L**2*d"},
        right={"the MLP": "4*L*d*n"},
        solve_for="L",
    ),
    points=2,
    difficulty=3,
    minutes=6,
    slips={
        "2*d": "This holds for n = 4d; here n is any number of hidden units.",
        "n": "The projections are left out: 4·L²·d against 4·L·d·n.",
        "2*d - n": "The sign is turned round: for n = 4d this is negative, and there the two do meet.",
        "n + 2*d": "A sign is turned: the projections are paid before the race starts, so they come off n.",
        "n - 3*d/2": "One of the four projections is missing on attention's side.",
        "n/2 - d": "This is half the right length: check the 4 in front of L² when dividing.",
        "4*n - 8*d": "The 4 in front of L² is lost when dividing.",
        "d*n - 2*d**2": "A factor d is left over: divide every term by 4·L·d.",
        "max(n - 2*d, 0)": "It is right wherever the two meet. Where they never do, leave the length "
        "negative in place of 0.",
    },
    also_right=["(4*n - 8*d)/4"],
    hints=[
        "Write both prices as an equation: attention on the left, MLP on the right.",
        "8·L·d² + 4·L²·d = 4·L·d·n. Every term has a factor in common.",
        "Divide by 4·L·d. What is left is linear in L.",
    ],
)
