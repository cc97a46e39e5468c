"""Five prices of looking

An image of n × n pixels. How many numbers does **one head's** table of weights hold, a row a query, if

- each pixel attends to all pixels;
- each pixel attends to a **k × k** window (a whole one at the border, too);
- each pixel attends to the n of its column, then to the n of its row (both tables, added up);
- each patch of **P × P** pixels attends to all patches;
- each place of a CNN's map, **s** times smaller than the image on each side, attends to the whole map?
"""

from grader.exercise import Entry, Formulas

exercise = Formulas(
    symbols={
        "n": "pixels on a side",
        "k": "pixels on a side of a window",
        "P": "pixels on a side of a patch",
        "s": "pixels on a side for one place of the map",
    },
    entries={
        "pixels": Entry(
            "n**4",
            slips={
                "n**2": "This is how many pixels ask; each of them has a weight for every pixel.",
                "n**3": "A row of the table is as long as there are pixels, n², not n.",
                "2*n**4": "This would be two tables: one number for each pair (query, key) is asked for.",
            },
            also_right=["(n**2)**2"],
        ),
        "windows": Entry(
            "n**2*k**2",
            slips={
                "n**2*k": "A window has k·k pixels.",
                "k**4": "This is one window, all of whose pixels ask; here every pixel of the image asks.",
                "n**2": "Each pixel has more than one weight: as many as its window has pixels.",
            },
        ),
        "column, then row": Entry(
            "2*n**3",
            terms={"the columns": "n**3", "the rows": "n**3"},
            slips={
                "2*n**2": "Each of n² pixels has n weights for its column and n for its row.",
                "n**4": "Nobody attends to all pixels here: to n of them, twice.",
            },
        ),
        "patches": Entry(
            "(n/P)**4",
            slips={
                "(n/P)**2": "This is how many patches ask; each of them has a weight for every patch.",
                "n**4/P**2": "There are (n/P)² patches, and a table of as many rows as columns.",
                "n**2*P**2": "Patches do not look inside themselves: each is one token.",
            },
        ),
        "map of a CNN": Entry(
            "(n/s)**4",
            slips={"(n/s)**2": "This is how many places ask; each of them has a weight for every place."},
        ),
    },
    points=4,
    difficulty=2,
    minutes=7,
    hints=[
        "In each case: how many ask, and how many does each of them see? The table holds their product.",
        "n·n pixels ask. In the first row each sees n·n; in the third n, and then n once more.",
    ],
)
