"""Captioned videos: each fact is in one expert's features, and the order only in the order of moments."""

import torch

from course.data.videos import COLOURS, EXPERTS, MELODIES, MOMENTS, MOVES, PLACES, caption, videos


def whole():
    return videos(400, missing=0.0)


def test_shapes_and_words():
    some = videos(30)
    assert len(some) == 30 and some.facts.shape == (30, 4)
    for name, width in EXPERTS.items():
        assert some.features[name].shape == (30, MOMENTS, width)
        assert some.there[name].shape == (30, MOMENTS)
    assert some.captions == tuple(caption(*row) for row in some.facts.tolist())
    assert caption(0, 0, 0, 0) == "a red ball rolls left to a low tone in paris"


def nearest_mean(x, facts):
    """The share of the second half whose nearest class mean of the first half is their own. x: (N, …)"""
    x, half = x.flatten(1), len(x) // 2
    means = torch.stack([x[:half][facts[:half] == number].mean(dim=0) for number in range(facts.max() + 1)])
    return (torch.cdist(x[half:], means).argmin(dim=1) == facts[half:]).float().mean().item()


def test_each_fact_is_known_to_its_own_expert_alone():
    some = whole()
    known = {
        (name, fact): nearest_mean(x, some.facts[:, fact])
        for name, x in some.features.items()
        for fact in range(4)
    }
    for fact, (name, words) in enumerate(zip(EXPERTS, (COLOURS, MOVES, MELODIES, PLACES), strict=True)):
        assert known[name, fact] > 0.9, (name, fact)
        for other in {*EXPERTS} - {name, "appearance"}:
            assert known[other, fact] < 1 / len(words) + 0.2, (other, fact)


def test_without_order_the_melody_is_lost():
    some = whole()
    sound, melody = some.features["sound"], some.facts[:, 2]
    assert nearest_mean(sound, melody) > 0.99
    shuffled, pooled = some.shuffled(), some.pooled()
    moving = melody >= 2  # rising or falling, which have the same two tones
    for other in (shuffled, pooled):
        x = other.features["sound"]
        assert nearest_mean(x[~moving], melody[~moving]) > 0.99
        assert nearest_mean(x[moving], melody[moving] - 2) < 0.75  # by chance one half
    assert pooled.features["sound"].shape == (400, 1, 16) and pooled.there["words"].all()
    torch.testing.assert_close(pooled.features["sound"][:, 0], sound.amax(dim=1))
    torch.testing.assert_close(shuffled.features["sound"].sum(1), sound.sum(1), atol=1e-3, rtol=1e-4)
    assert (shuffled.there["words"].sum(dim=1) == 1).all()
    shown = shuffled.there["words"].int().argmax(dim=1)
    assert (shown != some.there["words"].int().argmax(dim=1)).float().mean() > 0.5


def test_missing_experts_are_marked_and_never_all():
    some = videos(500, missing=0.5)
    has = torch.stack([marks.any(dim=1) for marks in some.there.values()], dim=1)  # (N, 4)
    assert has.any(dim=1).all()
    assert (has.float().mean(dim=0)[1:] - 0.5).abs().max() < 0.08
    assert all(marks.any(dim=1).all() for marks in whole().there.values())
    lost = ~has[:, 2]
    assert nearest_mean(some.features["sound"][lost], some.facts[lost, 2]) < 0.4, "nothing of it stays"
    without = some.without("sound", "words")
    assert not without.there["sound"].any() and torch.equal(without.there["motion"], some.there["motion"])


def test_every_video_follows_from_the_seed_and_its_number():
    first, longer = videos(20), videos(300)
    assert longer.captions[:20] == first.captions
    for name, x in first.features.items():
        torch.testing.assert_close(longer.features[name][:20], x)
        assert torch.equal(longer.there[name][:20], first.there[name])
    assert videos(20, seed=1).captions != first.captions


def test_some_of_the_videos_in_an_order_of_ones_own():
    whole = videos(6, seed=1)
    some = whole.take([4, 0])
    assert some.captions == (whole.captions[4], whole.captions[0]) and len(some) == 2
    assert torch.equal(some.facts, whole.facts[[4, 0]])
    for name in whole.features:
        assert torch.equal(some.features[name], whole.features[name][[4, 0]])
        assert torch.equal(some.there[name], whole.there[name][[4, 0]])
    moved = whole.to("meta")
    assert {x.device.type for x in (*moved.features.values(), *moved.there.values(), moved.facts)} == {"meta"}
