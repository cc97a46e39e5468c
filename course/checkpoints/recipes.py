"""The table of checkpoints: what each is, what it is trained on and how, and what it is measured by.

A checkpoint is the whole method of one training, decoder, head and teacher with it, in 16 bits. What stands
in its file beside the weights is what `build` makes the method from. Those that `ship` lie in the package:
only models of data that the course makes itself, or of scikit-learn's digits.
"""

from collections.abc import Callable, Sequence, Sized
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from course.checkpoints.looking import shape_found
from course.checkpoints.masked import ManyRatios, hidden_decibels
from course.checkpoints.placing import PositionsKept, grid_learnt, read_right
from course.checkpoints.score import Score, probed
from course.checkpoints.telling import captions_right, songs_right
from course.checkpoints.translating import Sentences, Translating, in_bleu, in_order, written_right
from course.data.by_name import load
from course.data.captioned import Captioned, captioned
from course.data.clutter import clutter
from course.data.image_set import ImageSet
from course.data.number_words import number_words
from course.data.pairs import multi30k
from course.data.shapes import shapes
from course.data.singing import Singing, singing
from course.evaluate.comparison import seeded
from course.fewlabels.supervised import Supervised
from course.language.seq2seq import AttentiveSeq2Seq
from course.language.translate import Characters, Pair, Words
from course.multimodal import small
from course.ssl.by_name import Images, build
from course.ssl.mae import crop_and_flip
from course.ssl.method import Method
from course.training.recipe import Recipe
from course.vision.by_name import VITS, encoder
from course.vision.standardised import standardise, standardising
from course.vision.vit import ViT

About = dict[str, Any]  # what JSON can hold

ENCODER = "vit-mini/4"
PATCH = 4
LABELLED = 1000  # images from which labels are drawn
ENLARGED = 16  # pixels: the side of digits


@dataclass(frozen=True)
class Known:
    """A checkpoint that can be made.

    about: what it is. use: what lessons read from it. data: what it is trained on, in words.
    train: the data to train on. describe: of those, what the method is built from. build: that -> the method
    with first weights, drawn anew. scores: of a trained one, the most telling first; those that take longer,
    or need the description too, in `more`. ships: whether it comes with the course. minutes: about how long
    it takes one core of a CPU that has nothing else to do.
    """

    about: str
    use: str
    data: str
    ships: bool
    minutes: float
    recipe: Recipe
    train: Callable[[], Sized]
    describe: Callable[[Any], About]
    build: Callable[[About], Method]
    scores: Callable[[Any], list[Score]]
    more: Callable[[Any, About], list[Score]] = lambda method, about: []


def known(name: str) -> Known:
    """What is known of a checkpoint. Raises ValueError where there is none of that name."""
    if name not in RECIPES:
        raise ValueError(f"there is no checkpoint {name!r}; there are {', '.join(RECIPES)}")
    return RECIPES[name]


def fresh(recipe: Known, about: About, seed: int) -> Method:
    """The method with its first weights, drawn by a seed; PyTorch's own random numbers stay as they are."""
    with seeded(seed):
        return recipe.build(about)


# --- Translators ---------------------------------------------------------------------------------------

UPTO = 1000
LONGEST = 100  # characters of a real sentence
LEAST = 5  # times that a word is there
UNTRAINED = 1  # the seed of what is not trained


def _translator(about: About) -> Translating:
    vocabulary = (Words if about["words"] else Characters).of(about["entries"])
    model = AttentiveSeq2Seq(len(vocabulary), about["dim"], about["hidden"], dropout=about["dropout"])
    return Translating(model, vocabulary)


def _numbers() -> Sentences:
    pairs = number_words(UPTO)
    return Sentences(pairs, Characters(text for pair in pairs for text in pair))


def _words() -> Sentences:
    pairs = multi30k("train", longest=LONGEST)
    return Sentences(pairs, Words((text for pair in pairs for text in pair), LEAST))


