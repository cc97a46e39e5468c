"""Nine heads are nine classes

`logits[b, h, i, j]` is how much head h speaks for the pair (i, j). The heads **are** the classes: for each
pair a softmax over its nine numbers, and minus the logarithm of the right one's share; the mean of all
pairs and images. The labels are the same for each image. `F.cross_entropy` may do it: what is asked is
which axis it is to run along.
"""

from grader.exercise import Function


def relation_loss(logits, labels):
    """logits: (B, classes, N, N), labels: (N, N), int64 -> ()"""
    log_shares = logits.log_softmax(dim=1)  # (B, classes, N, N)
    index = labels.expand(len(logits), 1, *labels.shape)  # (B, 1, N, N)
    right = log_shares.gather(1, index)  # (B, 1, N, N)
    return -right.mean()


def _case(B=None, N=None, classes=9, scale=1.0):
    def case(draw):
        b, n = draw.shuffled([3, 4])
        b, n = B or b, N or n
        labels = draw.normal(classes, n, n).argmax(dim=0)
        return {"logits": scale * draw.normal(b, classes, n, n), "labels": labels}

    return case


exercise = Function(
    relation_loss,
    cases={
        "a batch": _case(),
        "one image": _case(B=1),
        "nine patches": _case(N=9),
        "two patches": _case(N=2),
        "five classes": _case(classes=5),
        "large logits": _case(scale=80.0),
    },
    words={"log_shares": "the logarithms of the shares", "right": "those of the right class"},
    slips={
        "logits.log_softmax(dim=1) -> logits.log_softmax(dim=-1)": "The softmax runs over the patches, as in "
        "attention: the classes are the heads, axis 1.",
        "logits.log_softmax(dim=1) -> logits.softmax(dim=1).log()": "The logarithm is taken of a share that "
        "may have become 0: with large logits that is −∞.",
        "labels.expand(len(logits), 1, *labels.shape) -> labels.T.expand(len(logits), 1, "
        "*labels.shape)": "The labels are turned round: [i, j] has become [j, i].",
        "-right.mean() -> -right.sum()": "The sum of all pairs is told, not the mean.",
        "-right.mean() -> right.mean()": "The sign is turned: a share below one has a negative logarithm.",
        "-right.mean() -> -right.sum() / len(logits)": "The sum of an image's pairs is told, and only over "
        "images the mean: the mean of all pairs is asked for.",
        "right = log_shares.gather(1, index) -> right = log_shares": "The labels are not used: the mean runs "
        "over all classes, right or wrong.",
        "right = log_shares.gather(1, index) -> right = log_shares.amax(dim=1)": "The labels are not used: "
        "the largest share of each pair is taken for the right one's.",
        "logits.log_softmax(dim=1) -> logits.softmax(dim=1)": "The logarithm is missing.",
        "logits.log_softmax(dim=1) -> logits.softmax(dim=1).log_softmax(dim=1)": "A softmax comes before the "
        "loss, which has one itself: logits are to go in.",
        "logits.log_softmax(dim=1) -> logits.reshape(-1, logits.shape[1]).log_softmax(dim=1).reshape("
        "len(logits), *labels.shape, -1).movedim(-1, 1)": "The classes are put last by a reshape, which "
        "mixes heads with patches: move the axis first.",
        "logits.log_softmax(dim=1) -> logits": "There is no softmax: logits are no logarithms of shares.",
    },
    also_right=["return -right.mean() -> return F.cross_entropy(logits, index[:, 0])"],
    points=3,
    difficulty=2,
    minutes=9,
    hints=[
        "F.cross_entropy wants classes second, which is where the heads stand; and labels as (B, N, N).",
        "`expand` makes B of one table without copying it.",
    ],
    may_not_call=["course.ssl"],
)
