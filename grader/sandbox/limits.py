"""How much one kernel, or one file that is judged, may use.

Who enforces what: the kernel of the operating system where it has a limit of its own (size of a file,
memory asked for by one process, processes, the size of the scratch folder), otherwise the keeper, a process
of ours that student code cannot see (`grader.sandbox.keeper`): memory and processes of all together, time.
Output is cut on our side (`grader.sandbox.runner`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

MiB = 2**20


@dataclass(frozen=True)
class Limits:
    """What student code may use; whoever goes beyond is refused or ended, as each line says.

    Args:
        seconds: those that all cells of a notebook may take together; then no more of it is run. Of one
            kernel, its wall time; then it is ended.
        memory: bytes, beyond what an idle kernel has. One process that asks for more gets a MemoryError;
            processes that have more together are ended.
        processes: processes and threads at once; one more is refused. An idle kernel has about 15.
        file_size: bytes of one file; a write beyond fails.
        scratch: bytes of all files together, those in shared memory included; a write beyond fails.
        open_files: descriptors of one process; one more is refused.
        cell_output: bytes that one cell may show. Then the cell is interrupted; ended if that is not enough.
        notebook_output: bytes that all cells of a notebook may show together.
    """

    seconds: float = 600.0
    memory: int = 2048 * MiB
    processes: int = 128
    file_size: int = 64 * MiB
    scratch: int = 256 * MiB
    open_files: int = 512
    cell_output: int = 2 * MiB
    notebook_output: int = 16 * MiB

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not value > 0:
                raise ValueError(f"The limit {name!r} must be more than nothing, not {value!r}.")

    def as_json(self) -> dict[str, Any]:
        """Plain values, from which ``Limits(**values)`` makes the same limits in another process."""
        return asdict(self)
