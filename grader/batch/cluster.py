"""The same work on a Dask cluster: its workers' threads each hold on to a worker process of ours.

A cluster gives a submission whose machine is lost to another one, and gives up on it when it has cost
several. What a machine needs for grading travels with the submission; only this course must be installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from grader.batch import hands
from grader.batch.crew import Crew
from grader.batch.release import code_fingerprint
from grader.course_folder import CourseError
from grader.sandbox.confinement import confinement

SECONDS_TO_JOIN = 30
INSTALL = 'pip install "attention-course[cluster]"'


@contextmanager
def join(address: str) -> Iterator[Crew]:
    """A crew whose work is done by the cluster.

    Raises:
        CourseError: there is no such cluster, it has no workers, or they would grade by other rules.
    """
    try:
        from distributed import Client
    except ImportError:
        raise CourseError(f"Grading on a cluster needs Dask: {INSTALL}, here and on its machines.") from None
    try:
        client = Client(address, timeout=SECONDS_TO_JOIN, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise CourseError(f"There is no Dask scheduler at {address} ({type(error).__name__}).") from None
    with client:
        _check(client, address, code_fingerprint())
        executor = client.get_executor(pure=False, retries=hands.ATTEMPTS)
        try:
            yield Crew(
                executor, lambda: max(1, sum(client.nthreads().values())), lambda: client.run(confinement)
            )
        finally:
            executor.shutdown(wait=False)
            with suppress(Exception):  # a machine that is gone has nothing left to close
                client.run(hands.close_all, on_error="ignore")


def _check(client: Any, address: str, mine: str) -> None:
    try:
        client.wait_for_workers(1, timeout=SECONDS_TO_JOIN)
        told = client.run(code_fingerprint)
    except TimeoutError:
        raise CourseError(
            f"The cluster at {address} has no workers: start `dask worker {address}`."
        ) from None
    except ModuleNotFoundError as error:
        raise CourseError(f"A worker of {address} lacks {error.name}: {INSTALL} there.") from None
    if other := sorted(worker for worker, theirs in told.items() if theirs != mine):
        raise CourseError(
            f"{', '.join(other)} would grade with another version of this course than the one here: "
            "install the same one there."
        )