def _sizes(dim: int, hidden: int, dropout: float) -> Callable[[Sentences], About]:
    def describe(data: Sentences) -> About:
        words = isinstance(data.vocabulary, Words)
        return dict(words=words, entries=data.vocabulary.entries, dim=dim, hidden=hidden, dropout=dropout)

    return describe


def _aligned(method: Translating, about: About, test: Sequence[Pair]) -> Score:
    with seeded(UNTRAINED):
        return in_order(method, _translator(about).eval(), test)


# --- Encoders of images --------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _shapes(split: str) -> ImageSet:
    return shapes(8000, seed=0) if split == "train" else shapes(1000, seed=1)


@lru_cache(maxsize=4)
def _clutter(split: str) -> Any:
    return clutter(4000, seed=0) if split == "train" else clutter(1000, seed=1)


def _images(data: ImageSet) -> About:
    return dict(
        shape=list(data.images.shape[1:]), mean=list(data.mean), std=list(data.std), classes=len(data.classes)
    )


def _known_images(about: About) -> Images:
    return Images(tuple(about["shape"]), mean=about["mean"], std=about["std"])


def _plain(about: About) -> Any:
    made = encoder(ENCODER, tuple(about["shape"]))
    standardise(made, about["mean"], about["std"])
    return made


def _classifier(about: About, patch: int = PATCH) -> ViT:
    C, H, _ = about["shape"]
    made = standardising(ViT(H, patch, **VITS["mini"], classes=about["classes"], channels=C))
    standardise(made, about["mean"], about["std"])
    return made  # type: ignore[return-value]


def _masked(about: About) -> ManyRatios:
    return ManyRatios(_plain(about), dim=32, depth=2, heads=2, normalise=False, augment=crop_and_flip)


def _untrained(data: ImageSet) -> ViT:
    with seeded(UNTRAINED):
        return _plain(_images(data))


def _looking(encoder_: ViT) -> list[Score]:
    return shape_found(encoder_, _untrained(_clutter("train")), _clutter("test"))


def _few(data: ImageSet) -> ImageSet:
    return data.take(range(LABELLED))


_over_clutter = partial(  # whatever teaches it: where CLS looks, and what a probe reads
    Known,
    ships=True,
    train=lambda: _clutter("train"),
    describe=_images,
    scores=lambda method: _looking(method.encoder),
    more=lambda method, _: [
        probed(method.encoder, ENCODER, _few(_clutter("train")), _clutter("test"), "features")
    ],
)


# --- What writes about what it sees and hears ----------------------------------------------------------


@lru_cache(maxsize=2)
def captions(split: str) -> Captioned:
    """What captioners learn from, and, standardised as that is, what they are judged by."""
    return captioned(6000) if split == "train" else captioned(500, seed=1).like(captions("train"))


@lru_cache(maxsize=2)
def films(split: str) -> Singing:
    """What the listener learns from, and what it is judged by."""
    return singing(2000) if split == "train" else singing(200, seed=1)


def _entries(data: Captioned | Singing) -> About:
    return dict(entries=Words(data.captions).entries)


_telling = partial(
    Known,
    data="6,000 pictures of shapes with captions, drawn by the course; five combinations left out",
    ships=True,
    minutes=1,
    recipe=small.TELLING,
    train=lambda: captions("train"),
    describe=_entries,
    scores=lambda method: captions_right(method, captions("test")),
)


