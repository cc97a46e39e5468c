"""Lesson 04: what its text tells, computed again by its own cells, and its finale with a slip in a part."""

import csv
import re
from functools import cache, partial
from itertools import islice
from pathlib import Path

import pytest
import torch

from course.attention import attention, causal_mask
from course.checkpoints import load
from course.data.backwards import backwards, letters_right
from course.language.translate import UNKNOWN
from course.show.beam import beam_tree
from grader import catalogue
from grader.configure import LONG
from tests.test_lessons import LESSONS, assert_waiting, cells_of, half_filled, run_cell

LESSON = "04_transformer"
ROOT = Path(__file__).resolve().parents[2]
SOURCE, RESULTS = ROOT / "solutions" / LESSON / f"{LESSON}.py", ROOT / "benchmarks" / "results"
CELLS = cells_of(SOURCE.read_text(encoding="utf-8"))
TEXT = " ".join(line.removeprefix("# ") for line in SOURCE.read_text(encoding="utf-8").splitlines())
PARTS = ("CrossAttention", "EncoderBlock", "DecoderBlock", "shift_right", "padded_loss", "append_likeliest")
PARTS += ("beam_step", "additive_attention", "split_heads", "merge_heads")


def lesson(*defined, **changed):
    """The names that these cells of the lesson define, with the reader's answers right, or changed."""
    space = {part: catalogue.reference(part) for part in PARTS}
    space |= {"attention": attention, "causal_mask": causal_mask} | changed
    (imports,) = (cell for cell in CELLS if cell.startswith("import copy"))
    exec(re.sub(r"^from grader.*\n|^\w+, \w+ = mine\..*\n", "", imports, flags=re.MULTILINE), space)
    for start in defined:
        (cell,) = (cell for cell in CELLS if re.search(rf"^{re.escape(start)}", cell, re.MULTILINE))
        run_cell(cell, space)
        space |= changed
    return space


SMALL = ("class Tokens", "class Reading", "class Translator", "class InOrder")
FINALE = ("seen, unseen = ", "class Tokens", "class Reading", "class Translator", "def trained")
FINALE += ("def pairs_again", "def written", "def share_right", "def fed_the_truth")


def finale(steps, causal=True, **changed):
    """How many of the hundred are right, the loss on them when the truth is fed, and what was made."""
    space = lesson(*FINALE, **changed)
    torch.manual_seed(0)
    model = space["Translator"](len(space["letters"]), causal=causal)
    for _ in space["trained"](model, space["pairs_again"](), steps):
        pass
    right, said = space["share_right"](model, space["unseen"])
    return right, space["fed_the_truth"](model), said


@cache
def honest():
    return finale(200)


def test_the_readers_parts_translate_numbers_never_seen():
    right, loss, _ = honest()  # half of the lesson's steps
    assert right > 55 and loss < 0.1


def test_without_the_mask_the_loss_is_near_zero_and_nothing_is_right():
    right, loss, said = finale(200, causal=False)  # as in the lesson
    assert right == 0 < honest()[0] and loss < 0.1 and "below 0.1 nats a letter" in TEXT
    assert len(set(said)) > 1  # nonsense, and not silence


def test_a_slip_in_shifting_makes_the_finale_worse():
    right, loss, _ = finale(60, shift_right=lambda labels, begin=1: labels)
    assert right == 0 < honest()[0] and loss < 0.01, "it copies its input, and writes nothing of its own"


def test_what_the_text_says_of_the_data():
    space = lesson("seen, unseen = ")
    seen, unseen = space["seen"], space["unseen"]
    assert (len(seen), len(unseen)) == (900, 100) and not set(seen) & set(unseen)
    words = {word for pair in seen for text in pair for word in re.split("[ -]", text)}
    assert {word for pair in unseen for text in pair for word in re.split("[ -]", text)} <= words
    ids = space["letters"].encode([text for pair in unseen for text in pair])
    assert not (ids == UNKNOWN).any()


def test_all_of_the_small_task_have_as_many_parameters():
    space = lesson("class LookingBack", *SMALL)
    made = [space["Seq2Seq"](14, 24, 48), space["LookingBack"](14, 24, 44)]
    made += [space["Translator"](14, 48, 4, n, layers=1) for n in (128, 54)]
    made[-1].tokens = space["InOrder"](14, 48)
    sizes = [sum(p.numel() for p in model.parameters()) for model in made]
    assert max(sizes) / min(sizes) < 1.04
    source, labels = next(backwards(4))
    assert all(model(source, labels).shape == (*labels.shape, 14) for model in made)


