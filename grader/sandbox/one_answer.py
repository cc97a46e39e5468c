"""The judge of one file, in the sandbox, with the student's process forked from it before it knows anything.

``python -m grader.sandbox.one_answer DESCRIPTOR``, started by `grader.judging.apart`. Loading PyTorch takes
most of the time that judging a file takes, and both sides need it. So it is loaded once, here, where the file
system is the one that student code sees; then the student's process is forked, which waits for its questions;
and only then the exercises are loaded, from a folder that the student's process does not see
(`keeper.ALL_SOCKETS`).
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from grader.sandbox import keeper
from grader.sandbox.limits import Limits
from grader.student import program

ANSWER, JUDGE = "answer", "judge"  # folders: the student's file, and the grader with its exercises
FILE = "answer.py"
LONGEST_REQUEST = 2**16
LONGEST_REPLY = 2**28
NOWHERE = "/dev/null"


def main(descriptor: int) -> None:
    """Judge the answer that is asked for on the socket, and say the verdict there."""
    channel = socket.socket(fileno=descriptor)
    limits = Limits(**json.loads(channel.recv(LONGEST_REQUEST)))
    student, given = socket.socketpair()
    helper, asked = socket.socketpair()
    lifeline = _fork(limits, ANSWER, [asked, given], [channel, student, helper], _run_the_file)
    given.close()
    asked.close()
    channel.send(b".")  # from here on it may know who is judged, and from which seed
    wanted = json.loads(channel.recv(LONGEST_REQUEST))
    for name in [name for name in sys.modules if name.partition(".")[0] == "grader"]:
        del sys.modules[name]
    sys.path.insert(0, f"{keeper.ALL_SOCKETS}/{JUDGE}")
    said: dict[str, Any]
    try:
        said = {"verdict": _judge(wanted, student, helper, [channel, lifeline])}
    except Exception as error:
        if not hasattr(error, "_render_traceback_"):
            raise  # it is not one whose sentence is enough (`grader.catalogue.Told`)
        said = {"error": str(error)}
    lifeline.close()
    channel.sendall(json.dumps(said).encode() + b"\n")


def _judge(
    wanted: dict[str, Any], student: socket.socket, helper: socket.socket, ours: list[socket.socket]
) -> dict[str, Any]:
    """The verdict, as a JSON value."""
    from grader import catalogue
    from grader.exercise import PropertyTest
    from grader.judging.places import Places
    from grader.judging.process import judge_with
    from grader.sandbox.implementations import answer_all

    exercise, conceal = catalogue.find(wanted["exercise"]), None
    if isinstance(exercise, PropertyTest):
        places = Places(secrets.token_hex(16))
        conceal = places.conceal
        made = {exercise.id: catalogue.implementations(exercise.id)}  # where they run, no file is to be read

        def answer(ready: Callable[[], None]) -> None:
            ready()
            answer_all(socket.socket(fileno=keeper.HELPER), places, made.__getitem__)

        ours = [*ours, _fork(Limits(), JUDGE, [helper], [*ours, student], answer)]
    helper.close()

    def ask(asked: str, seconds: float) -> str:
        student.settimeout(seconds)
        student.sendall(asked.encode())
        student.shutdown(socket.SHUT_WR)
        with student.makefile("rb") as stream:
            return stream.read(LONGEST_REPLY).decode()

    return judge_with(ask, exercise, wanted["key"], wanted["seed"], conceal).to_json()


def _fork(
    limits: Limits,
    folder: str,
    given: list[socket.socket],
    ours: list[socket.socket],
    code: Callable[[Callable[[], None]], None],
) -> socket.socket:
    """Run code confined in a process of its own, with ``given`` as its descriptors; return its lifeline.

    ``ours`` are closed there: as long as anybody has the other end, nobody hears that one has ended.
    """
    lifeline, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        for one in (lifeline, *ours):
            one.close()
        keeper.keep(limits, theirs, folder, [one.fileno() for one in given], code)
    theirs.close()
    return lifeline


def _run_the_file(ready: Callable[[], None]) -> NoReturn:
    """The student's process: as `grader.student.program`, with its questions on one socket."""
    nowhere = os.open(NOWHERE, os.O_WRONLY)
    os.dup2(nowhere, 2)
    for standard in (0, 1):
        os.dup2(keeper.PIECES, standard)
    os.close(keeper.PIECES)
    os.close(nowhere)
    sys.argv = sys.argv[:1]
    ready()
    program.main(f"{keeper.SOCKETS}/{FILE}")
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
