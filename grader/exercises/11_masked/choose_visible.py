"""Who stays, and where everyone came from

Each patch is given a random number, its noise; the `kept` patches of least noise stay. `keep` lists them,
the one of least noise first. `restore` is the rank of each patch's noise: 0 for the least, N − 1 for the
most. With noise [0.7, 0.1, 0.9, 0.4] and two kept, `keep` is [1, 3], and `restore` is [2, 0, 3, 1]. No loop
is needed.
"""

from grader.exercise import Function


def choose_visible(noise, kept):
    """noise: (B, N), kept: int -> keep (B, kept), restore (B, N), both int64"""
    shuffle = noise.argsort(dim=1)  # (B, N), patches in the order of their noise
    restore = shuffle.argsort(dim=1)  # (B, N), its inverse: the rank of each patch
    return shuffle[:, :kept], restore


def by_scattering(noise, kept):
    shuffle = noise.argsort(dim=1)
    ranks = shuffle.new_tensor(range(noise.shape[1])).expand_as(shuffle)
    return shuffle[:, :kept], shuffle.clone().scatter(1, shuffle, ranks)


def _case(kept=None, batch=None):
    def case(draw):
        B, N = draw.sizes(2)
        N = N + 3
        return dict(noise=draw.normal(batch or B, N), kept=kept or draw.integer(2, N - 1))

    return case


exercise = Function(
    choose_visible,
    cases={"one image": _case(batch=1), "a batch": _case(), "one patch stays": _case(kept=1)},
    words={"shuffle": "the order of the noise", "restore": "the ranks"},
    slips={
        "restore = shuffle.argsort(dim=1) -> restore = shuffle": "`restore` is the order itself: who comes "
        "first, second, …; asked for is its inverse, the rank that each patch has.",
        "noise.argsort(dim=1) -> noise.argsort(dim=1, descending=True)": "The patches of *most* noise stay.",
        "shuffle[:, :kept] -> restore[:, :kept]": "`keep` are the ranks of the first patches: it lists the "
        "numbers of the patches that stay.",
        "shuffle[:, :kept] -> shuffle[:, kept:]": "`keep` lists the patches that are hidden.",
        "shuffle[:, :kept] -> shuffle[:, :kept].sort(dim=1).values": "`keep` is sorted by number: then "
        "`restore`, which knows ranks of noise, no longer says where its entries belong.",
        "shuffle[:, :kept] -> shuffle[:, -kept:]": "The last of the order are kept: those of *most* noise.",
        "noise.argsort(dim=1) -> noise.argsort(dim=0) ;; shuffle.argsort(dim=1) -> "
        "shuffle.argsort(dim=0)": "It is sorted over the images, dim 0: each image sorts its own patches, "
        "dim 1.",
        "noise.argsort(dim=1) -> noise.argsort(dim=1)[:1].expand_as(noise)": "All images lose the same "
        "patches: each has noise of its own.",
    },
    also_right=[by_scattering, "shuffle.argsort(dim=1) -> noise.argsort(dim=1).sort(dim=1).indices"],
    points=4,
    difficulty=3,
    minutes=12,
    hints=[
        "`argsort` says who is first, who is second, … Of the example it is [1, 3, 0, 2].",
        "The rank of each is the inverse of that order. What does `argsort` make of an order?",
    ],
    may_not_call=["course.ssl"],
)
