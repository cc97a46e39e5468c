"""Writing where it may not, harming who is beside it, and endings of every kind."""

from __future__ import annotations

from hostile.case import Deserves, Family, Handed

writing = Family("writing and escaping")
code = writing.code
code(
    "write-gradebook",
    "raises everybody's scores in the gradebook",
    """
import sqlite3
try:
    with sqlite3.connect("{root}/gradebook.db") as book:
        book.execute("update grade set manual_score = 100")
        book.execute("update grade_cell set max_score = 1000")
except sqlite3.Error as error:
    print(error)
""",
    answer=False,
)
code(
    "write-others",
    "overwrites another submission, the solution and the configuration",
    """
import os
for path in ("submitted/neighbour/02_attention/02_attention.ipynb",
             "solutions/02_attention/02_attention.ipynb",
             "nbgrader_config.py", ".course_secret", "gradebook.db", "{marker}"):
    try:
        os.makedirs(os.path.dirname("{root}/" + path), exist_ok=True)
        open("{root}/" + path, "w").write("mine")
    except OSError as error:
        print(error)
""",
    answer=False,
)
code(
    "write-home",
    "leaves files in the home folder, in /tmp, in shared memory and above its own folder",
    """
for folder in ("{home}", "/tmp", "/dev/shm", "/var/tmp", "/", "..", "../..", "../../..", "/kernel", "/run"):
    try:
        open(f"{folder}/{marker}", "w").write("mine")
    except OSError as error:
        print(error)
""",
    answer=False,
)
code(
    "write-packages",
    "writes into the packages that every kernel imports",
    """
import course, grader, torch, site
for path in (course.__file__, grader.__file__, grader.__path__[0] + "/exercises/02_attention/attention.py",
             torch.__file__, site.getsitepackages()[0] + "/sitecustomize.py"):
    try:
        open(path, "a").write("\\n# {marker}\\n")
    except OSError as error:
        print(error)
""",
    answer=False,
)
code(
    "write-graded",
    "writes a graded notebook, a time and a page of feedback where they will be",
    """
import os
for name in ("02_attention.ipynb", "timestamp.txt", "02_attention.html", "../../02_attention.ipynb"):
    try:
        open(name, "w").write("1999-01-01 00:00:00 UTC" if "time" in name else "{}")
    except OSError as error:
        print(error)
""",
    answer=False,
)
code(
    "write-device",
    "makes devices, mounts and hard links",
    """
import ctypes, os, stat
for make in (lambda: os.mknod("disk", 0o666 | stat.S_IFBLK, os.makedev(8, 0)),
             lambda: os.link("{canary}", "x"),
             lambda: os.chroot("/"), lambda: os.chmod("/", 0o777), lambda: os.utime("{canary}")):
    try:
        make()
    except OSError as error:
        print(error)
libc = ctypes.CDLL(None)
print(libc.mount(b"/", b"/tmp", None, 4096, None), libc.umount2(b"/work", 2))
""",
    answer=False,
)

