"""What student code may use: beyond it is refused, or ended and named."""

import pytest

from grader.sandbox.limits import Limits, MiB


def test_no_limit_is_nothing():
    with pytest.raises(ValueError, match="'memory' must be more than nothing"):
        Limits(memory=0)


def test_limits_survive_the_way_to_another_process():
    limits = Limits(seconds=1.5, processes=7)
    assert Limits(**limits.as_json()) == limits


def test_one_allocation_beyond_the_memory_is_refused(kernels):
    kernel = kernels(limits=Limits(memory=300 * MiB))
    assert kernel.run("x = bytearray(2**30)").startswith("MemoryError")
    assert kernel.run("import torch; x = torch.ones(2**28)").startswith("RuntimeError")
    assert kernel.run("x = bytearray(2**27); print(len(x))") == f"{2**27}\n"


def test_memory_of_many_processes_together_is_ended_and_named(kernels):
    kernel = kernels(limits=Limits(memory=300 * MiB))
    kernel.run(
        "import os, time\n"
        "for _ in range(8):\n"
        "    if os.fork() == 0:\n"
        "        x = bytearray(b'x') * (100 * 2**20); time.sleep(60)\n"
        "time.sleep(60)"
    )
    assert kernel.ended() == "It used more than the 300 MiB of memory that it may have."


def test_a_fork_bomb_is_contained(kernels):
    kernel, neighbour = kernels(limits=Limits(processes=60)), kernels()
    kernel.client.execute("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass")
    assert neighbour.run("import subprocess; print(subprocess.getoutput('echo alive'))") == "alive\n"
    assert kernel.manager.is_alive() or kernel.provisioner.ended
    kernel.close()
    assert neighbour.run("print('alive')") == "alive\n"


def test_processes_beyond_the_limit_are_refused(kernels):
    kernel = kernels(limits=Limits(processes=40))
    told = kernel.run(
        "import subprocess\nstarted = []\n"
        "try:\n    while len(started) < 100: started.append(subprocess.Popen(['sleep', '50']))\n"
        "except OSError as error: print(type(error).__name__, 5 < len(started) < 40)"
    )
    assert told == "BlockingIOError True\n"


def test_a_file_ends_at_its_limit(kernels):
    kernel = kernels(limits=Limits(file_size=2 * MiB, scratch=64 * MiB))
    assert kernel.run("open('x', 'wb').write(b'x' * 2**22)").startswith("OSError: [Errno 27]")


def test_all_files_together_end_at_theirs(kernels):
    kernel = kernels(limits=Limits(file_size=4 * MiB, scratch=8 * MiB))
    told = kernel.run(
        "for i in range(10):\n    for folder in ('.', '/tmp', '/dev/shm'): "
        "open(f'{folder}/{i}', 'wb').write(b'x' * 2**20)"
    )
    assert told.startswith("OSError: [Errno 28]")


def test_no_core_is_dumped_and_a_crash_is_an_end(kernels):
    kernel = kernels()
    assert kernel.run("import resource; print(resource.getrlimit(resource.RLIMIT_CORE))") == "(0, 0)\n"
    kernel.run("import ctypes; ctypes.string_at(0)")
    assert kernel.ended() is None


def test_time_is_up(kernels):
    kernel = kernels(limits=Limits(seconds=4.0))
    kernel.run("import signal; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass")
    assert kernel.ended() == "It ran longer than the 4 seconds that a kernel has."
