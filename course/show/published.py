"""Numbers as papers print them, a dot for each row: choose what lies along and what goes up, point at a dot.

What people usually get wrong with such tables: they read one column. The same rows in another order of the
axes ("which is best at equal parameters?", "... at equal days of computing?") tell another story, and some
comparisons are not there at all: a row without a number of that kind has no dot, and is counted as missing.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from course import expect
from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new
from course.show.weights import beside, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = 4  # colours and shapes that can be told apart


@dataclass(frozen=True)
class Row:
    """A row of a table: its model, what kind of row it is (its colour), and its numbers by quantity.

    note: what must be known to compare it, such as the image size.
    """

    model: str
    kind: str
    numbers: dict[str, float] = field(default_factory=dict)
    note: str = ""


def published(rows: Sequence[Row], along: Sequence[str], up: Sequence[str], source: str) -> Block:
    """The figure, as the last line of a cell; it opens with the first of `along` and of `up`.

    along, up: quantities, names of `Row.numbers`. A quantity that spans more than a factor of twenty has a
        logarithmic axis.
    source: where the table stands, for the line below it.

    Raises ValueError for a quantity that no row has, and for more than four kinds of rows.
    """
    there = {quantity for row in rows for quantity in row.numbers}
    for quantity in (*along, *up):
        expect.one_of("quantity", quantity, sorted(there))
    kinds = list(dict.fromkeys(row.kind for row in rows))
    if len(kinds) > KINDS:
        raise ValueError(f"rows may be of {KINDS} kinds, which have a colour each; got {len(kinds)}: {kinds}")
    css, body = css_and_body("published.html")
    return interactive(
        beside("published.js"),
        {
            "rows": [asdict(row) for row in rows],
            "kinds": kinds,
            "along": list(along),
            "up": list(up),
            "source": source,
        },
        body=body,
        css=css,
        height=520,
        alt=_alt(rows, along[0], up[0]),
        fallback=_still(rows, kinds, along[0], up[0]),
    )


def _alt(rows: Sequence[Row], along: str, up: str) -> str:
    """All that the first picture shows, in words."""
    dots = [row for row in rows if along in row.numbers and up in row.numbers]
    told = "; ".join(
        f"{row.model} ({row.kind}) {row.numbers[along]:,g}, {row.numbers[up]:g}"
        for row in sorted(dots, key=lambda row: row.numbers[along])
    )
    return f"{up} against {along}, a dot for each row: {told}."


def _still(rows: Sequence[Row], kinds: list[str], along: str, up: str) -> "Figure":
    """The first picture, for viewers that remove scripts."""
    fig, ax = new(height=3.6)
    for kind, marker in zip(kinds, "osD^"):
        dots = [row for row in rows if row.kind == kind and along in row.numbers and up in row.numbers]
        x, y = ([row.numbers[quantity] for row in dots] for quantity in (along, up))
        ax.plot(x, y, marker, label=kind)
        for row in dots:
            ax.annotate(row.model, (row.numbers[along], row.numbers[up]), fontsize=7)
    ax.set(xlabel=along, ylabel=up)
    ax.legend()
    return fig
