"""What this machine can enforce, tried out and said in sentences.

It is tried, not looked up: whether namespaces are allowed depends on the kernel, its settings, the
container, AppArmor and more, and the only question that matters is whether the real thing starts.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import cache

from grader.sandbox import bubblewrap, system_calls
from grader.sandbox.limits import Limits

HOW_TO_INSTALL = (
    "Install it with `apt-get install bubblewrap`, `dnf install bubblewrap` or your system's way."
)
NOT_ENFORCED = (
    "student code can read every file that you can read, solutions and hidden cases included",
    "it can write to the gradebook and to other submissions",
    "it can use the network",
    "it can end your processes, and what it starts may stay",
    "nothing limits its memory, its processes and its files",
)
SECONDS_TO_TRY = 60.0
PYTHON_STARTS = "import sys; sys.exit(0)"


class NotConfined(RuntimeError):
    """Confinement was required and this machine cannot give it; the message says what to do."""


@dataclass(frozen=True)
class Confinement:
    """Whether student code is confined here.

    Args:
        confined: whether it is.
        because: if not, the reason and what to do about it; one sentence or two.
        not_enforced: what is *not* held to, each a clause to read after "that means".
    """

    confined: bool
    because: str = ""
    not_enforced: tuple[str, ...] = ()

    def __str__(self) -> str:
        clauses = "; ".join(self.not_enforced)
        if self.confined:
            return "Student code runs confined" + (f", except that {clauses}." if clauses else ".")
        return f"STUDENT CODE RUNS UNCONFINED. {self.because} That means: {clauses}."


@cache
def confinement() -> Confinement:
    """What this machine can enforce. The first call tries it, which takes as long as starting Python."""
    if sys.platform != "linux":
        return _none(f"The sandbox needs Linux, and this is {sys.platform}: grade in a virtual machine.")
    if bubblewrap.program() is None:
        return _none(f"bubblewrap is not installed. {HOW_TO_INSTALL}")
    complaint = _try()
    if complaint is not None:
        return _none(
            f"bubblewrap is installed and may not do its work here ({complaint}): allow user namespaces "
            "(`sysctl kernel.unprivileged_userns_clone=1`; in Docker, `--security-opt seccomp=unconfined "
            "--security-opt systempaths=unconfined`)."
        )
    except_that = []
    if bubblewrap.user() == 0:
        except_that.append("processes beyond the limit are ended, not refused")
    if system_calls.program() is None:
        except_that.append("memory that belongs to no process is not counted on this kind of machine")
    return Confinement(True, not_enforced=tuple(except_that))


def require() -> None:
    """Refuse to go on where student code would run unconfined.

    Raises:
        NotConfined: with the reason and what to do.
    """
    here = confinement()
    if not here.confined:
        raise NotConfined(f"Student code cannot be confined on this machine. {here.because}")


def _none(because: str) -> Confinement:
    return Confinement(False, because, NOT_ENFORCED)


def _try() -> str | None:
    """What goes wrong with the smallest program in the sandbox; None if nothing does."""
    try:
        done = bubblewrap.start_alone(
            [sys.executable, "-c", PYTHON_STARTS],
            Limits(seconds=SECONDS_TO_TRY),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        _, complaint = done.communicate(timeout=SECONDS_TO_TRY)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return (
        None if done.returncode == 0 else " ".join(complaint.strip().splitlines()[-1:]) or "no reason given"
    )
