"""Every method that learns from words as well, by its name, around an encoder that suits it:

    method = build("clip", words, Images((3, 32, 32)), "resnet-mini", joint=64)

`words` is the vocabulary of the captions to train on. Sizes are for a CPU where nothing else is said; the
papers' are in the modules of each. Options are those that `options` lists.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

from torch import nn

from course.data.videos import EXPERTS, MOMENTS
from course.language.translate import Words
from course.multimodal.captioning import Captioner, Captioning, HardCaptioner, HardCaptioning, Map
from course.multimodal.clip import CLIP, Contrast, Projected, TextTower
from course.multimodal.retrieval import MMT, Retrieval, VideoTower
from course.ssl.by_name import Images
from course.ssl.method import Method
from course.vision.by_name import SMALL, encoder, width
from course.vision.standardised import standardise

READS_NO_PIXELS = "experts"  # in place of an encoder's name


@dataclass(frozen=True)
class Known:
    """What is known by a name. usual: an encoder for small images, or READS_NO_PIXELS. make: see `build`.

    pool: what an evaluation reads, see `course.evaluate.embed`.
    """

    about: str
    usual: str
    make: Callable[..., Method]
    pool: str = "features"


def known(name: str) -> Known:
    """What is known of a method. Raises ValueError where there is none of that name."""
    if name not in METHODS:
        raise ValueError(f"there is no method {name!r} that reads words; there are {', '.join(METHODS)}")
    return METHODS[name]


def usual_encoder(name: str, size: int, cpu: bool) -> str:
    """The encoder that a method gets where none is asked for: small images on a CPU want a mini one."""
    usual = known(name).usual
    return f"{usual.partition('-')[0]}-mini" if cpu and size < SMALL and "-" in usual else usual


def usual_batch(name: str, encoder_name: str) -> int:
    """How many captions a step has where nothing is said: they are each other's wrong answers."""
    small = encoder_name == READS_NO_PIXELS or encoder_name.partition("/")[0].endswith("-mini")
    return 64 if small else 256


def options(name: str) -> dict[str, Any]:
    """The options that a method has, and their types."""
    make = known(name).make
    kinds = get_type_hints(make)
    parameters = inspect.signature(make).parameters.values()
    return {each.name: kinds[each.name] for each in parameters if each.kind is each.KEYWORD_ONLY}


def build(name: str, words: Words, images: Images, encoder_name: str, **options: Any) -> Method:
    """A method around a new encoder with random first weights; of videos nothing is read of `images`.

    Raises ValueError for names that there are not, TypeError for an encoder or an option that does not suit.
    """
    make = known(name).make
    if known(name).usual == READS_NO_PIXELS:
        return make(words, **options)
    made = encoder(encoder_name, images.shape)
    if images.mean is not None and images.std is not None:
        standardise(made, images.mean, images.std)
    return make(words, made, **options)


def _clip(
    words: Words,
    encoder: nn.Module,
    *,
    joint: int = 64,
    dim: int = 64,
    depth: int = 1,
    heads: int = 2,
    context: int = 77,
) -> Method:
    text = TextTower(len(words), context, dim, depth, heads, joint)
    return Contrast(CLIP(Projected(encoder, width(encoder), joint), text), words)


def _captions(
    words: Words,
    encoder: nn.Module,
    *,
    dim: int = 64,
    hidden: int = 128,
    attention: int = 64,
    dropout: float = 0.1,
    penalty: float = 1.0,
) -> Method:
    sizes = (width(encoder), len(words), dim, hidden, attention)
    return Captioning(Captioner(Map(encoder), *sizes, dropout=dropout), words, penalty)


def _hard_captions(
    words: Words,
    encoder: nn.Module,
    *,
    dim: int = 64,
    hidden: int = 128,
    attention: int = 64,
    dropout: float = 0.1,
    reward: float = 1.0,
    entropy: float = 0.002,
) -> Method:
    sizes = (width(encoder), len(words), dim, hidden, attention)
    return HardCaptioning(HardCaptioner(Map(encoder), *sizes, dropout=dropout), words, reward, entropy)


def mmt(
    words: Words,
    *,
    dim: int = 32,
    heads: int = 4,
    layers: int = 1,
    margin: float = 0.2,
    patience: float = 0.003,
    context: int = 77,
) -> Retrieval:
    """MMT over the experts of `course.data.videos`, with sentences of up to `context` words."""
    tower = VideoTower(EXPERTS, MOMENTS, dim, heads, 2 * dim, layers, dropout=0.0)
    model = MMT(tower, TextTower(len(words), context, dim, 1, 2, dim), dim)
    return Retrieval(model, words, margin, patience)


METHODS = {
    "clip": Known("which caption of the batch is this picture's?", "resnet-18", _clip),
    "captions": Known("what is the next word, looking at all places?", "resnet-18", _captions, "patches"),
    "hard-captions": Known(
        "the same, looking at one place at a time", "resnet-18", _hard_captions, "patches"
    ),
    "mmt": Known("which video of the batch does it describe?", READS_NO_PIXELS, mmt),
}
