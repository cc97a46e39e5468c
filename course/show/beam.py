"""A beam search over a small tree, step by step: what is kept, what is dropped, and which sentence wins.

    score(y) = log p(y) / ((5 + |y|) / 6)^α        Wu et al. 2016, equation 14; |y| counts the end

The reader moves width, length penalty α and step. All of it is computed by beam.js, beside this file.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new, palette
from course.show.weights import beside, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure

END = "■"
MOST_LEAVES = 14
ROOM, ROW = 330, 34  # CSS pixels: for controls and the table of sentences, and for a leaf

Tree = Mapping[str, Mapping[str, float]]


def beam_tree(tree: Tree, width: int = 2) -> Block:
    """The search, as the last line of a cell.

    tree: for each beginning, its words joined by spaces ("" is the empty one), the probabilities of the next
    word; ■ ends a sentence. A beginning that is not in it is not gone on with
    width: how many beginnings are kept at first

    Raises ValueError for a tree without a beginning, or one that is too large to be drawn, and for
    probabilities that do not sum to one.
    """
    nodes = _nodes(tree)
    leaves = sum(not node["children"] for node in nodes)
    if leaves > MOST_LEAVES:
        raise ValueError(f"the tree has {leaves} ends, but only {MOST_LEAVES} can be drawn")
    css, body = css_and_body("beam.html")
    ended = sorted((node for node in nodes if node["ended"]), key=lambda node: -node["p"])
    if not ended:
        raise ValueError(f"no sentence of the tree ends: {END} stands nowhere in it")
    return interactive(
        beside("beam.js"),
        {"nodes": nodes, "width": width, "leaves": leaves},
        body=body,
        css=css,
        height=ROOM + ROW * leaves,
        alt=f"A tree of {len(ended)} sentences, searched with a beam of {width} beginnings in steps. The "
        f"most probable is “{ended[0]['text']}”, with {ended[0]['p']:.3f}.",
        fallback=_still(nodes, leaves),
    )


def _nodes(tree: Tree) -> list[dict[str, Any]]:
    """The tree as a list, the empty beginning first: text, word, p of all words so far, depth, parent, …"""
    if "" not in tree:
        raise ValueError('the tree has no beginning: "" must hold the probabilities of the first word')
    nodes: list[dict[str, Any]] = []

    def grow(text: str, word: str, p: float, depth: int, parent: int) -> None:
        place, ended = len(nodes), word == END
        row = {"text": text, "word": word, "p": p, "depth": depth, "parent": parent, "ended": ended}
        nodes.append(row | {"children": []})
        if parent >= 0:
            nodes[parent]["children"].append(place)
        following = {} if ended else tree.get(text, {})
        if following and not math.isclose(sum(following.values()), 1.0, abs_tol=1e-6):
            raise ValueError(
                f"what follows “{text}” has probabilities that sum to {sum(following.values()):g}"
            )
        for after, share in following.items():
            longer = text if after == END else f"{text} {after}".strip()
            grow(longer, after, p * share, depth + 1, place)

    grow("", "", 1.0, 0, -1)
    return nodes


def _still(nodes: list[dict[str, Any]], leaves: int) -> "Figure":
    """The tree with the probability of each beginning, where scripts do not run."""
    fig, ax = new(width=8.0, height=0.8 + 0.32 * leaves)
    rows: dict[int, float] = {}
    free = iter(range(leaves))
    for place in reversed(range(len(nodes))):  # children stand behind their parents
        children = nodes[place]["children"]
        rows[place] = (
            sum(rows[child] for child in children) / len(children) if children else float(next(free))
        )
    for place, node in enumerate(nodes):
        if place:
            ends = [nodes[node["parent"]]["depth"], node["depth"]], [rows[node["parent"]], rows[place]]
            ax.plot(*ends, color=palette.muted, linewidth=1)
        ax.text(node["depth"], rows[place], f" {node['word']} {node['p']:.2f}", va="center")
    ax.axis("off")
    ax.set_xlim(-0.1, max(node["depth"] for node in nodes) + 0.8)
    return fig
