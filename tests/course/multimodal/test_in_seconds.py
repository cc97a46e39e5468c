"""A CLIP in seconds: it is the loss handed in that learns, and the held-out pairs stay held out."""

import math

import torch

from course.data.captioned import UNSEEN, captioned, prompts
from course.multimodal.clip import contrastive_loss, cosines
from course.multimodal.in_seconds import BATCH, JOINT, MeanOfWords, learn_pairs


def loss(pictures, sentences, log_scale):
    return contrastive_loss(log_scale.exp() * cosines(pictures, sentences))


def test_the_loss_is_handed_a_batch_of_pairs_and_the_logarithm_of_the_scale():
    given = []

    def watched(pictures, sentences, log_scale):
        given.append((pictures.shape, sentences.shape, round(log_scale.item(), 3)))
        return loss(pictures, sentences, log_scale)

    net, told = learn_pairs(watched, steps=3)
    again, _ = learn_pairs(loss, steps=3)
    assert given[0] == ((BATCH, JOINT), (BATCH, JOINT), round(math.log(1 / 0.07), 3)) and len(given) == 3
    assert len(told) == 1 and 2 < told[0] < 8
    for one, other in zip(net.model.parameters(), again.model.parameters(), strict=True):
        assert torch.equal(one, other)
    assert not {*net.data.labels.tolist()} & {*UNSEEN}


def test_grey_pictures_are_all_alike_and_sentences_are_vectors():
    net, _ = learn_pairs(loss, steps=1)
    assert net.look(captioned(3, "unseen")).shape == (3, JOINT)
    assert (net.look_at_grey(4) == net.look_at_grey(1)).all()
    assert net.read(prompts(0)).shape == (4, JOINT)


def test_shuffled_captions_are_the_same_ones_elsewhere():
    (net, _), (mixed, _) = learn_pairs(loss, steps=1), learn_pairs(loss, steps=1, shuffled=True)
    assert (
        sorted(net.data.captions) == sorted(mixed.data.captions) and net.data.captions != mixed.data.captions
    )


def test_a_text_is_the_mean_of_its_words_and_padding_is_none():
    torch.manual_seed(0)
    tower = MeanOfWords(6, 4)
    ids = torch.tensor([[1, 4, 5, 2], [1, 5, 4, 2], [1, 4, 2, 0]])
    one, turned, padded = tower(ids)
    torch.testing.assert_close(one, turned)
    torch.testing.assert_close(padded, tower(ids[2:, :3])[0])
