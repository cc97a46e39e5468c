"""Runs one program confined, as bubblewrap's own program.

``python -m grader.sandbox.alone LIMITS HELPER WORD…``; HELPER is a descriptor's number, or ``-``.

For a file that is judged by itself. It goes the way of a kernel (`grader.sandbox.keeper`), so that one way is
tested; standard input and output are the program's.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable, Sequence

from grader.sandbox import keeper
from grader.sandbox.limits import Limits


def main(limits: str, helper: str, words: Sequence[str]) -> None:
    """Run the program; exit as it did, and say on standard error if it was ended, and why."""
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        ours.close()
        given = [] if helper == "-" else [int(helper)]
        keeper.keep(Limits(**json.loads(limits)), theirs, None, given, _program(words))
    theirs.close()
    report = json.loads(ours.recv(2**16))
    if report["ended"]:
        print(report["ended"], file=sys.stderr)
    sys.exit(report["status"] if report["status"] >= 0 else 1)


def _program(words: Sequence[str]) -> Callable[[Callable[[], None]], None]:
    def run(ready: Callable[[], None]) -> None:
        ready()
        os.execv(words[0], list(words))

    return run


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
