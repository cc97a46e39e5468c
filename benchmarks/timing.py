"""Fair timings: contestants take turns in one process, and the median of the turns counts.

Taking turns means that a machine which slows down for a while slows everybody down.
"""

import contextlib
import ctypes
import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

SIZE_OF_MATRIX = {"cpu": 2048, "cuda": 8192}


@dataclass
class Timing:
    """What one contestant took, in seconds a turn, and how much memory a turn needed beyond what was held."""

    seconds: list[float]
    peak_bytes: int | None

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def take_turns(
    contestants: dict[str, Callable[[], object]], device: torch.device, repeats: int = 7, warm_up: int = 2
) -> dict[str, Timing]:
    """Run each contestant `warm_up` times, then all of them in turn, `repeats` times: name -> Timing"""
    memory = {}
    for name, run in contestants.items():
        for _ in range(warm_up):
            run()
        memory[name] = peak_memory(run, device)
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(repeats):
        names = list(contestants) if turn % 2 == 0 else list(reversed(contestants))  # nobody is always second
        for name in names:
            seconds[name].append(timed(contestants[name], device))
    return {name: Timing(seconds[name], memory[name]) for name in contestants}


def in_rounds(
    contestants: dict[str, Callable[[], object]],
    networks: Sequence[nn.Module],
    rounds: int = 5,
    turns: int = 3,
) -> dict[str, Timing]:
    """Seconds of the processor, in rounds of turns, before each of which all weights move to new memory.

    A network and a copy of it were seen to differ by 8 and 18 %, alike but for the memory of their weights.
    Who is placed first, and who is timed first, changes from round to round.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds):
        for network in networks if number % 2 else reversed(networks):
            for parameter in network.parameters():
                parameter.data = parameter.data.clone()
        names = list(contestants) if number % 2 else list(reversed(contestants))
        for turn in range(-1, turns):  # one to warm up
            for name in names:
                start = time.process_time()
                contestants[name]()
                if turn >= 0:
                    seconds[name].append(time.process_time() - start)
    return {name: Timing(taken, None) for name, taken in seconds.items()}


def timed(run: Callable[[], object], device: torch.device) -> float:
    """Seconds of one run, with the device waited for before and after."""
    wait_for(device)
    start = time.perf_counter()
    run()
    wait_for(device)
    return time.perf_counter() - start


def wait_for(device: torch.device) -> None:
    """Until all that was asked of the device is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def peak_memory(run: Callable[[], object], device: torch.device) -> int | None:
    """The most memory that one run needs beyond what is held before it, in bytes; None where nothing tells.

    On a GPU PyTorch's allocator tells; on Linux the kernel keeps the peak of the process's resident memory.
    """
    gc.collect()
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
        run()
        wait_for(device)
        return torch.cuda.max_memory_allocated(device) - before
    reset = Path("/proc/self/clear_refs")
    if not os.access(reset, os.W_OK):
        return None
    with contextlib.suppress(OSError, AttributeError):
        # what was freed goes back first, or the run would reuse it unseen
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    reset.write_text("5")  # the peak starts again at what is resident now
    before = resident_peak()
    run()
    return resident_peak() - before


def resident_peak() -> int:
    """The peak of this process's resident memory since it was last reset, in bytes (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(kilobytes) * 1024


def matrix_rate(device: torch.device, dtype: torch.dtype) -> float:
    """What this machine reaches in one large product of random matrices, in FLOP/s; the median of nine."""
    n = SIZE_OF_MATRIX[device.type]
    a, b = (torch.randn(n, n, device=device, dtype=dtype) for _ in range(2))
    times = [timed(lambda: a @ b, device) for _ in range(12)][3:]
    return 2 * n**3 / statistics.median(times)


def chosen(device: str) -> torch.device:
    """A device by its name; "auto" is a GPU where there is one."""
    auto = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(auto if device == "auto" else device)


def machine(device: torch.device) -> str:
    """The machine in a few words, for the head of a table of results."""
    if device.type == "cuda":
        place = torch.cuda.get_device_name(device)
    else:
        place = f"{platform.machine()} CPU, {torch.get_num_threads()} threads"
    return f"{place} · PyTorch {torch.__version__} · Python {platform.python_version()}"
