"""The grading side of a kernel's sockets: ready without a pause, and no message larger than it may be.

jupyter_client finds out that a kernel is ready by listening until nothing has come for 0.2 seconds, which is
more than all the rest of a warm start. But a kernel says itself when it has done with a request: after the
``idle`` that belongs to ours, nothing else is on its way.
"""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from traitlets import default

LARGEST_MESSAGE = 64 * 2**20  # bytes; ZeroMQ hangs up on whoever sends more
MOST_WAITING = 200  # messages that wait for us; the kernel has to hold or drop the others
MILLISECONDS_TO_CONNECT = 5  # between two tries; a warm kernel starts faster than ZeroMQ's 100
SECONDS_TO_ANSWER = 1.0
SECONDS_TO_BE_HEARD = 0.05  # from the answer on: what was broadcast before we had subscribed never comes


class QuickClient(AsyncKernelClient):
    """A client that is ready when the kernel is."""

    @default("context")
    def _limited_context(self) -> zmq.asyncio.Context:
        self._created_context = True
        context = zmq.asyncio.Context()
        context.maxmsgsize, context.rcvhwm = LARGEST_MESSAGE, MOST_WAITING
        context.reconnect_ivl = MILLISECONDS_TO_CONNECT
        return context

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Until the kernel has answered, and what it says is heard.

        Raises:
            RuntimeError: it has not in ``timeout`` seconds, or it has ended.
        """
        until = time.monotonic() + (float("inf") if timeout is None else timeout)
        while not await self._answers():
            if not await self._async_is_alive():
                raise RuntimeError("The kernel ended before it was ready.")
            if time.monotonic() > until:
                raise RuntimeError(f"The kernel was not ready in {timeout:g} seconds.")

    async def _answers(self) -> bool:
        """Ask once; whether the answer came on both channels."""
        asked = self.kernel_info()
        try:
            self._handle_kernel_info_reply(await self._next(self.get_shell_msg, asked, SECONDS_TO_ANSWER))
            state = None
            while state != "idle":
                said = await self._next(self.get_iopub_msg, asked, SECONDS_TO_BE_HEARD)
                state = said["content"].get("execution_state")
            return True
        except (Empty, TimeoutError):
            return False

    async def _next(self, get: Any, asked: str, seconds: float) -> dict[str, Any]:
        """The next message about what was asked, on one channel."""
        until = time.monotonic() + seconds
        while True:
            said = await get(timeout=max(0.0, until - time.monotonic()))
            if said["parent_header"].get("msg_id") == asked:
                return said
