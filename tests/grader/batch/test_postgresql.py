"""The gradebook in PostgreSQL: a real server, in a folder of its own, reached by a socket in it."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from small_course import LESSON, RAISES, RIGHT, UNTOUCHED, WRONG, graded_files, rows
from test_resume import begin, die_at, end_of

pytest.importorskip("psycopg")
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [Path(shutil.which("initdb") or "x").parent]
USER = "nobody" if os.name == "posix" and os.geteuid() == 0 else None  # the server refuses to run as root


@pytest.fixture(scope="module")
def server():
    """The URL of an empty database."""
    programs = PROGRAMS[-1]
    if not (programs / "initdb").is_file():
        pytest.skip("no PostgreSQL on this machine (on Debian and Ubuntu: apt-get install postgresql)")
    place = tempfile.mkdtemp(prefix="pg-")
    if USER:
        shutil.chown(place, USER)
    begin_database = [
        programs / "initdb",
        "-D",
        f"{place}/data",
        "-A",
        "trust",
        "-U",
        "grader",
        "-N",
        "-E",
        "UTF8",
    ]
    subprocess.run(begin_database, check=True, capture_output=True, user=USER, cwd=place)
    command = [programs / "postgres", "-D", f"{place}/data", "-k", place, "-c", "listen_addresses=", "-F"]
    running = subprocess.Popen(command, user=USER, cwd=place, stderr=subprocess.DEVNULL)
    ready = [programs / "pg_isready", "-h", place, "-U", "grader"]
    try:
        while subprocess.run(ready, capture_output=True).returncode:
            assert running.poll() is None
            time.sleep(0.1)
        yield f"postgresql+psycopg://grader@/postgres?host={place}"
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(30)
        shutil.rmtree(place)


def test_the_same_gradebook_as_in_sqlite_killed_or_not(course, server):
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    config = Config()
    config.CourseDirectory.root, config.CourseDirectory.course_id = str(course.root), "small"
    config.CourseDirectory.db_url = server
    config.ClearSolutions.code_stub = {"python": "# your code here"}
    assert NbGraderAPI(config=config).generate_assignment(LESSON, force=True)["success"]
    for number, code in enumerate((RIGHT, WRONG, RAISES, UNTOUCHED)):
        course.hand_in(f"s{number}", code, "because", f"2026-03-0{number + 1} 10:00:00 UTC")
    course.hand_in("x" * 150, RIGHT)  # longer than the gradebook has room for, which PostgreSQL minds
    lite = course.copy(course.root.with_name("lite"))
    shutil.rmtree(lite.folder("submitted", "x" * 150).parent)
    lite.grade()
    for moment in (3, 6, 9):
        assert end_of(begin(course, die_at(moment), db_url=server)) == -signal.SIGKILL
    ended = course.grade(db_url=server)
    assert ended["x" * 150][0] == "not gradable" and "the gradebook refused it" in ended["x" * 150][1]
    assert rows(server) == rows(lite.db_url)
    assert graded_files(course.root) == graded_files(lite.root)
    assert set(course.grade(db_url=server)) == {"x" * 150}, "what is finished there is found there"
