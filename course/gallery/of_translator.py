"""What the gallery shows of the translator, a Transformer on number words."""

from typing import cast

import numpy as np
import torch
from torch import Tensor

from course.gallery.models import Translator, write
from course.gallery.page import Section, stills
from course.language.transformer_layers import DecoderLayer
from course.record import Record
from course.show import alignment, matrices, positions, predict_cell, why_this_weight

LONGEST = 23  # letters of the number that is shown, so that with its end 24 keys can be read
SHORT = "sept"
BEGINNING, END = "▸", "∎"  # the tokens that are no letters


def sections(translator: Translator) -> list[Section]:
    """Where it looked, why, and its weights as tables."""
    pair = shown(translator)
    sentence = Sentence(translator, pair[0])
    return [
        _alignment(translator, sentence, pair),
        _why(sentence),
        _tables(translator),
        _positions(translator),
    ]


class Sentence:
    """One number, what the model writes for it, and what its attention does on the way."""

    def __init__(self, translator: Translator, french: str):
        model, vocabulary = translator.model, translator.vocabulary
        (self.written,) = write(model, vocabulary, [french])
        self.source, self.target = [*french, END], [*self.written, END]
        source, target = vocabulary.encode([french]), vocabulary.encode([self.written], begin=True)[:, :-1]
        record: Record = {}
        handed: list[tuple[Tensor, ...]] = []
        attend = cast(DecoderLayer, model.decoder[0]).cross_attention
        watch = attend.register_forward_pre_hook(lambda _, inputs: handed.append(inputs))
        with torch.no_grad():
            model(source, target, record=record)
            x, memory, *_ = handed[0]
            q, (k, v) = attend.queries(x), attend.keys_and_values(memory)
        watch.remove()
        self.cross = torch.cat(record["cross_weights"])  # (layers, heads, Lt, Ls)
        self.own = torch.cat(record["weights"])  # (layers, heads, Lt, Lt)
        self.q, self.k, self.v = q[0], k[0], v[0]  # (heads, L, D)


def shown(translator: Translator) -> tuple[str, str]:
    """The first unseen number of a length that can be read, translated right if there is one."""
    fitting = [
        (own != pair[1], place)
        for place, (pair, own) in enumerate(zip(translator.pairs, translator.written))
        if 14 <= len(pair[0]) <= LONGEST
    ]
    return translator.pairs[min(fitting)[1]]


def _alignment(translator: Translator, sentence: Sentence, pair: tuple[str, str]) -> Section:
    french, english = pair
    verdict = "as it should be" if sentence.written == english else f"where “{english}” would be right"
    return Section(
        "Which letter looked at which",
        "A Transformer of one layer and four heads translates numbers letter by letter. Of "
        f"{len(translator.pairs)} numbers it never saw, it writes {translator.accuracy:.0%} without one "
        f"wrong letter, after {translator.learnt_from} others to learn from. Here it wrote "
        f"“{sentence.written}” for “{french}”, {verdict}. {END} ends a number.",
        [alignment(sentence.cross, sentence.source, sentence.target)],
        "press Play and watch where each step looks. A head need not look at the letters a translator "
        "would point at: the encoder has already mixed what each place knows.",
    )


def _why(sentence: Sentence) -> Section:
    head = 0
    key = int(sentence.cross[0, head, 0].argmax())
    queries, keys = (
        [f"{place} {token.replace(' ', '␣')}" for place, token in enumerate(side, 1)]
        for side in (sentence.target, sentence.source)
    )
    return Section(
        "Why this weight?",
        f"The same translation, with its real numbers: the queries, keys and values of head {head}, "
        f"{sentence.q.shape[-1]} channels wide. A query is the step that writes its letter.",
        [
            why_this_weight(
                sentence.q[head], sentence.k[head], sentence.v[head], queries=queries, keys=keys, key=key
            )
        ],
        "choose another key by clicking its row. Which single product decides the score?",
    )


def _tables(translator: Translator) -> Section:
    short = Sentence(translator, SHORT)
    mean = short.cross[0].mean(dim=0)
    causal = np.tril(np.ones((len(short.target),) * 2, dtype=bool))
    inputs = [BEGINNING, *short.target[:-1]]
    cell = f"“{SHORT}” → “{short.written}”: which step gives which letter the largest weight of all?"
    return Section(
        "Weights as tables",
        f"A short number, so that every weight can be read: “{SHORT}”, its four heads averaged. Guess "
        "first. Then the table itself, and below it the decoder’s attention to what it has written, from "
        f"its beginning {BEGINNING} on: what lies ahead is not allowed, and hatched.",
        [
            predict_cell(cell, mean, short.target, short.source),
            *stills(
                lambda: matrices.matrices(
                    {"": mean},
                    short.target,
                    short.source,
                    ("step that writes", "source"),
                    label="weight",
                    top=1.0,
                ),
                lambda: matrices.matrices(
                    {"": short.own[0].mean(dim=0)},
                    short.target,
                    inputs,
                    ("step that writes", "token read"),
                    allowed=causal,
                    label="weight",
                    top=1.0,
                ),
            ),
        ],
    )


def _positions(translator: Translator) -> Section:
    return Section(
        "Positions, computed",
        "The sines and cosines that the translator adds to its letters, and how alike every two positions "
        "are. Nothing in them is learnt.",
        stills(lambda: positions.encoding(translator.model.position[:40], "sines and cosines")),
    )
