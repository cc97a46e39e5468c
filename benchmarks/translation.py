"""French to English, character by character: the Transformer beside the GRU with attention and without.

    python -m benchmarks.translation [--steps 1500] [--device auto] [--seed 0] [--write]

All models have equally many parameters, to 2 %, and learn from the same batches in the same order, taking
turns, so that a machine which slows down for a while slows everybody down. Data: Multi30k's sentences of up
to 60 characters, in $COURSE_DATA/multi30k or in ../shared/data/multi30k beside the repository. With `--write`
the table, the curve (CSV) and the alignment map (PNG) are kept in benchmarks/results.
"""

import argparse
import csv
import itertools
import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.timing import chosen, machine, wait_for
from course.data import multi30k
from course.language import seq2seq
from course.language.decode import PADDING
from course.language.transformer import Transformer
from course.language.translate import (
    Characters,
    Pair,
    batches,
    bleu,
    chrf,
    train,
    translate,
    validation_loss,
    warmup_rate,
)
from course.record import Record

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
BESIDE = ROOT.parent / "shared" / "data" / "multi30k"
LONGEST = 60  # characters of a sentence
DIM = 128
TOKENS = 1024  # of a batch, a side, with padding
TRANSFORMER: dict[str, Any] = dict(dim=DIM, heads=4, hidden=512, layers=3)
HIGHEST_RATE = {"Transformer": 1.5e-3, "GRU": 2e-3, "GRU + attention": 2e-3}  # at the end of the warm-up
TRANSLATE_AT_ONCE = 125  # sentences
LONGEST_WRITTEN = 100  # characters


# --- Who competes --------------------------------------------------------------------------------------

Translator = Transformer | seq2seq.Seq2Seq


@dataclass
class Contestant:
    """A model, what it has learnt so far, and how long that took."""

    name: str
    model: Translator
    learning: Iterator[Tensor]
    seconds: float = 0.0
    curve: list[tuple[int, float, float]] = field(default_factory=list)  # step, seconds, validation loss


