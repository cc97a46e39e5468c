"""Pictures with captions: what is said is shown, and what is held out is never seen."""

import pytest
import torch

from course.data.captioned import COLOURS, PAIRS, PLACES, SHAPES, UNSEEN, caption, captioned, prompts
from course.data.drawing import PAINTS


def test_shapes_types_and_words():
    some = captioned(40)
    assert some.images.shape == (40, 3, 32, 32) and some.images.dtype == torch.uint8
    assert some.classes == PAIRS and len(PAIRS) == 25 and some.factors.shape == (40, 3)
    for sentence, row, label in zip(some.captions, some.factors.tolist(), some.labels.tolist(), strict=True):
        colour, shape, place = row
        assert sentence == caption(*row) == f"a {COLOURS[colour]} {SHAPES[shape]} at the {PLACES[place]}"
        assert PAIRS[label] == f"{COLOURS[colour]} {SHAPES[shape]}" and sentence in prompts(label)


def test_every_word_is_seen_and_five_pairs_are_not():
    seen, unseen = captioned(2000), captioned(300, "unseen")
    assert {*seen.labels.tolist()} == {*range(25)} - {*UNSEEN} and {*unseen.labels.tolist()} == {*UNSEEN}
    for column, words in enumerate((COLOURS, SHAPES, PLACES)):
        for part in (seen, unseen):
            shares = part.factors[:, column].bincount(minlength=len(words)) / len(part)
            assert (shares - 1 / len(words)).abs().max() < 0.08
    assert {*captioned(1000, "all").labels.tolist()} == {*range(25)}


def test_the_picture_shows_what_the_caption_says():
    some = captioned(200, "all")
    paints = torch.tensor([PAINTS[name][:3] for name in COLOURS])
    for image, (colour, shape, place) in zip(some.floats(), some.factors.tolist(), strict=True):
        opposite = image[:, 0 if place >= 2 else 31, 0 if place % 2 else 31]  # nothing reaches this corner
        far = (image - opposite[:, None, None]).abs().sum(dim=0) > 0.5  # (H, W)
        rows, columns = far.nonzero().float().mean(dim=0)
        assert (rows > 15.5, columns > 15.5) == (place >= 2, place % 2 == 1), PLACES[place]
        mean = image[:, far].mean(dim=1)
        assert (paints - mean).square().sum(dim=1).argmin() == colour, SHAPES[shape]


def test_every_picture_follows_from_the_seed_and_its_number():
    first, longer = captioned(20, size=16), captioned(50, size=16)
    assert torch.equal(longer.images[:20], first.images) and longer.captions[:20] == first.captions
    assert not torch.equal(first.images, captioned(20, size=16, seed=1).images)
    state = torch.random.get_rng_state()
    captioned(3)
    assert torch.equal(state, torch.random.get_rng_state()), "nobody else's random numbers are used up"


def test_wrong_use():
    with pytest.raises(ValueError, match="pairs must be 'seen', 'unseen' or 'all'; got 'new'"):
        captioned(3, "new")
    with pytest.raises(ValueError, match="size must be at least 8 pixels"):
        captioned(3, size=7)