others = Family("disturbing others")
code = others.code
code(
    "kill-parent",
    "kills its parent, and the parent's parent",
    "import os, signal\nfor pid in (os.getppid(), 1):\n    try:\n        os.kill(pid, signal.SIGKILL)\n"
    "    except OSError as error:\n        print(error)",
    answer=False,
)
code(
    "kill-all",
    "sends SIGKILL to every process that it may",
    "import os, signal\nos.kill(-1, signal.SIGKILL)",
    answer=False,
)
code(
    "kill-every-number",
    "sends signals to every process number up to 100,000, and to its group",
    """
import os, signal
for pid in range(2, 100_000):
    if pid != os.getpid():
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.killpg(0, signal.SIGTERM)
""",
    answer=False,
)
code(
    "ptrace",
    "attaches to other processes as a debugger",
    "import ctypes, os\nlibc = ctypes.CDLL(None)\n"
    "print([libc.ptrace(16, pid, 0, 0) for pid in (1, os.getppid())])",
    answer=False,
)
code(
    "fork-bomb",
    "forks without end, 2,000 times at most",
    """
import os, time
made = 0
while made < 2000:
    try:
        if os.fork() == 0:
            time.sleep(600)
    except OSError:
        break
    made += 1
print(made)
""",
    answer=False,
    not_for_plain="nothing limits processes",
)
code(
    "threads",
    "starts threads without end, 5,000 at most",
    """
import threading, time
try:
    for _ in range(5000):
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
except RuntimeError as error:
    print(error)
""",
    answer=False,
    not_for_plain="nothing limits threads",
)
code(
    "daemon",
    "leaves a daemon of its own that outlives the notebook",
    """
import os, subprocess
subprocess.Popen(["sh", "-c", "sleep 600; : {marker}"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sh", ["sh", "-c", "trap '' TERM INT HUP; sleep 600; : {marker}"])
    os._exit(0)
""",
    answer=False,
)
code(
    "nohup",
    "starts a background job with the shell, deaf to signals",
    "!nohup setsid sh -c 'trap \"\" TERM INT HUP; sleep 600; : {marker}' >/dev/null 2>&1 &",
    answer=False,
)
code(
    "background-thread",
    "goes on computing in a thread while other exercises are judged",
    "import threading\ndef busy():\n    while True:\n        sum(range(10**6))\n"
    "threading.Thread(target=busy, daemon=True).start()",
    answer=False,
)
code(
    "memory",
    "asks for 10 GB at once",
    "def attention(q, k, v, mask=None):\n    return torch.ones(10 * 2**30, dtype=torch.uint8)",
    not_for_plain="nothing limits memory",
)
code(
    "memory-bit-by-bit",
    "fills memory bit by bit, 10 GB at most",
    "kept = []\nfor _ in range(160):\n    kept.append(b'x' * 2**26)",
    answer=False,
    not_for_plain="nothing limits memory",
)
code(
    "memory-shared",
    "fills memory that belongs to no process: shared memory, memfd, pipes",
    """
import os
kept = []
try:
    for i in range(200):
        with open(f"/dev/shm/{i}", "wb") as file:
            file.write(b"x" * 2**25)
except OSError as error:
    print(error)
try:
    kept.append(os.memfd_create("mine"))
    os.truncate(kept[0], 2**33)
except OSError as error:
    print(error)
""",
    answer=False,
    not_for_plain="nothing limits memory",
)
code(
    "big-file",
    "writes a file of 10 GB",
    "try:\n    with open('big', 'wb') as file:\n        for _ in range(160):\n            "
    "file.write(bytes(2**26))\n"
    "except OSError as error:\n    print(error)",
    answer=False,
    not_for_plain="nothing limits files",
)
code(
    "many-files",
    "fills its folder with files and folders, 100,000 at most",
    "import os\ntry:\n    for i in range(100_000):\n        "
    "os.mkdir(f'd{i}') if i % 2 else open(f'f{i}', 'w').close()\n"
    "except OSError as error:\n    print(error)",
    answer=False,
    not_for_plain="nothing limits files",
)
code(
    "open-files",
    "opens files until no more can be opened",
    "kept = []\ntry:\n    while len(kept) < 100_000:\n        kept.append(open('/dev/null'))\n"
    "except OSError as error:\n    kept.clear(); print(error)",
    answer=False,
)
code(
    "zombies",
    "leaves hundreds of dead children that nobody waits for",
    "import os\ntry:\n    for _ in range(1000):\n        if os.fork() == 0:\n            os._exit(0)\n"
    "except OSError as error:\n    print(error)",
    answer=False,
    not_for_plain="nothing limits processes",
)
code(
    "endless-print",
    "prints without end",
    "while True:\n    print('mine ' * 100)",
    answer=False,
    not_for_plain="fills memory",
)
code(
    "endless-line",
    "prints one line without end, in pieces of a megabyte",
    "while True:\n    print('x' * 2**20, end='', flush=True)",
    answer=False,
    not_for_plain="fills memory",
)
code(
    "endless-display",
    "shows figures and HTML without end, clearing them as it goes",
    "from IPython.display import HTML, clear_output, display\nwhile True:\n"
    "    display(HTML('<b>mine</b>' * 1000)); clear_output()",
    answer=False,
    not_for_plain="fills memory",
)
code(
    "endless-stderr",
    "writes to standard error without end, below Python's own streams too",
    "import os, sys\nwhile True:\n    os.write(2, b'x' * 2**16)\n    print('y' * 2**16, file=sys.stderr)",
    answer=False,
    not_for_plain="fills memory",
)
code(
    "long-reply",
    "answers with 15 MB for every question",
    "def attention(q, k, v, mask=None):\n    return torch.zeros(15 * 2**20, dtype=torch.uint8)",
)

