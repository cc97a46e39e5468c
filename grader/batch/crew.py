"""Who grades: threads of this machine, each holding on to a worker process; a cluster's are in `cluster`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from grader.batch import hands
from grader.course_folder import CourseError
from grader.sandbox.confinement import Confinement, confinement
from grader.terminal import errors

HERE = "here"


@dataclass(frozen=True)
class Crew:
    """Where work is sent, how many can be at it at the moment, and what each machine can confine."""

    executor: Executor
    size: Callable[[], int]
    confinement: Callable[[], Mapping[str, Confinement]]


@contextmanager
def here(jobs: int) -> Iterator[Crew]:
    """A crew whose work is done on this machine."""
    executor = ThreadPoolExecutor(jobs, thread_name_prefix="grading")
    try:
        yield Crew(executor, lambda: jobs, lambda: {HERE: confinement()})
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        hands.close_all()


def announce(machines: Mapping[str, Confinement], required: bool) -> None:
    """Say what student code is held to, on which machines.

    Raises:
        CourseError: it would run unconfined on one of them, and confinement is required.
    """
    for found in dict.fromkeys(machines.values()):
        which = [machine for machine, other in machines.items() if other == found and machine != HERE]
        if required and not found.confined:
            where = f" on {', '.join(which)}" if which else ""
            raise CourseError(f"Student code would run unconfined{where}. {found.because}")
        errors.print(f"{', '.join(which)}: {found}" if which else str(found))
