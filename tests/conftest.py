"""What every test can use, and the rule that where CI is set a skipped test is a failed one."""

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
LONGEST = ("test_lessons.py", "test_proofs.py")  # begun last, they have one of two processes wait for minutes


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; the others in the order of their names."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.fixture(autouse=True)
def no_figure_stays_open() -> Iterator[None]:
    """A figure that one test leaves open is nothing that another should see."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


@pytest.fixture(autouse=True, scope="module")
def what_stays_is_looked_through_once() -> Iterator[None]:
    """Each collection of garbage would look through all that earlier tests left, for a second or more."""
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def no_reader_keeps_what_tests_answer(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What a check keeps (`grader.student.kept`) goes where nobody works."""
    os.environ["COURSE_ANSWERS"] = str(tmp_path_factory.mktemp("answers"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium, for tests marked `browser`; they are skipped on a machine without one."""
    found = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    if found is None:
        pytest.skip("no Chromium on this machine (on Debian and Ubuntu: apt-get install chromium)")
    return found


@pytest.fixture(scope="module")  # while Playwright runs, nothing else in this process may use asyncio
def chromium_browser(chromium: str) -> Iterator["Browser"]:
    """A running Chromium that looks up no name outside this machine, not even what no page asks for."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


def no_skips(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure where CI is set; an expected failure, which looks like one, stays."""
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.longrepr = f"Nothing may be skipped where CI is set. {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    no_skips(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    no_skips(report)
    return report
