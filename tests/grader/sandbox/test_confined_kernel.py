"""What student code can see and reach from a confined kernel: nothing of ours."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader import catalogue
from grader.sandbox import zygotes
from grader.student.alone import end_others

ROOT = Path(__file__).resolve().parents[3]

REFUSED = {
    "a connection": "import socket; socket.create_connection(('127.0.0.1', {port}), 2)",
    "a connection elsewhere": "import socket; socket.create_connection(('192.0.2.1', 80), 2)",
    "a name": "import socket; socket.getaddrinfo('example.org', 80)",
    "writing beside the socket": "open('/kernel/mine', 'w')",
    "writing to the root": "open('/mine', 'w')",
    "writing to /dev": "open('/dev/mine', 'w')",
    "writing to the library": "import course; open(course.__file__, 'a')",
    "writing to the packages": "import torch; open(torch.__file__, 'a')",
    "writing to the grader": "import grader; open(grader.__path__[0] + '/judge.py', 'w')",
    "a mount": "import ctypes; libc = ctypes.CDLL(None, use_errno=True)\n"
    "assert libc.mount(b'x', b'/tmp', b'tmpfs', 0, None) == 0, ctypes.get_errno()",
    "a user namespace": "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == 0",
    "memory of no process": "import os; os.memfd_create('mine')",
    "shared memory of no process": "import ctypes; assert ctypes.CDLL(None).shmget(0, 4096, 0o1600) >= 0",
    "signals to process 1": "import os; os.kill(1, 9); import time; time.sleep(0.1); 1 / 0",
    "a signal to the parent": "import os; os.kill(os.getppid(), 9); import time; time.sleep(0.1); 1 / 0",
    "looking into process 1": "open('/proc/1/mem', 'rb')",
    "the exercises": "import grader.exercises",
    "the kinds of exercise": "import grader.exercise",
    "the questions": "import grader.questions.draw",
    "the slips": "import grader.slips.patch",
    "the names of mistakes": "import grader.naming.name",
    "the judge": "import grader.judging.judge",
    "becoming another user": "import os; os.setuid(0)",
    "a raised limit": "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (2**40, 2**40))",
}
TELLS = {"ConnectionRefusedError", "OSError", "PermissionError", "AssertionError", "ZeroDivisionError"}
TELLS |= {"gaierror", "ModuleNotFoundError", "ImportError", "ValueError"}


@pytest.mark.parametrize("attempt", REFUSED)
def test_refused(shared, attempt, free_port):
    printed = shared.run(REFUSED[attempt].replace("{port}", str(free_port)) + "\nprint('DONE')")
    assert "DONE" not in printed
    assert printed.partition(":")[0] in TELLS, printed
    assert shared.run("print(1 + 1)") == "2\n"


@pytest.fixture(scope="module")
def free_port():
    """A port of this machine on which somebody listens."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_files_of_ours_are_not_there(kernels, tmp_path):
    secrets = [".course_secret", "gradebook.db", "solutions/x/x.py", "submitted/other/x/x.ipynb"]
    for name in secrets:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("canary")
    work = tmp_path / "autograded" / "me" / "x"
    work.mkdir(parents=True)
    ours = [ROOT / "solutions", ROOT / "lessons", ROOT / "tests", ROOT / ".git", ROOT / "gradebook.db"]
    ours += [ROOT / "grader" / name for name in ("exercise", "exercises", "judging", "naming", "questions")]
    ours += [ROOT / "grader" / name for name in ("slips", "plugins.py", "sandbox/implementations.py")]
    paths = [str(path) for path in [*ours, *(tmp_path / name for name in secrets), tmp_path, Path.home()]]
    kernel = kernels(cwd=str(work))
    seen = kernel.run(f"import os; print([path for path in {paths!r} if os.path.isfile(path)])")
    assert seen == "[]\n"
    listed = kernel.run(
        f"print([p for p in {paths!r} if os.path.isdir(p) and set(os.listdir(p)) - {{'.pyenv'}}])"
    )
    assert listed == "[]\n"


