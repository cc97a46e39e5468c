"""Tables of the library's architectures: what each variant costs, computed, beside what its paper prints.

Parameters are counted on models without numbers in them (PyTorch's `meta` device), work is by the formulas of
`course.cost`. All of it is computed once, and again where a file that it takes has changed.
"""

from __future__ import annotations

import json
from pathlib import Path

from course.cost.formula import human, multiply_adds
from grader.building.executed import ran
from grader.site.architectures import ARCHITECTURES, Architecture

CELL = "import json\nfrom grader.site import architectures\nprint(json.dumps(architectures.counted()))"
LONGEST = 600  # seconds: it makes a hundred models
TABLE = """.. list-table:: {title}
   :header-rows: 1
   :class: sizes

"""


def tables(root: Path) -> dict[str, str]:
    """By module, such as `vision.vit`: its table in reStructuredText."""
    ((output,),) = ran(root, "sizes", [CELL], LONGEST)
    return {name: table(ARCHITECTURES[name], found) for name, found in json.loads(output.text).items()}


def table(architecture: Architecture, found: dict[str, tuple[int, int]]) -> str:
    """Of one module: a row for each variant, with a column for each thing that its paper prints."""
    printed = architecture.printed
    shown = [place for place in (0, 1) if any(told[place] for told in printed.values())]
    rows = [["variant", "parameters", "FLOPs", "multiply–adds", *(PRINTED[place] for place in shown)]]
    for variant, (parameters, flops) in found.items():
        ours = [f"{parameters:,}", human(flops, "FLOPs"), f"{multiply_adds(flops) / 1e9:,.2f} G"]
        rows.append([variant, *ours, *(printed.get(variant, ("", ""))[place] for place in shown)])
    title = f"What the variants cost: {architecture.of}."
    if shown:
        title += f" The paper: {architecture.source}."
    return TABLE.format(title=title) + "\n".join(map(_row, rows)) + "\n"


PRINTED = ("the paper's parameters", "the paper's work")


def _row(cells: list[str]) -> str:
    first, *rest = (f"- {cell}".rstrip() for cell in cells)
    return "\n".join([f"   * {first}", *(f"     {cell}" for cell in rest)])
