"""Several modalities, each method beside its controls, on data made here; and CLIP beside transformers.

    python -m benchmarks.multimodal [--seeds 3] [--only clip captions …] [--write]

The models of `course.multimodal.small`. What is measured is kept in benchmarks/results/multimodal.json behind
each training, and a run that was broken off goes on there; `--write` makes the tables of it.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from benchmarks.timing import in_rounds, machine
from course.data.captioned import PAIRS, SHAPES, UNSEEN, Captioned, captioned, prompts
from course.data.singing import FRAMES, QUIET, REST, STEPS, singing
from course.data.videos import EXPERTS, videos
from course.fewlabels.supervised import Supervised
from course.multimodal import small
from course.multimodal.av_align import alignment, lag
from course.multimodal.av_align import written as heard
from course.multimodal.captioning import mass_inside, words_right, written
from course.multimodal.clip import build, zero_shot
from course.multimodal.retrieval import ranked, scores
from course.training.loop import train
from course.training.recipe import Recipe
from course.whole_files import replacing

RESULTS = Path(__file__).resolve().parent / "results"
KEPT, PAGE = RESULTS / "multimodal.json", RESULTS / "multimodal.md"
TESTED = 500  # pictures, from a seed that no training has; of videos and films 200
NOT_SHOWN = "both, without the regression"
FRESH = 10_000  # what is added to a seed to test with

Numbers = dict[str, float]
Found = dict[str, list[Numbers]]  # "clip: shuffled pairs" -> numbers by seed


# --- Pictures and captions -------------------------------------------------------------------------------


def answered(logits: Tensor, data: Captioned) -> Numbers:
    """How many of the answers among all pairs are right: as a pair, and by its colour and its shape alone."""
    said, shapes = logits.argmax(dim=1), len(SHAPES)
    parts = {
        "pair": said == data.labels,
        "colour": said // shapes == data.labels // shapes,
        "shape": said % shapes == data.labels % shapes,
    }
    return {name: right.float().mean().item() for name, right in parts.items()}


def clip(kind: str, seed: int) -> Numbers:
    """Zero-shot among all 25 pairs, on pictures of pairs seen and never seen."""
    if kind == "pairs as classes":
        data = captioned(12_000, "seen", seed=seed)
        torch.manual_seed(seed)
        net = small.eye_of(len(PAIRS))
        train(Classes(net), data, Recipe(epochs=2, batch=64, lr=2e-3, seed=seed))
        net.eval()
    else:
        model, words, data = small.matcher(seed, shuffled=kind == "shuffled pairs")
        asked = [words.encode(prompts(pair), begin=True) for pair in range(len(PAIRS))]
    found: Numbers = {}
    for pairs in ("seen", "unseen"):
        test = captioned(TESTED, pairs, seed=FRESH + seed).like(data)
        images = test.normalised()
        if kind == "pairs as classes":
            with torch.no_grad():
                logits = net(images)
        else:
            logits = zero_shot(model, images, asked)
            if kind == "CLIP":
                one = zero_shot(model, images, [ids[:1] for ids in asked])
                found[f"{pairs}, one prompt"] = answered(one, test)["pair"]
                grey = zero_shot(model, torch.zeros_like(images), asked)
                found[f"{pairs}, text alone"] = answered(grey, test)["pair"]
        found |= {f"{pairs}, {name}": share for name, share in answered(logits, test).items()}
    among = torch.tensor(UNSEEN)  # of the last, the unseen pictures
    found["among the unseen"] = (among[logits[:, among].argmax(1)] == test.labels).float().mean().item()
    return found


class Classes(Supervised):
    """Labels learnt as `Contrast` learns captions: from standardised images."""

    def batch(self, data: Any, chosen: Tensor, generator: Any = None) -> Any:
        return {"images": data.normalised(chosen), "labels": data.labels[chosen]}

    def health(self, data: Any) -> Any:
        return {}


def captions(kind: str, seed: int) -> Numbers:
    """Whole captions and words right, and how much of each kind of word's look is on the shape."""
    model, words, data = small.teller(seed, hard=kind == "hard")
    found: Numbers = {}
    for pairs in ("seen", "unseen"):
        test = captioned(TESTED, pairs, seed=FRESH + seed).like(data)
        images = test.normalised()
        said = written(model, images, words)
        found[f"{pairs}, whole"] = statistics.fmean(a == b for a, b in zip(said, test.captions))
        found[f"{pairs}, words"] = words_right(said, test.captions)
        record: dict[str, list[Tensor]] = {}
        with torch.no_grad():
            model(images, words.encode(test.captions, begin=True)[:, :-1], record)
        inside = mass_inside(record["cross_weights"][0], test.masks).mean(dim=0).tolist()
        for name, place in (("colour", 1), ("shape", 2), ("place", 6)):
            found[f"{pairs}, look for the {name}"] = inside[place]
        found[f"{pairs}, area"] = test.masks.float().mean().item()
    return found


