"""How good is what was learnt? kNN, linear probe and fine-tuning, and what belongs beside them.

    z = embed(encoder, images)                         features of a whole set, (N, D)
    knn(z, labels, …), linear_probe(z, labels, …)      accuracies of the features as they are
    fine_tune(encoder, labelled, test, recipe)         accuracy when all weights may change
    compare(…), as_markdown(rows)                      all of it, over seeds, beside the baselines

The baselines are a random encoder, and a supervised run at equal budget; see `comparison`.
"""

from course.evaluate.comparison import Reading, compare
from course.evaluate.features import embed
from course.evaluate.fine_tuning import fine_tune
from course.evaluate.neighbours import knn
from course.evaluate.probe import linear_probe
from course.evaluate.shares import label_shares
from course.evaluate.table import Row, Score, as_markdown

__all__ = [
    "Reading",
    "Row",
    "Score",
    "as_markdown",
    "compare",
    "embed",
    "fine_tune",
    "knn",
    "label_shares",
    "linear_probe",
]
