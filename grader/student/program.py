"""``python -m grader.student.program FILE.py``: run a student's file, then answer the judge's request.

The request comes on standard input, the reply goes out on descriptor 1.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from dataclasses import replace
from typing import Any

from grader import catalogue
from grader.asking import wire
from grader.asking.attempt import attempt
from grader.asking.outcome import Outcome
from grader.asking.respond import reply
from grader.asking.rules import ENDED
from grader.asking.watch import guard
from grader.student.alone import end_others


def main(path: str) -> None:
    """Run the file and answer for the names that it defines."""
    guard()
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever the file prints must not mix with the reply
    asked = sys.stdin.read()
    namespace: dict[str, Any] = {}
    loaded = attempt(lambda: namespace.update(runpy.run_path(path, run_name="submission")))
    if loaded.failure is not None:
        does_not_run = replace(loaded.failure, rule=ENDED)
        count = len(json.loads(asked)["payloads"])
        answered = {"outcomes": [wire.encode_outcome(Outcome(failure=does_not_run))] * count, "said": []}
    else:
        end_others()
        answered = reply(asked, namespace, catalogue.implementations)
    json.dump(answered, channel)
    channel.close()
    os._exit(0)  # threads that the file left behind do not keep us


if __name__ == "__main__":
    main(sys.argv[1])
