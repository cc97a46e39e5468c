"""How often does each class hold?

On an n × n grid there are n⁴ pairs (i, j). Which **share** of them is of a corner class (LU; the same for RU,
LD, RD), of an axis class (CU; the same for LC, RC, CD), of CC? And the **floor**: which share is right if a
net can tell nothing but whether i and j are the same patch, and says the best it can (n ≥ 3)?
"""

from grader.exercise import Entry, Formulas

exercise = Formulas(
    symbols={"n": "patches on a side"},
    entries={
        "corner": Entry(
            "((n - 1)/(2*n))**2",
            slips={
                "1/9": "Nine classes, but not equally common ones: count the pairs.",
                "((n - 1)/n)**2": "This is all four corner classes together.",
                "n**2*(n - 1)**2/4": "This is how many pairs they are: their share of all n⁴ is asked for.",
                "(n - 1)/(2*n)": "This is one axis: i above j. It must lie to the left of it as well.",
            },
            also_right=["(n*(n - 1)/2)**2/n**4"],
        ),
        "axis": Entry(
            "(n - 1)/(2*n**2)",
            slips={
                "(n - 1)/(2*n)": "This is all pairs with i above j; for CU both must be in one column.",
                "n**2*(n - 1)/2": "This is how many pairs they are: their share of all n⁴ is asked for.",
                "(n - 1)/n**2": "This is CU and CD together.",
            },
        ),
        "CC": Entry(
            "1/n**2",
            slips={
                "n**2": "This is how many pairs they are: their share of all n⁴ is asked for.",
            },
        ),
        "floor": Entry(
            "((n - 1)/(2*n))**2 + 1/n**2",
            terms={"one corner class": "((n - 1)/(2*n))**2", "a patch and itself": "1/n**2"},
            slips={
                "((n - 1)/n)**2 + 1/n**2": "Of the four corner classes only one can be said each time.",
                "1/n**2 + (1 - 1/n**2)/8": "Among different patches the eight classes are not equally "
                "common: the best is always to say the commonest.",
                "1/n**2 + 1/9": "Beyond CC this has a ninth right: among different patches the best is "
                "always to say the commonest class.",
                "n**2*(n - 1)**2/4 + n**2": "This is how many pairs are right: their share of all n⁴ is "
                "asked for.",
            },
        ),
    },
    points=4,
    difficulty=2,
    minutes=15,
    hints=[
        "One axis first. Of n² ordered pairs of rows, n are equal. Which share has i above j?",
        "LU means above, and to the left: two independent things on a grid. CU: above, in the same column.",
        "The floor: right on all CC; on the rest always the commonest class.",
    ],
)
