"""The archive

Letters of a script that nobody can read: 200 labelled images, 20 of each of ten letters; a page of 1,500
letters without labels, copied by **two hands**, so that `page[i, 0]` and `page[i, 1]` show the same letter
(the archive's `unlabelled`); and M new images, whose letters you are to tell. Any method of this course will
do, within **15 seconds of one core**. Machines differ, so an answer that takes 20 loses no points by it;
after 30 it is stopped, and has none. Choose, and be able to say why.

Points begin above the 44 % of a network that learns the labelled images as they are, and grow evenly to six
of the ten at 76 %, which augmentation alone has in as much time: 60 % are worth three. What the page has to
say is worth the rest: just below 78 % there are seven points, and from 78 % on all ten.

Among the new images your 200 stand once more. They do not count; they tell what was learnt by heart.

For use: `small_cnn()`, `moved(images)`, `recoloured(images)`, `rising_and_falling(network, steps)`, which
gives an optimiser and its rate, and `of_either_ink(network, unseen)`, which names what a network is surest
of for an image and its negative together. The new images are for the end: what looks at them while it learns
or chooses would not have them on the day they are needed.
"""

import torch
from torch.nn import functional as F

from course.fewlabels.archive import (
    archive,
    labels_alone,
    moved,
    nearest,
    of_either_ink,
    recoloured,
    rising_and_falling,
    small_cnn,
    untrained,
)
from course.ssl.simclr import nt_xent
from grader.exercise import Halfway, TrainingOutcome


def recognise(images, labels, page, unseen):
    """(200, 1, 12, 12), (200,), (1500, 2, 1, 12, 12), (M, 1, 12, 12) -> (M,)"""
    network, steps, N = small_cnn(), 800, 48
    optimiser, rate = rising_and_falling(network, steps)
    for _ in range(steps):
        chosen = torch.randint(len(images), (32,))
        one, other = page[torch.randint(len(page), (N,))].unbind(dim=1)  # (N, 1, 12, 12) each
        changed = recoloured(moved(torch.cat([images[chosen], one, other])))
        known, first, second = network(changed).split([32, N, N])  # (…, 10) each
        loss = F.cross_entropy(known, labels[chosen]) + 2 * nt_xent(first, second, 0.5)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        rate.step()
    return of_either_ink(network.eval(), unseen)


SCRIPT, NEW = 14, 4000  # of 4,000 images, chance moves a share by half a point


def data(draw):
    """The same to learn from for everybody, and new images each time: of these nobody can know the letters.

    Among the new ones the labelled ones stand again, at places that are drawn.
    """
    given = archive(SCRIPT, seed=draw.integer(2, 2**60), new=NEW)
    order = torch.tensor(draw.shuffled(range(NEW + len(given.images))))
    shown = {"images": given.images, "labels": given.labels, "page": given.unlabelled}
    return {
        **shown,
        "unseen": torch.cat([given.unseen, given.images])[order],
        "hidden": torch.cat([given.right, given.labels])[order],
        "own": order >= NEW,
    }


BASELINES = {
    "the nearest labelled image": nearest,
    "a network that was never trained": untrained,
    "the labelled images as they are": labels_alone,
}

exercise = TrainingOutcome(
    recognise,
    data=data,
    baselines=BASELINES,
    measured={
        "reference": (0.815, 0.009),
        "the nearest labelled image": (0.325, 0.006),
        "a network that was never trained": (0.097, 0.008),
        "the labelled images as they are": (0.443, 0.031),
    },
    halfway=Halfway(
        "augmented, as long",
        reached=(0.759, 0.008),  # benchmarks/results/archive.md
        share=0.6,
        sentence="No better than augmentation alone: the page adds nothing. Do rows j of both hands show one "
        "letter?",
    ),
    seconds=30,
    points=10,
    difficulty=5,
    minutes=25,
    may_not_call=["course.data", "course.fewlabels.archive.archive", "sklearn"],
    hints=[
        "Begin with the baseline: the network, the labelled images, moved and recoloured anew in each step. "
        "What could the page say to it?",
        "Lesson 10: two views of one letter, which no augmentation of yours could have made. Lesson 08: what "
        "the network is sure of can be a label. Both can be added to the loss of the labelled images.",
        "Watch three numbers while you try: how many are believed, how many labelled images that you held "
        "out are right, and the seconds.",
    ],
)