# --- Videos, and sound -----------------------------------------------------------------------------------


def watching(kind: str, seed: int) -> Numbers:
    """A sentence among 200 videos; whoever shows the same is right as well."""
    model, words, _ = small.finder(seed, order=kind)
    found: Numbers = {}
    for name, missing, change in (
        ("a fifth missing", 0.2, lambda data: data),
        ("none missing", 0.0, lambda data: data),
        ("sound missing", 0.0, lambda data: data.without("sound")),
    ):
        test = small.ORDERS[kind](change(videos(200, missing, seed=FRESH + seed)))
        right = (test.facts[:, None] == test.facts[None]).all(dim=-1)
        ranks = ranked(scores(model, test, words), right)
        found |= {f"{name}, R@{k}": share for k, share in ranks.recall.items()}
        found |= {f"{name}, median rank": ranks.median, f"{name}, mean rank": ranks.mean}
    return found


def listening(kind: str, seed: int) -> Numbers:
    """Songs wholly right, and where the moments of tones look when the sound is late."""
    senses = kind if kind in small.SENSES else "both"
    model, words, _ = small.listener(seed, senses=senses, regression=0.0 if kind == NOT_SHOWN else 10.0)
    test = small.SENSES[senses](singing(200, seed=FRESH + seed))
    said = heard(model, test, words)
    found: Numbers = {
        "whole": statistics.fmean(a == b for a, b in zip(said, test.captions)),
        "words": words_right(said, test.captions),
    }
    if senses != "both":
        return found
    for by in range(-QUIET, QUIET + 1):
        late = test.late(by)
        weights = alignment(model, late)  # (200, moments, FRAMES)
        moment = torch.arange(STEPS * FRAMES) // STEPS  # the frame that is shown
        heard_at = (moment - by).clamp(0, FRAMES - 1)  # the frame that the sound was made with
        note = late.notes[:, heard_at]  # (200, moments)
        tone = note != REST
        same = late.notes[:, None] == note[..., None]  # (200, moments, FRAMES)
        found[f"late by {by}, lag"] = lag(weights, tone).mean().item()
        found[f"late by {by}, own note"] = (weights * same).sum(dim=-1)[tone].mean().item()
        found[f"late by {by}, whole"] = statistics.fmean(
            a == b for a, b in zip(heard(model, late, words), late.captions)
        )
    found["own note by chance"] = (same.float().mean(dim=-1))[tone].mean().item()
    return found


PARTS: dict[str, tuple[Callable[[str, int], Numbers], tuple[str, ...]]] = {
    "clip": (clip, ("CLIP", "shuffled pairs", "pairs as classes")),
    "captions": (captions, ("soft", "hard")),
    "videos": (watching, tuple(small.ORDERS)),
    "listening": (listening, (*small.SENSES, NOT_SHOWN)),
}


# --- Speed -----------------------------------------------------------------------------------------------


