"""Ctrl-C between two steps instead of in the middle of one, so that what is saved belongs together."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def noticing_interrupts() -> Iterator[threading.Event]:
    """The event is set by the first Ctrl-C (also a notebook's stop button); a second one stops at once.

    Only a program's main thread is told of Ctrl-C; elsewhere the event stays as it is.
    """
    noticed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield noticed
        return

    def notice(number: int, frame: FrameType | None) -> None:
        noticed.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, notice)
    try:
        yield noticed
    finally:
        signal.signal(signal.SIGINT, before)
