"""What a checkpoint is measured by, beside what anybody would get without it."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import nn

from course.data.image_set import ImageSet
from course.evaluate.comparison import Reading, compare
from course.evaluate.table import SUPERVISED
from course.ssl.by_name import Images
from course.training.recipe import Recipe
from course.vision.by_name import encoder
from course.vision.standardised import standardise

EACH = 10  # labelled images of a class
ALONE = Recipe(epochs=10, batch=32)  # of labels alone


@dataclass(frozen=True)
class Score:
    """One measurement, the more the better. beside: the same of the baselines, by their names."""

    what: str
    this: float
    beside: Mapping[str, float]


def probed(
    trained: nn.Module,
    name: str,
    train: ImageSet,
    test: ImageSet,
    pool: str,
    seeds: tuple[int, ...] = (0, 1, 2),
) -> Score:
    """The linear probe of an encoder, `name` in `course.vision.by_name`, at ten labels a class, in percent.

    Beside it a random encoder, and one from labels alone: means of the seeds, each with its own labels.
    """
    images = Images.of(train)

    def new() -> nn.Module:
        made = encoder(name, images.shape)
        standardise(made, train.mean, train.std)
        return made

    reading = Reading(pool=pool)
    rows = compare(
        new, {}, train, test, ALONE, each=EACH, seeds=seeds, reading=reading, before={"this": trained}
    )
    found = {row.name: 100 * row.probe.mean for row in rows if row.probe is not None}
    steps = next(row.steps for row in rows if row.name == SUPERVISED)
    what = f"linear probe, %, {EACH} labels a class, {len(seeds)} seeds (labels alone: {steps:,} steps)"
    return Score(what, found.pop("this"), found)
