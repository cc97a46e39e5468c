"""Real kernels in the real sandbox. On a machine that cannot confine, these tests are skipped."""

import time

import pytest
from jupyter_client.manager import KernelManager

from grader.sandbox.confinement import confinement
from grader.sandbox.limits import Limits
from grader.sandbox.provisioner import Confined


class Kernel:
    """A kernel, and what its cells print. Of an error, name and message count as printed."""

    def __init__(self, limits=None, cwd=None, env=None, exercises=None):
        self.manager = KernelManager(kernel_name="python3")
        spec = self.manager.kernel_spec
        self.provisioner = Confined(
            kernel_id="of a test",
            kernel_spec=spec,
            parent=self.manager,
            limits=limits or Limits(),
            exercises=exercises,
        )
        self.manager.provisioner = self.provisioner
        self.manager.start_kernel(extra_arguments=[], cwd=cwd, **({} if env is None else {"env": env}))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=600)

    def run(self, code, seconds=600.0):
        """What the cell prints; ends early if the kernel ends."""
        asked, printed, until = self.client.execute(code), "", time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                message = self.client.get_iopub_msg(timeout=0.1)
            except Exception:
                if not self.manager.is_alive():
                    return printed
                continue
            if message["parent_header"].get("msg_id") != asked:
                continue
            content = message["content"]
            if content.get("execution_state") == "idle":
                return printed
            if message["msg_type"] == "error":
                printed += f"{content['ename']}: {content['evalue']}"
            printed += content.get("text", "")
        raise AssertionError(f"The cell ran for more than {seconds} seconds: {printed[-500:]}")

    def ended(self, seconds=300.0):
        """Wait for the kernel's end; return why it was ended."""
        until = time.monotonic() + seconds
        while self.manager.is_alive() and time.monotonic() < until:
            time.sleep(0.02)
        assert not self.manager.is_alive()
        return self.provisioner.ended

    def close(self):
        self.client.stop_channels()
        if self.manager.is_alive():
            self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


@pytest.fixture(scope="session")
def confined():
    """A machine that can confine."""
    if not confinement().confined:
        pytest.skip(confinement().because)


@pytest.fixture
def kernels(confined):
    """Starts kernels, and ends them after the test."""
    started = []

    def start(**options):
        started.append(Kernel(**options))
        return started[-1]

    yield start
    for kernel in started:
        kernel.close()


@pytest.fixture(scope="module")
def shared(confined):
    """One kernel for tests that leave it as it was."""
    kernel = Kernel()
    yield kernel
    kernel.close()
