"""The clock: the fastest run counts, on one core, and the process is left as it was."""

import torch

from course import cost


def test_the_fastest_run_counts_and_threads_are_as_before():
    ticks = iter([0.0, 5.0, 10.0, 12.0, 20.0, 29.0])
    seen = []

    def run(x):
        seen.append((torch.get_num_threads(), torch.is_grad_enabled()))
        return x

    before = torch.get_num_threads()
    assert cost.milliseconds(run, torch.ones(1), clock=lambda: next(ticks), repeats=3) == 2000
    assert seen == [(1, False)] * 3
    assert torch.get_num_threads() == before
