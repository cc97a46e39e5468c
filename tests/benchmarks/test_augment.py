"""The benchmark of augmentations runs, with whatever is installed, and its table says what it should."""

import sys

import pytest
import torch

from benchmarks import augment
from benchmarks.timing import Timing

PEERS = ["in batches", "PIL", "torchvision on PIL", "Kornia"]


@pytest.mark.parametrize("blur", [False, True])
def test_contestants_end_with_batches_of_the_same_shape(monkeypatch, blur):
    monkeypatch.setattr(augment.transform, "can_compile", lambda device: False)  # it would take a minute
    runs = augment.contestants(16, 3, blur, torch.device("cpu"))
    assert list(runs)[:2] == PEERS[:2] and set(runs) <= set(PEERS)
    for run, count in runs.values():
        images = run()
        assert images.shape == (count, 3, 16, 16) and images.dtype == torch.float32
        assert images.min() >= 0 and images.max() <= 1


def test_blur_is_left_out_or_put_in():
    assert len(augment.simclr(8, True).transforms) == len(augment.simclr(8, False).transforms) + 1


def test_a_peer_that_is_missing_has_no_number(monkeypatch):
    monkeypatch.setitem(sys.modules, "kornia", None)
    monkeypatch.setitem(sys.modules, "kornia.augmentation", None)
    assert augment.simclr_by_kornia(8, False) is None


def test_rows():
    """Times are of one image, and a ratio is theirs over ours."""
    timings = {"in batches": Timing([0.02, 0.01, 0.03], None), "PIL": Timing([0.05, 0.05, 0.05], None)}
    rows = list(augment.rows("a case", timings, {"in batches": 200, "PIL": 50}))
    ours, pil, compiled, torchvision, kornia = rows
    assert ours == "| a case | in batches | 100.0 | 50–150 | 10,000 | 1.00× | – |"
    assert pil == "| a case | PIL | 1,000.0 | 1,000–1,000 | 1,000 | 10.00× | – |"
    assert "compiled | no compiler" in compiled
    assert "torchvision on PIL | not installed" in torchvision and "Kornia | not installed" in kornia
    assert {row.count("|") for row in (*rows, *augment.HEAD.split("\n"))} == {8}


def test_one_thread_is_timed_by_the_processor(monkeypatch):
    """Waiting costs no time of the processor; the warm-up is left out."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    ticks = iter(range(100))
    monkeypatch.setattr(augment.time, "process_time", lambda: next(ticks) ** 2)
    timings = augment.turns({"a": lambda: None}, torch.device("cpu"), 2)
    torch.set_num_threads(threads)
    assert timings["a"].seconds == [13, 17]  # of 0 … 9, in pairs, squared: two to warm up, one for memory