def size(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def hidden_for(variant: str, vocabulary: int, wanted: int) -> int:
    """The width of the state with which a recurrent model comes closest to so many parameters."""

    def distance(hidden: int) -> int:
        return abs(size(seq2seq.build(variant, vocabulary, dim=DIM, hidden=hidden)) - wanted)

    with torch.device("meta"):
        return min(range(64, 512), key=distance)


def makers(vocabulary: int) -> dict[str, Callable[[], Translator]]:
    """How each model is made, the Transformer first."""
    with torch.device("meta"):
        wanted = size(Transformer(vocabulary, **TRANSFORMER))

    def recurrent(variant: str) -> Callable[[], Translator]:
        hidden = hidden_for(variant, vocabulary, wanted)
        return lambda: seq2seq.build(variant, vocabulary, dim=DIM, hidden=hidden)

    return {
        "Transformer": lambda: Transformer(vocabulary, **TRANSFORMER, max_length=128),
        "GRU": recurrent("gru"),
        "GRU + attention": recurrent("gru+attention"),
    }


def contestants(
    vocabulary: Characters, pairs: Sequence[Pair], steps: int, seed: int, device: torch.device
) -> list[Contestant]:
    """All models, made from one seed, each about to learn from the same batches."""
    warmup = max(1, min(400, steps // 5))
    found = []
    for name, make in makers(len(vocabulary)).items():
        torch.manual_seed(seed)
        model = make().to(device)
        scale = HIGHEST_RATE[name] * (DIM * warmup) ** 0.5

        def rate(step: int, scale: float = scale) -> float:
            return warmup_rate(step, DIM, warmup, scale)

        data = itertools.islice(endless(pairs, vocabulary, seed), steps)
        found.append(Contestant(name, model, train(model, data, rate)))
    sizes = {each.name: size(each.model) for each in found}
    if max(sizes.values()) > 1.02 * min(sizes.values()):
        raise SystemExit(f"These models are not of one size, so there is nothing to compare: {sizes}.")
    return found


def endless(pairs: Sequence[Pair], vocabulary: Characters, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Epoch after epoch, each shuffled anew."""
    generator = torch.Generator().manual_seed(seed)
    while True:
        yield from batches(pairs, vocabulary, TOKENS, generator)


# --- Learning, in turns --------------------------------------------------------------------------------


def learn(
    everyone: list[Contestant],
    validation: list[tuple[Tensor, Tensor]],
    steps: int,
    every: int,
    device: torch.device,
) -> None:
    """Rounds of `every` steps: each model learns them, then says how well it does."""
    for done in range(every, steps + every, every):
        for each in everyone:
            start = time.perf_counter()
            for _ in itertools.islice(each.learning, every):
                pass
            wait_for(device)
            each.seconds += time.perf_counter() - start
            loss = validation_loss(each.model, validation)
            each.curve.append((min(done, steps), each.seconds, loss))
        told = " · ".join(f"{each.name} {each.curve[-1][2]:.3f} ({each.seconds:.0f} s)" for each in everyone)
        print(f"step {min(done, steps):>6,}: {told}", flush=True)


# --- Judging -------------------------------------------------------------------------------------------


def translations(model: Translator, sources: Sequence[str], vocabulary: Characters, width: int) -> list[str]:
    """All sentences translated, sentences of like length together."""
    order = sorted(range(len(sources)), key=lambda i: len(sources[i]))
    found = [""] * len(sources)
    for start in range(0, len(order), TRANSLATE_AT_ONCE):
        chosen = order[start : start + TRANSLATE_AT_ONCE]
        texts = translate(model, [sources[i] for i in chosen], vocabulary, width, LONGEST_WRITTEN)
        for i, text in zip(chosen, texts):
            found[i] = text
    return found


def alignment(model: nn.Module, pair: Pair, vocabulary: Characters, device: torch.device) -> Tensor:
    """What each character of the true translation looked at, the last layer's heads averaged: (Lt, Ls)

    Row t holds the weights with which character t was foretold; both sentences end with their end.
    """
    record: Record = {}
    source, target = vocabulary.encode([pair[0]]), vocabulary.encode([pair[1]], begin=True)
    with torch.no_grad():
        model(source.to(device), target[:, :-1].to(device), record)
    return record["cross_weights"][-1][0].mean(0).cpu()  # of (1, heads, Lt, Ls)


def draw(maps: dict[str, Tensor], pair: Pair, path: Path) -> None:
    """The alignment maps side by side, a scale each: characters of the source across, of the target down."""
    import matplotlib

    matplotlib.use("Agg")
    from course.show.style import new

    fig, axes = new(cols=len(maps), width=6.2 * len(maps), height=6.4)
    for ax, (name, weights) in zip(axes, maps.items(), strict=True):
        image = ax.imshow(weights.numpy(), aspect="auto", vmin=0)
        ax.grid(False)
        ax.set_title(name)
        ax.set_xticks(range(len(pair[0]) + 1), [*pair[0], "■"], fontsize=8)
        ax.set_yticks(range(len(pair[1]) + 1), [*pair[1], "■"], fontsize=8)
        ax.set_xlabel("French, read")
        fig.colorbar(image, ax=ax, label="weight", shrink=0.6)
    axes[0].set_ylabel("English, written (■: the end)")
    fig.savefig(path, dpi=110, metadata={"Software": None})


HEAD = (
    "| model | parameters | ms a step | target tokens / s | validation loss, nats | perplexity "
    "| BLEU greedy | chrF greedy | BLEU beam 4 | chrF beam 4 | s to decode, greedy + beam |\n"
    "|---|" + "---:|" * 10
)


def row(
    each: Contestant, steps: int, tokens: int, test: Sequence[Pair], vocabulary: Characters
) -> tuple[str, list[str]]:
    """The line of one model in the table, and its translations by beam search."""
    sources, references = zip(*test)
    each.model.eval()
    start = time.perf_counter()
    greedily, beamed = (translations(each.model, sources, vocabulary, width) for width in (1, 4))
    decoding = time.perf_counter() - start
    loss = each.curve[-1][2]
    scores = " | ".join(
        f"{score(texts, references):.1f}" for texts in (greedily, beamed) for score in (bleu, chrf)
    )
    line = (
        f"| {each.name} | {size(each.model):,} | {each.seconds / steps * 1e3:,.1f} "
        f"| {tokens / each.seconds:,.0f} | {loss:.3f} | {math.exp(loss):.2f} | {scores} | {decoding:.1f} |"
    )
    return line, beamed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--steps", type=int, default=1500, help="batches that each model learns from")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="keep the results in benchmarks/results")
    options = parser.parse_args()
    if options.steps < 1:
        parser.error("--steps must be at least 1")
    device = chosen(options.device)
    folder = None if os.environ.get("COURSE_DATA") else BESIDE
    pairs, checked, test = (
        multi30k(split, LONGEST, folder) for split in ("train", "val", "test_2016_flickr")
    )
    vocabulary = Characters(text for pair in pairs for text in pair)
    steps, seed = options.steps, options.seed
    seen = itertools.islice(endless(pairs, vocabulary, seed), steps)
    tokens = sum(int((target[:, 1:] != PADDING).sum()) for _, target in seen)
    epoch = sum(len(english) + 1 for _, english in pairs)
    everyone = contestants(vocabulary, pairs, steps, seed, device)
    rates = ", ".join(f"{rate:g} ({name})" for name, rate in HIGHEST_RATE.items())
    lines = [
        "# French to English by characters",
        "",
        f"{date.today()} · {machine(device)} · {steps:,} steps of at most {TOKENS:,} tokens a side, padding "
        f"counted: {tokens:,} target tokens, {tokens / epoch:.1f} epochs · seed {seed}",
        "",
        f"Multi30k, sentences of up to {LONGEST} characters: {len(pairs):,} to learn from, {len(checked)} to "
        f"validate, {len(test)} of test_2016_flickr to translate; a vocabulary of {len(vocabulary)}. "
        f"Label smoothing 0.1 (the validation loss is without); Adam, highest learning rates {rates}. "
        "BLEU (13a) and chrF2 by sacrebleu.",
        "",
        HEAD,
    ]
    print("\n".join(lines[:-1]), flush=True)
    for each in everyone:
        print(f"{each.name}: {size(each.model):,} parameters", flush=True)
    validation = list(batches(checked, vocabulary, 4 * TOKENS))
    learn(everyone, validation, steps, max(1, steps // 20), device)
    print(HEAD)
    samples = {}
    for each in everyone:
        line, samples[each.name] = row(each, steps, tokens, test, vocabulary)
        lines.append(line)
        print(line, flush=True)
    lines += ["", "Validation loss, nats a character:", "", "| step | " + " | ".join(samples) + " |"]
    lines.append("|---:|" + "---:|" * len(samples))
    for points in zip(*(each.curve for each in everyone)):
        lines.append(f"| {points[0][0]:,} | " + " | ".join(f"{loss:.3f}" for _, _, loss in points) + " |")
    lines += ["", "Translations by beam search:", ""]
    for i in range(5):
        lines += [f"- {test[i][0]} → {test[i][1]}"]
        lines += [f"  - {name}: {texts[i]}" for name, texts in samples.items()]
    pair = next(pair for pair in test if 25 <= len(pair[0]) <= 45 and 25 <= len(pair[1]) <= 45)
    maps = {
        each.name: alignment(each.model, pair, vocabulary, device) for each in everyone if each.name != "GRU"
    }
    lines += [
        "",
        f"![What each English character looked at: {pair[0]} → {pair[1]}](translation-alignment.png)",
    ]
    if not options.write:
        print("\n".join(lines[-30:]))
        return
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "translation.md").write_text("\n".join(lines) + "\n")
    with (RESULTS / "translation.csv").open("w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["model", "step", "seconds", "validation_loss"])
        for each in everyone:
            table.writerows([each.name, step, f"{s:.2f}", f"{loss:.4f}"] for step, s, loss in each.curve)
    draw(maps, pair, RESULTS / "translation-alignment.png")
    print(f"\nWritten to {RESULTS}/translation.md, .csv and -alignment.png.")


if __name__ == "__main__":
    main()
