"""The walk: what it refuses, and that what it is handed is the decoder's."""

import pytest
import torch

from course.show.latent_walk import latent_walk
from course.ssl.autoencoder import Decoder

MEANS, LABELS, CLASSES = torch.randn(4, 2), [0, 2, 1, 1], ["0", "1", "2"]


def test_it_is_drawn():
    block = latent_walk(Decoder(2, (1, 8, 8), 16), MEANS, LABELS, CLASSES)
    assert "4 images" in block.alt and "srcdoc" in block.html


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (dict(decoder=Decoder(3, (1, 8, 8), 16)), "2 latents and grey images; got 3 latents"),
        (dict(decoder=Decoder(2, (3, 8, 8), 16)), "grey images"),
        (dict(means=torch.randn(3, 2)), r"means must be \(4, 2\)"),
        (dict(labels=[0, 1, 2, 3]), "labels must be from 0 to 2; got 0 to 3"),
    ],
)
def test_what_does_not_fit_is_refused(change, words):
    given = dict(decoder=Decoder(2, (1, 8, 8), 16), means=MEANS, labels=LABELS, classes=CLASSES)
    with pytest.raises(ValueError, match=words):
        latent_walk(**(given | change))