def test_what_the_sines_lack_is_order():
    """As many parameters and steps; the one change is who tells the places."""
    space = lesson(*SMALL, "def trained", "def written")
    right, losses = [], []
    for n in (128, 54):
        torch.manual_seed(0)
        model = space["Translator"](14, 48, 4, n, layers=1)
        if n == 54:
            model.tokens = space["InOrder"](14, 48)
        *_, loss = space["trained"](model, backwards(), 220)
        losses.append(loss)
        right.append(letters_right(partial(space["written"], model), lengths=[14])[14])
    assert 0.1 < right[0] < 0.3 < 0.35 < right[1] < 0.7
    assert losses[1] < 0.35 < 0.7 < losses[0]


def test_the_checkpoint_is_larger_and_was_taught_as_long():
    space = lesson("seen, unseen = ", "class Tokens", "class Reading", "class Translator")
    _, card = load("translate-numbers")
    own = sum(p.numel() for p in space["Translator"](len(space["letters"])).parameters())
    assert card["parameters"] > own and card["steps"] == 350
    assert "trained(translator, pairs_again(), 350)" in TEXT


def test_what_the_checkpoint_needs_and_what_it_does_not():
    space = lesson("def taught_without_seeing", taught=load("translate-numbers").module)
    hidden = {
        word: space["taught_without_seeing"]("quatre-vingt-dix-sept", word)
        for word in ("quatre", "vingt", "dix", "sept")
    }
    assert hidden.pop("sept") == "ninety-three" and set(hidden.values()) == {"ninety-seven"}


@torch.no_grad()
def test_the_search_in_the_readers_steps_is_the_librarys():
    from course.language import decode, transformer

    space = lesson("def search")
    torch.manual_seed(3)
    model = transformer.Transformer(14, 16, 2, 32, 1).eval()

    def logits(source, tokens):
        return model.decode(tokens, model.encode(source))

    for source, _ in islice(backwards(1, longest=5), 6):
        for width, alpha in ((1, 0.0), (3, 0.0), (4, 0.6)):
            theirs, _ = decode.beam_search(model, source, width, alpha, max_length=12)
            own = space["search"](logits, source, width, alpha, longest=12)
            if 2 in theirs[0]:  # behind the end, the library may have searched on
                assert own[0].tolist() == theirs[0, : own.shape[1]].tolist()
                assert not theirs[0, own.shape[1] :].any()


def test_the_tree_of_the_text():
    space = lesson("tree = {")
    assert "The most probable is “it rains”, with 0.175" in beam_tree(space["tree"]).alt
    long, short = torch.tensor([0.4 * 0.9 * 0.75 * 0.55, 0.175]).log().tolist()
    for alpha in (0.3, 0.4, 0.5, 0.6):
        wins = long / (10 / 6) ** alpha > short / (8 / 6) ** alpha
        assert wins == (alpha >= 0.5)
    assert "From α = 0.41 on, 0.5 on the slider" in TEXT


def test_the_recorded_run_is_what_the_text_says():
    page = (RESULTS / "translation.md").read_text(encoding="utf-8")
    for name, numbers in {
        "Transformer": ("1.187", "8.3", "9.1"),
        "GRU": ("0.902", "15.6", "17.4"),
        "GRU \\+ attention": ("0.656", "35.0", "39.6"),
    }.items():
        (row,) = re.findall(rf"^\| {name} \|.*$", page, re.MULTILINE)
        assert all(f" {number} " in row for number in numbers) and f"| {' | '.join(numbers)} |" in TEXT
    last = [
        re.search(rf"^\| {step} \| (\S+) \| (\S+) \| (\S+) \|", page, re.MULTILINE)
        for step in ("1,425", "1,500")
    ]
    falls = [float(last[0][place]) - float(last[1][place]) for place in (1, 3)]
    assert falls == pytest.approx([0.021, 0.010], abs=5e-4) and "(0.021 against 0.010)" in TEXT
    with (RESULTS / "translation.csv").open() as file:
        rows = {(row["model"], int(row["step"])): row for row in csv.DictReader(file)}
    took = float(rows["Transformer", 1500]["seconds"])
    assert round(took) == 551 and round(float(rows["GRU + attention", 1500]["seconds"]) / took, 1) == 1.4
    by_then = [
        row for (name, _), row in rows.items() if name[-9:] == "attention" and float(row["seconds"]) < took
    ]
    assert float(by_then[-1]["validation_loss"]) == pytest.approx(0.70, abs=0.005)


def test_a_notebook_half_filled_ends_without_a_traceback_of_ours():
    """Nothing long is run: each other cell runs, or says in one line what it waits for."""
    (its,) = (each for each in LESSONS if each.name == LESSON)
    assert_waiting(half_filled(its, 7, without=LONG))
