"""Where checkpoints lie: those that a reader has made, before those that come with the course.

Each is two files, NAME.safetensors and NAME.card.json; the card knows the checksum of its weights.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

from course import checkpoint
from course.checkpoint.files import home
from course.checkpoints.recipes import fresh, known

PACKAGE = Path(__file__).parent / "files"

Card = dict[str, Any]


class Loaded(NamedTuple):
    """A trained method in evaluation mode, and its card."""

    module: Any
    card: Card


def own() -> Path:
    """The folder of those that a reader makes: checkpoints/ in COURSE_DATA, or else in the user's cache."""
    return home() / "checkpoints"


def files(name: str, folder: Path) -> tuple[Path, Path]:
    """Weights and card of a checkpoint in a folder, whether they are there or not."""
    return folder / f"{name}.safetensors", folder / f"{name}.card.json"


def found(name: str) -> tuple[Path, Path] | None:
    """The files of a checkpoint, the reader's own before the course's; None where it has not been made."""
    known(name)
    for folder in (own(), PACKAGE):
        weights, card = files(name, folder)
        if weights.is_file() and card.is_file():
            return weights, card
    return None


def card(name: str) -> Card:
    """What a checkpoint is, where it came from, and what it was measured at.

    Raises ValueError for a name that there is not, and FileNotFoundError for one that has not been made.
    """
    return json.loads(_there(name)[1].read_text(encoding="utf-8"))


def load(name: str) -> Loaded:
    """A trained method, in evaluation mode on the CPU, and its card: module, card = load("mae-shapes")

    Raises what `card` does, and ValueError where the file is damaged or no longer fits the course's code.
    """
    weights, _ = _there(name)
    its = card(name)
    if hashlib.sha256(weights.read_bytes()).hexdigest() != its["sha256"]:
        raise ValueError(
            f"{weights} is not what its card is about, or is damaged: `course checkpoints make {name}` "
            "makes it anew"
        )
    module = fresh(known(name), checkpoint.metadata(weights)["built_from"], seed=0)
    checkpoint.load(module, weights)
    return Loaded(module.eval(), its)


def _there(name: str) -> tuple[Path, Path]:
    paths = found(name)
    if paths is None:
        raise FileNotFoundError(
            f"the checkpoint {name} has not been made: `course checkpoints make {name}` makes it, "
            f"in about {known(name).minutes:.0f} minutes on a CPU"
        )
    return paths