def test_the_secret_is_not_in_the_environment_nor_in_memory(kernels, monkeypatch):
    monkeypatch.setenv("COURSE_SECRET", "the canary sings")
    monkeypatch.setenv("COURSE_KEY", "a key")
    kernel = kernels()
    for name in ("COURSE_SECRET", "COURSE_KEY"):
        assert kernel.run(f"import os; print(os.environ.get({name!r}))") == "None\n"
    assert "canary" not in kernel.run("print(open('/proc/self/environ').read(), dict(os.environ))")


def test_what_was_handed_in_is_there_without_programs_and_links(kernels, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "my numbers.csv").write_text("1,2")
    (tmp_path / "torch.py").write_text("raise SystemExit")
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    (tmp_path / "link").symlink_to("/etc")
    kernel = kernels(cwd=str(tmp_path))
    assert kernel.run("import os; print(sorted(os.listdir()), open('data/my numbers.csv').read())") == (
        "['data'] 1,2\n"
    )
    kernel.run("open('data/my numbers.csv', 'w').write('3')")
    assert (tmp_path / "data" / "my numbers.csv").read_text() == "1,2"


def test_two_kernels_do_not_see_each_other(kernels):
    one, other = kernels(), kernels()
    look = "import os; print(os.listdir('/tmp'), os.listdir('/dev/shm'))"
    before = other.run(look)  # "[] []", unless the course itself lies in /tmp
    assert "here" not in before
    one.run("import os\nfor place in ('/tmp', '/dev/shm'): open(f'{place}/here', 'w').write('x')")
    assert other.run(look) == before
    processes = "print(sorted(int(p) for p in os.listdir('/proc') if p.isdecimal()))"
    assert one.run(processes) == other.run(processes) == "[1, 2]\n"
    one.run("import socket; s = socket.socket(socket.AF_UNIX); s.bind('\\0abstract'); s.listen()")
    assert "ConnectionRefused" in other.run(
        "import socket; socket.socket(socket.AF_UNIX).connect('\\0abstract')"
    )
    one.run("import os, signal; os.kill(-1, signal.SIGKILL)")  # all that it may signal, but itself
    one.run("os._exit(0)")
    assert one.ended() is None
    assert other.run("print('alive')") == "alive\n"


def test_neighbours_draw_different_numbers(kernels):
    draw = "import random, numpy, torch; print(random.random(), numpy.random.rand(), torch.rand(1).item())"
    drawn = [number for kernel in (kernels(), kernels(), kernels()) for number in kernel.run(draw).split()]
    assert len(set(drawn)) == 9


def test_torch_computes(shared):
    told = shared.run(
        "import torch; x = torch.randn(200, 200, dtype=torch.float64, requires_grad=True)\n"
        "(torch.linalg.inv(x) @ x).sum().backward()\n"
        "print(torch.allclose(torch.linalg.inv(x) @ x, torch.eye(200, dtype=torch.float64), atol=1e-6))"
    )
    assert told == "True\n"


def test_torch_shares_memory_with_its_workers(shared):
    told = shared.run(
        "from torch.utils.data import DataLoader\n"
        "print(sum(batch.sum().item() for batch in DataLoader(torch.arange(10.), num_workers=2)))"
    )
    assert told == "45.0\n"


def test_figures_are_drawn(shared):
    assert shared.run("import matplotlib.pyplot as plt; plt.plot([1, 2]); print('drawn')") == "drawn\n"


def test_whatever_it_starts_ends_with_it(kernels):
    kernel = kernels()
    kernel.run(
        "import subprocess, os\n"
        "subprocess.Popen(['sleep', '98765'], start_new_session=True)\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0: os.execvp('sleep', ['sleep', '98765'])\n"
        "    os._exit(0)"
    )
    wait_for(lambda: count_processes("sleep\0" + "98765") == 2)
    kernel.close()
    assert count_processes("sleep\0" + "98765") == 0