ending = Family("ending")
code = ending.code
code(
    "exit-cell",
    "ends its process with os._exit while the notebook runs",
    "import os\nos._exit(0)",
    answer=False,
)
code(
    "exit-answer",
    "ends its process with os._exit when it is asked",
    "def attention(*a, **k):\n    import os\n    os._exit(0)",
)
code("sys-exit", "raises SystemExit when it is asked", "def attention(*a, **k):\n    raise SystemExit(0)")
code("quit", "says quit() in a cell", "quit()", answer=False, deserves=Deserves.AT_MOST_THE_REST)
code(
    "exit-at-import",
    "ends its process at its end",
    "import atexit, os\natexit.register(os._exit, 3)",
    answer=False,
)
code(
    "segfault",
    "reads address 0 through ctypes",
    "def attention(*a, **k):\n    import ctypes\n    return ctypes.string_at(0)",
)
code(
    "recursion",
    "recurses until the stack overflows",
    "import sys\nsys.setrecursionlimit(10**9)\ndef attention(*a, **k):\n    return attention(*a, **k)",
)
code("loop-cell", "loops for ever in a cell", "while True:\n    pass", answer=False)
code(
    "loop-answer", "loops for ever when it is asked", "def attention(*a, **k):\n    while True:\n        pass"
)
code(
    "loop-catching",
    "loops for ever and catches every interrupt",
    "def attention(*a, **k):\n    while True:\n        try:\n            while True:\n                pass\n"
    "        except BaseException:\n            pass",
)
code(
    "loop-deaf",
    "sets signal handlers that do nothing, and loops for ever",
    "def attention(*a, **k):\n    import signal\n    "
    "for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):\n"
    "        signal.signal(number, lambda *a: None)\n    while True:\n        pass",
)
code(
    "stop-itself",
    "stops its own process with SIGSTOP",
    "def attention(*a, **k):\n    import os, signal\n    os.kill(os.getpid(), signal.SIGSTOP)",
)
code(
    "sleep",
    "sleeps for a day in C code that holds the interpreter's lock",
    "def attention(*a, **k):\n    import ctypes\n    ctypes.PyDLL(None).sleep(86400)",
)
code(
    "close-sockets",
    "closes every descriptor, the kernel's own sockets too",
    "def attention(*a, **k):\n    import os\n    os.closerange(0, 512)",
)
code(
    "exec",
    "replaces its process by another program",
    "import os\nos.execvp('sleep', ['sleep', '600'])",
    answer=False,
)
code("input", "asks the grader to type something", "answer = input('The score, please: ')", answer=False)
code(
    "del-loops",
    "leaves an object that loops for ever when it is deleted",
    "class Loops:\n    def __del__(self):\n        while True:\n            pass\nkept = Loops()",
    answer=False,
)

magics = Family("magics and commands")
code = magics.code
code(
    "bash",
    "reads and writes with a shell's cell",
    "%%bash\ncat {canary} {root}/.course_secret; echo mine > {home}/{marker}; env",
    answer=False,
)
code("bang", "reads with ! and kills with !", "!cat {canary}; kill -9 $PPID; kill -9 -1", answer=False)
code(
    "script",
    "runs another Python with %%script, out of the notebook's sight",
    "%%script python3 --bg\nimport time, os\n"
    "open('{home}/{marker}', 'w'); print(open('{canary}').read()); time.sleep(600)",
    answer=False,
)
code(
    "reset",
    "forgets every name with %reset",
    "%reset -f\nimport math, torch\nfrom torch.nn import functional as F\n"
    "from grader import check\ncheck = lambda *a: 6.0",
    answer=False,
)
code(
    "writefile",
    "writes a module with %%writefile and imports it in place of the checker",
    "%%writefile grader.py\ncheck = lambda *a: 6.0",
    answer=False,
)
code(
    "load-ext",
    "loads an extension that it wrote, and aliases check",
    "open('mine.py', 'w').write('def load_ipython_extension(ip): ip.user_ns[\"check\"] = "
    "lambda *a: 6.0')\n%load_ext mine\n%alias check echo 6.0\n"
    "%config InteractiveShell.ast_node_interactivity = 'all'",
    answer=False,
)
code(
    "capture",
    "hides its own cell with a magic that does not exist",
    "%%nothing_of_that_name\ndef attention(*a):\n    return 6.0",
)


def hook(handed: Handed) -> None:
    handed.add(
        "%autosave 1\n%logstart {root}/{marker} append\n%run {root}/nbgrader_config.py\n"
        "%system touch {home}/{marker}"
    )


magics.case("run-others", "runs the course's own files with %run and logs to its folder", hook)
code(
    "stderr-noise",
    "answers rightly, with warnings and text on standard error",
    """
import sys, warnings
def attention(q, k, v, mask=None):
    warnings.warn("nothing to see")
    print("50 %", file=sys.stderr)
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(dim=-1) @ v
""",
    deserves=Deserves.ALL,
)
