"""Right and wrong implementations, to be called from the sandbox without being seen there.

A student's property test is handed an implementation and says whether it is right. Could its code be looked
at, the test would know, and the right ones are answers to other exercises. So they run in a second sandbox,
in which the exercises are and no student code is; arguments and results cross as plain values
(`grader.asking.wire`), and what an implementation raises crosses by its name. The gradient does not cross.

Which of them it has been handed is not to be read off either: its place in the list crosses as a number that
only we can read (`grader.judging.places`).

With each result goes how long a busy machine let this process wait: that is no time of the test's.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import socket
from collections.abc import Callable, Sequence
from typing import Any

from grader import catalogue
from grader.asking import clock, wire
from grader.judging.places import Places

LONGEST_CALL = 2**26  # bytes of one line
LONGEST_MESSAGE = 2**16
SECONDS_FOR_A_CALL = 10.0  # of a processor: none of them sleeps
Known = Callable[[str], Sequence[Callable[..., Any]]]


def serve(descriptor: int, key: str) -> None:
    """Answer on every socket that comes through the descriptor, each in a process of its own.

    With a socket come the names of the tests that will be asked: what they call is loaded once, before the
    fork.
    """
    places = Places(key)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    connections = socket.socket(fileno=descriptor)
    while True:
        message, descriptors, _, _ = socket.recv_fds(connections, LONGEST_MESSAGE, 1)
        if not message:
            return
        for test in json.loads(message):
            catalogue.find(test)
        if os.fork() == 0:
            connections.close()
            answer_all(socket.socket(fileno=descriptors[0]), places, catalogue.implementations)
            os._exit(0)
        os.close(descriptors[0])


def answer_all(connection: socket.socket, places: Places, known: Known) -> None:
    """Answer each call on one socket, until it is closed. ``known``: the implementations of an exercise."""
    before, find = clock.waited(), functools.cache(places.find)  # each is called several times
    with connection.makefile("rwb") as stream:
        while line := stream.readline(LONGEST_CALL):
            signal.setitimer(signal.ITIMER_PROF, SECONDS_FOR_A_CALL)  # nothing catches it: the process ends
            told = _answer(json.loads(line), find, known)
            now = clock.waited()
            told["waited"], before = now - before, now
            stream.write(json.dumps(told).encode() + b"\n")
            stream.flush()
            signal.setitimer(signal.ITIMER_PROF, 0)


def _answer(call: dict[str, Any], find: Callable[[str, str, int], int], known: Known) -> dict[str, Any]:
    all_of_it = known(call["exercise"])
    implementation = all_of_it[find(call["exercise"], call["index"], len(all_of_it))]
    try:
        value = implementation(*wire.decode(call["arguments"]), **wire.decode(call["named"]))
    except Exception as error:
        message = str(error).replace(implementation.__name__, "the function")  # the name says too much
        return {"raised": type(error).__name__, "message": message}
    return {"value": wire.encode(value)}