def test_what_it_started_ends_before_it_is_asked(kernels):
    kernel = kernels()
    kernel.run(
        "import subprocess, os, signal\n"
        "def raises(*_): raise RuntimeError('a worker has ended')\n"
        "signal.signal(signal.SIGCHLD, raises)\n"
        "first = subprocess.Popen(['sleep', '98764'], start_new_session=True)\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    os.setsid()\n"
        "    os.execvp('sleep', ['sleep', '98764'])"
    )
    wait_for(lambda: count_processes("sleep\0" + "98764") == 2)
    end = "from grader.student.alone import end_others; end_others(); "
    assert kernel.run(f"{end}print(first.wait())") == "-9\n", "nobody is told, and the kernel goes on"
    assert count_processes("sleep\0" + "98764") == 0
    assert kernel.run(f"{end}print('on')") == "on\n"


def test_outside_of_the_sandbox_nothing_is_ended():
    with subprocess.Popen(["sleep", "60"]) as other:
        end_others()
        assert other.poll() is None
        other.kill()


@pytest.mark.slow
def test_the_end_of_the_grader_is_the_end_of_everything(confined):
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from conftest import Kernel\n"
        'kernel = Kernel(); kernel.run(\'import subprocess; subprocess.Popen(["sleep", "87654"])\')\n'
        "print('started', flush=True); import time; time.sleep(600)"
    )
    words = [sys.executable, "-c", program, str(Path(__file__).parent)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT) as grader:
        assert grader.stdout is not None and grader.stdout.readline() == "started\n"
        assert count_processes("sleep\0" + "87654") == 1
        grader.kill()
    wait_for(lambda: count_processes("sleep\0" + "87654") == 0)


def test_interrupted_code_leaves_a_kernel_that_goes_on(kernels):
    kernel = kernels()
    kernel.client.execute("while True: pass")
    time.sleep(0.5)
    kernel.manager.interrupt_kernel()
    wait_for(lambda: kernel.run("print('on')") == "on\n")  # what waited behind the loop is not run


@pytest.mark.parametrize("known", [True, False], ids=["the notebook's", "all, where they are not known"])
def test_the_numbers_that_are_handed_in(kernels, monkeypatch, known):
    monkeypatch.setenv("COURSE_KEY", "a key")
    kernel = kernels(exercises=[catalogue.find("patch_weight")] if known else None)
    own = "from grader import numbers; print(sorted(vars(numbers('{}'))))"
    told, names = kernel.run(own.format("patch_weight")).splitlines()
    assert told.startswith("Graded with query = [") and names == "['key_a', 'key_b', 'query']"
    other = kernel.run(own.format("layer_gflops"))
    assert other.startswith("LookupError") if known else other.endswith("['L', 'd', 'n']\n")


def test_a_test_of_properties_calls_implementations_that_it_cannot_see(shared):
    calls_implementations(shared)


def test_one_that_the_notebook_does_not_ask_finds_them_too(kernels):
    calls_implementations(kernels(exercises=[]))


def calls_implementations(kernel):
    payloads = [{"exercise": "test_attention_weights", "index": i, "seed": 0} for i in (0, 0, 7)]
    right, again, wrong = (payload["index"] for payload in zygotes.current().conceal(payloads))
    assert right != again
    code = (
        "import torch; from grader.catalogue import implementations\n"
        "given = implementations('test_attention_weights')\n"
        "q, k = torch.randn(2, 4), torch.randn(3, 4)\n"
        "mask = torch.tensor([[True, False, True], [True, True, False]])\n"
        "print([bool((given[i](q, k, mask)[~mask] == 0).all()) for i in NAMES])\n"
        "given[NAMES[0]]()"
    )
    told = kernel.run(code.replace("NAMES", repr([right, again, wrong])))
    assert told.startswith("[True, True, False]\nTypeError: the function() missing")
    assert "RuntimeError" in kernel.run("given['0' * 80](q, k, mask)")


def wait_for(true, seconds=180.0):
    """Until it is, or not for so long."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def count_processes(command: str) -> int:
    """How many processes of this machine were started with these words."""
    found = 0
    for entry in os.scandir("/proc"):
        try:
            found += entry.name.isdecimal() and command in Path(entry.path, "cmdline").read_text()
        except OSError:
            continue
    return found