def speed(B: int = 4) -> Numbers:
    """Milliseconds of the processor of a forward pass of B/32, ours and that of transformers, in one run."""
    from transformers import CLIPConfig, CLIPModel

    images, ids = torch.randn(B, 3, 224, 224), torch.randint(1, 49_000, (B, 77))
    ids[:, -1] = 49_407
    ours, theirs = build("B/32").eval(), CLIPModel(CLIPConfig()).eval()
    found: Numbers = {"batch": B}
    with torch.no_grad():
        for name, contestants in {
            "image": {
                "ours": lambda: ours.image(images),
                "transformers": lambda: theirs.get_image_features(pixel_values=images),
            },
            "text": {
                "ours": lambda: ours.text(ids),
                "transformers": lambda: theirs.get_text_features(input_ids=ids),
            },
        }.items():
            for who, timing in in_rounds(contestants, [ours, theirs]).items():
                found[f"{name}, {who}"] = 1000 * timing.median
                low, _, high = statistics.quantiles(timing.seconds, n=4)
                found |= {f"{name}, {who}, from": 1000 * low, f"{name}, {who}, to": 1000 * high}
    return found


# --- What is kept ----------------------------------------------------------------------------------------


def remembered() -> Found:
    """What earlier runs found, or others found meanwhile."""
    return json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}


def run(found: Found, seeds: int, only: list[str]) -> None:
    """Measure whatever is missing, and keep each result at once; parts may be measured side by side."""

    def keep(key: str, numbers: Numbers) -> None:
        others = remembered()
        found.update(others)
        found[key] = [*others.get(key, []), numbers]
        with replacing(KEPT) as growing:
            growing.write_text(json.dumps({**others, key: found[key]}, indent=1) + "\n", encoding="utf-8")
        print(key, {name: round(value, 3) for name, value in numbers.items()}, flush=True)

    for seed in range(seeds):
        for part in only:
            for kind in PARTS.get(part, (None, ()))[1]:
                if len(found.get(f"{part}: {kind}", [])) <= seed:
                    start = time.process_time()
                    numbers = PARTS[part][0](kind, seed)
                    keep(f"{part}: {kind}", numbers | {"seconds": time.process_time() - start})
    if "speed" in only and "speed" not in found:
        keep("speed", speed())


def told(runs: list[Numbers], name: str, scale: float = 100) -> str:
    """Mean ± standard deviation over seeds; a dash where it was not measured."""
    values = [scale * numbers[name] for numbers in runs if name in numbers]
    if not values:
        return "–"
    spread = f" ± {statistics.stdev(values):.1f}" if len(values) > 1 else ""
    return f"{statistics.fmean(values):.1f}{spread}"


def table(found: Found, part: str, columns: dict[str, tuple[str, float]]) -> list[str]:
    """A row for each kind of a part; columns: what is written above, the number's name, its scale."""
    lines = [f"| | {' | '.join(columns)} | seeds |", "|:--|" + "--:|" * (1 + len(columns))]
    for kind in PARTS[part][1]:
        if runs := found.get(f"{part}: {kind}"):
            cells = [told(runs, name, scale) for name, scale in columns.values()]
            lines.append(f"| {kind} | {' | '.join(cells)} | {len(runs)} |")
    return lines


