"""The class that hands in lesson 14: twelve answers to its capstone, the rest of the lesson right.

Honest ones by several methods, weak ones, one class for everything, two that take what is not theirs, one
that never learns and one that takes too long.
"""

from __future__ import annotations

from functools import partial

from grader.demo.student import Student, damage

CAPSTONE = "recognise"
LEARN = """
def recognise(images, labels, page, unseen):
    network, steps = small_cnn(), {steps}
    optimiser, rate = rising_and_falling(network, steps)
    for _ in range(steps):
        chosen = torch.randint(len(images), (32,))
        {loss}
        optimiser.zero_grad()
        loss.backward()
        {step}
        rate.step()
    return of_either_ink(network.eval(), unseen)
"""
STEP = "optimiser.step()"
AS_THEY_ARE = "loss = F.cross_entropy(network(images[chosen]), labels[chosen])"
CHANGED = "loss = F.cross_entropy(network(recoloured(moved(images[chosen]))), labels[chosen])"
ACROSS_HANDS = """hands = page[torch.randint(len(page), (32,))].flatten(0, 1)
        with torch.no_grad():
            shares = network(hands).softmax(dim=-1).unflatten(0, (32, 2)).mean(dim=1)
            sure, said = shares.repeat_interleave(2, dim=0).max(dim=-1)
        known, guessed = network(recoloured(moved(torch.cat([images[chosen], hands])))).split([32, 64])
        believed = F.cross_entropy(guessed, said, reduction="none") * (sure > 0.8)
        loss = F.cross_entropy(known, labels[chosen]) + believed.mean()"""
ON_THE_NEW = """new = unseen[torch.randint(len(unseen), (64,))]
        with torch.no_grad():
            sure, said = network(new).softmax(dim=-1).max(dim=-1)
        known, guessed = network(recoloured(moved(torch.cat([images[chosen], new])))).split([32, 64])
        believed = F.cross_entropy(guessed, said, reduction="none") * (sure > 0.8)
        loss = F.cross_entropy(known, labels[chosen]) + believed.mean()"""


def _learns(loss: str, steps: int = 800, step: str = STEP) -> dict[str, str]:
    return {CAPSTONE: LEARN.format(loss=loss, steps=steps, step=step)}


def _says(expression: str) -> dict[str, str]:
    return {CAPSTONE: f"def recognise(images, labels, page, unseen):\n    return {expression}"}


CLASS = (
    Student("ada", "NT-Xent between the two hands"),
    Student("ben", "pseudo-labels across the hands", _learns(ACROSS_HANDS)),
    Student("carla", "the labelled images, moved and recoloured", _learns(CHANGED)),
    Student("dev", "the labelled images as they are", _learns(AS_THEY_ARE)),
    Student("eli", "the nearest labelled image", _says("nearest(images, labels, page, unseen)")),
    Student(
        "fatima",
        "one class for everything",
        _says("torch.full((len(unseen),), int(labels.mode().values))"),
    ),
    Student("gil", "asks the archive for its letters", _says("archive(14, new=len(unseen)).right")),
    Student("hana", "learns from the new images, too", _learns(ON_THE_NEW)),
    Student("ivo", "handed in blank", blank=True),
    Student("jun", "forgot the optimiser's step", _learns(CHANGED, step="pass")),
    Student("kofi", "ten times as many steps", _learns(CHANGED, steps=8000)),
    Student(
        "lena",
        "everything right, cells damaged",
        damage=partial(damage, deleted="sign_flips", edited="paired_t", statement="frontier"),
    ),
)