RECIPES = {
    "translate-numbers": Known(
        about="GRU with Bahdanau's attention, French to English number words by characters",
        use="alignments, decoding and scores of a translator that has learnt",
        data=f"number words below {UPTO:,}, nine tenths of them, made by the course",
        ships=True,
        minutes=4,
        recipe=Recipe(epochs=25, batch=64, lr=3e-3, weight_decay=0.01, clip=1.0),
        train=_numbers,
        describe=_sizes(dim=64, hidden=128, dropout=0.1),
        build=_translator,
        scores=lambda method: written_right(method, number_words(UPTO), number_words(UPTO, "test")),
        more=lambda method, about: [_aligned(method, about, number_words(UPTO, "test"))],
    ),
    "translate-words": Known(
        about="GRU with Bahdanau's attention, French to English sentences by words",
        use="alignments of real sentences",
        data=f"Multi30k, sentences up to {LONGEST} characters; yours, from COURSE_DATA",
        ships=False,
        minutes=10,
        recipe=Recipe(epochs=4, batch=64, lr=2e-3, weight_decay=0.01, clip=1.0),
        train=_words,
        describe=_sizes(dim=80, hidden=128, dropout=0.2),
        build=_translator,
        scores=lambda method: in_bleu(
            method, multi30k("train", longest=LONGEST), multi30k("test_2016_flickr", longest=LONGEST)
        ),
        more=lambda method, about: [_aligned(method, about, multi30k("val", longest=LONGEST))],
    ),
    "mae-shapes": Known(
        about="MAE around a small ViT, pixels as they are, any share of hidden patches",
        use="reconstructions at any share hidden, and its encoder",
        data="8,000 images of shapes, drawn by the course",
        ships=True,
        minutes=6,
        recipe=Recipe(epochs=20, batch=32, lr=1e-3),
        train=lambda: _shapes("train"),
        describe=_images,
        build=_masked,
        scores=lambda method: hidden_decibels(method, _shapes("test")),
        more=lambda method, _: [
            probed(method.encoder, ENCODER, _few(_shapes("train")), _shapes("test"), "patches")
        ],
    ),
    "dino-clutter": _over_clutter(
        about="DINO around a small ViT, on one large shape over clutter",
        use="CLS attention without labels; outputs before and behind the head",
        data="4,000 images of a shape over clutter, drawn by the course",
        minutes=8,
        recipe=Recipe(epochs=10, batch=32, lr=1e-3),
        build=lambda about: build("dino", _known_images(about), ENCODER),
    ),
    "supervised-clutter": _over_clutter(
        about="the same ViT, taught the colour of that shape by labels",
        use="CLS attention of an encoder with labels, beside dino-clutter's",
        data="4,000 images of a shape over clutter, drawn by the course, and their colours",
        minutes=2,
        recipe=Recipe(epochs=6, batch=32, lr=1e-3),
        build=lambda about: Supervised(_classifier(about), augment=crop_and_flip),
    ),
    "positions-snapshots": Known(
        about="a small ViT taught digits by labels, with its positions at nine moments of the training",
        use="how positions that are learnt come to be a grid",
        data="1,438 handwritten digits of scikit-learn's, enlarged to 16 × 16, and their names",
        ships=True,
        minutes=3,
        recipe=Recipe(epochs=40, batch=32, lr=1e-3),
        train=lambda: load("digits", size=ENLARGED),
        describe=_images,
        build=lambda about: PositionsKept(_classifier(about, patch=2)),
        scores=grid_learnt,
        more=lambda method, _: [
            read_right(method, load("digits", "test", ENLARGED)),
            probed(
                method.encoder,
                "vit-mini/2",
                _few(load("digits", size=ENLARGED)),
                load("digits", "test", ENLARGED),
                "features",
            ),
        ],
    ),
    "tell-soft": _telling(
        about="Show, attend and tell around a small CNN, soft attention over 8 × 8 places",
        use="where each word of a caption looks",
        build=lambda about: small.telling(Words.of(about["entries"]), hard=False),
    ),
    "tell-hard": _telling(
        about="the same, looking at one place a word, learnt by REINFORCE",
        use="where each word looks, beside tell-soft's",
        build=lambda about: small.telling(Words.of(about["entries"]), hard=True),
    ),
    "listen": Known(
        about="AV-Align: what a mouth sings, by its sound and its picture",
        use="which frame each moment of a sound looks at, also when the sound is late",
        data="2,000 films of a mouth that sings, made by the course",
        ships=True,
        minutes=1,
        recipe=small.LISTENING,
        train=lambda: films("train"),
        describe=_entries,
        build=lambda about: small.listening(Words.of(about["entries"])),
        scores=lambda method: songs_right(method, films("test")),
    ),
}