def page(found: Found) -> str:
    """All tables, with what was held equal."""
    seconds = max(run["seconds"] for key, runs in found.items() if key != "speed" for run in runs)
    lines = [
        "# Several modalities, on data made here",
        "",
        f"`python -m benchmarks.multimodal --write`; shares in %, mean ± standard deviation over "
        f"the seeds. Each model is trained and tested in {seconds:.0f} s of one core or less. "
        f"{machine(torch.device('cpu'))}",
        "",
        f"## CLIP: one of {len(PAIRS)} pairs of colour and shape, {len(UNSEEN)} of them never shown together",
        "",
        "*Shuffled pairs*: captions handed to pictures at random. *Text alone*: every picture grey. "
        "*Pairs as classes*: the same CNN, taught the number of the pair. *Among 5*: a choice among the "
        f"unseen pairs only, where the colour alone tells. Chance: {100 / len(PAIRS):.0f}, of a colour "
        "or a shape 20.",
        "",
        *table(
            found,
            "clip",
            {
                "seen pairs": ("seen, pair", 100),
                "unseen pairs": ("unseen, pair", 100),
                "their colour": ("unseen, colour", 100),
                "their shape": ("unseen, shape", 100),
                "unseen, one prompt": ("unseen, one prompt", 100),
                "text alone": ("unseen, text alone", 100),
                "among 5": ("among the unseen", 100),
                "s": ("seconds", 1),
            },
        ),
        "",
        "## Captions: whole sentences and words right, greedily; the share of a look that is on the shape",
        "",
        f"The shape covers {told(found.get('captions: soft', []), 'seen, area')} of the picture.",
        "",
        *table(
            found,
            "captions",
            {
                "whole, seen": ("seen, whole", 100),
                "words, seen": ("seen, words", 100),
                "whole, unseen": ("unseen, whole", 100),
                "words, unseen": ("unseen, words", 100),
                "look: colour": ("seen, look for the colour", 100),
                "shape": ("seen, look for the shape", 100),
                "place": ("seen, look for the place", 100),
                "s": ("seconds", 1),
            },
        ),
        "",
        "## Retrieval: a sentence among 200 videos; equal videos are right alike, ties are drawn by lot",
        "",
    ]
    for name in ("none missing", "a fifth missing", "sound missing"):
        figures = {f"R@{k}": (f"{name}, R@{k}", 100.0) for k in (1, 5, 10)}
        figures |= {f"{what} rank": (f"{name}, {what} rank", 1.0) for what in ("median", "mean")}
        experts = f"of {len(EXPERTS)} experts"
        lines += [f"{name.capitalize()} ({experts}):", "", *table(found, "videos", figures), ""]
    lines += [
        "## Sound and picture: songs right, of syllables whose consonant is seen only",
        "",
        *table(
            found,
            "listening",
            {
                "songs": ("whole", 100),
                "syllables": ("words", 100),
                "look on its own": ("late by 0, own note", 100),
                "s": ("seconds", 1),
            },
        ),
        "",
    ]
    if both := found.get("listening: both"):
        lines += [
            "Where the moments of tones look when the sound is late: by how many frames behind what is "
            "shown, and how much of it on frames of their own note "
            f"(by chance {told(both, 'own note by chance')}).",
            "",
            "| late by | lag | on their own note | songs right |",
            "|--:|--:|--:|--:|",
        ]
        for by in range(-QUIET, QUIET + 1):
            name = f"late by {by}"
            cells = (
                told(both, f"{name}, lag", 1),
                told(both, f"{name}, own note"),
                told(both, f"{name}, whole"),
            )
            lines.append(f"| {by} | {' | '.join(cells)} |")
        lines.append("")
    if "speed" in found:
        (it,) = found["speed"]
        lines += [
            f"## CLIP B/32 forward, {it['batch']:.0f} of each, milliseconds of the processor",
            "",
            "Median and quartiles of 15 turns in 5 rounds; before each round all weights move to new memory.",
            "",
            "| | ours | transformers | theirs / ours |",
            "|:--|--:|--:|--:|",
        ]
        for name in ("image", "text"):
            cells = []
            for who in (f"{name}, ours", f"{name}, transformers"):
                cells.append(f"{it[who]:.0f} ({it[f'{who}, from']:.0f}–{it[f'{who}, to']:.0f})")
            ratio = it[f"{name}, transformers"] / it[f"{name}, ours"]
            lines.append(f"| {name} | {' | '.join(cells)} | {ratio:.2f} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=[*PARTS, "speed"], default=[*PARTS, "speed"])
    parser.add_argument("--write", action="store_true", help="write the tables beside the numbers")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    found = remembered()
    run(found, asked.seeds, asked.only)
    print(page(found))
    if asked.write:
        PAGE.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
