"""A real JupyterLab in a temporary copy of the course, and a real browser that may see nothing else.

`course` is the folder, `lab` opens one of its notebooks as a student would, `browser` makes bare pages. Every
address but 127.0.0.1 is blocked, and a test in which anything was blocked fails.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, Request, Route, expect

from course.show.block import Block

START = 300  # seconds in which JupyterLab answers, on a machine that has other things to do
PATIENCE = 300_000  # milliseconds in which a cell has run there
expect.set_options(timeout=60_000)


# -- the course, and a server on it --------------------------------------------------------------------------


@pytest.fixture(scope="session")
def course(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what students get: the configuration and the released lessons."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(root / "nbgrader_config.py", folder)
    shutil.copytree(root / "lessons", folder / "lessons", ignore=shutil.ignore_patterns(".*"))
    return folder


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """This environment's commands first, and nothing of what the person at this machine has set up."""
    home = tmp_path_factory.mktemp("jupyter")
    # JupyterLab asks a website for news, after asking the reader: here it is told not to.
    settings = home / "config/lab/user-settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet))
    own = {name: value for name, value in os.environ.items() if not name.startswith(("COURSE_", "JUPYTER"))}
    return {
        **own,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
        "OMP_NUM_THREADS": "1",
    }


@pytest.fixture(scope="session")
def server(
    course: Path, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a JupyterLab on the course."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log"
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
        *(f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="),
        *(f"--ServerApp.root_dir={course}", "--LabApp.extension_manager=readonly"),
        "--LabApp.expose_app_in_browser=True",  # so that a test can find a cell by its id
    ]
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=course, env=environment, stdout=file, stderr=file)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process, log)
        yield address
    finally:
        process.terminate()  # JupyterLab ends its kernels
        process.wait(timeout=100)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/api/status", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"JupyterLab does not answer. The end of its log:\n{log.read_text()[-2000:]}")


# -- a browser -----------------------------------------------------------------------------------------------


class Window:
    """A browser window that lets no request for an outside address through; closing fails if any was made.

    Args:
        expected: how addresses begin that may be asked for, in vain.
    """

    def __init__(self, browser: Browser, expected: tuple[str, ...] = ()) -> None:
        self._asked: list[str] = []
        self._expected = expected
        self._context = browser.new_context(viewport={"width": 1280, "height": 900}, service_workers="block")
        self._context.route(re.compile(r"^(?!http://127\.0\.0\.1[:/])(https?|wss?|ftp):"), self._block)

    def _block(self, route: Route) -> None:
        self._asked.append(route.request.url)
        route.abort()

    def page(self) -> Page:
        return self._context.new_page()

    def close(self) -> None:
        self._context.close()
        assert [url for url in self._asked if not url.startswith(self._expected or ("nothing",))] == []


@pytest.fixture(scope="module")
def open_window(chromium_browser: Browser) -> Callable[..., Window]:
    """open_window(), or open_window(expected): a window to be closed by whoever opened it."""
    return partial(Window, chromium_browser)


@pytest.fixture
def window(open_window: Callable[..., Window]) -> Iterator[Window]:
    window = open_window()
    yield window
    window.close()


@pytest.fixture
def shoot(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., None]:
    """shoot(page or locator, "name"): a screenshot in $SCREENSHOTS, or else in the test's own folder."""
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    test = re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).strip("-")

    def shoot(what: Page | Locator, name: str, **options: bool) -> None:
        what.screenshot(path=folder / f"{test}-{name}.png", **options)

    return shoot


# -- JupyterLab, as a student handles it ---------------------------------------------------------------------


class Lab:
    """One notebook open in JupyterLab."""

    def __init__(self, page: Page, server: str) -> None:
        self.page, self.server = page, server

    def open(self, path: str) -> "Lab":
        """Open a notebook with a kernel of its own."""
        self.page.goto(f"{self.server}/lab/tree/{path}?reset")
        self._wait_for_cells()
        # what is run before the kernel has answered is lost without a word
        self.page.wait_for_function(
            "() => { const session = window.jupyterapp.shell.currentWidget.sessionContext;"
            " return session.isReady && session.session?.kernel?.status === 'idle'; }",
            timeout=PATIENCE,
        )
        return self

    def open_without_kernel(self, path: str) -> "Lab":
        """Open a notebook that no kernel stands behind."""
        self.page.goto(f"{self.server}/lab?reset")
        self.page.wait_for_function("window.jupyterapp?.restored")
        self.page.evaluate("window.jupyterapp.restored.then(() => null)")
        self._command("docmanager:open", {"path": path, "kernelPreference": {"shouldStart": False}})
        self._wait_for_cells()
        expect(self.page.locator(".jp-Toolbar-kernelName")).to_have_text("No Kernel")
        return self

    def _wait_for_cells(self) -> None:
        # all cells, and not only those that came first
        self.page.wait_for_function(
            "() => { const panel = window.jupyterapp?.shell?.currentWidget;"
            " return panel?.content?.model?.cells.length > 0 && panel.context.isReady"
            " && panel.content.widgets.length === panel.content.model.cells.length; }",
            timeout=PATIENCE,
        )

    def _command(self, name: str, arguments: dict | None = None) -> None:
        self.page.evaluate(
            "([name, arguments]) => window.jupyterapp.commands.execute(name, arguments).then(() => null)",
            [name, arguments or {}],
        )

    # -- cells

    def cell(self, id: str) -> Locator:
        """The cell with this id, brought into view."""
        self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.content.widgets.forEach("
            "cell => { cell.node.dataset.cell = cell.model.id; })"
        )
        found = self.page.locator(f'.jp-Cell[data-cell="{id}"]')
        found.scroll_into_view_if_needed()
        return found

    def cell_with(self, text: str) -> Locator:
        """The one cell whose source holds this text."""
        (id,) = self.page.evaluate(
            "text => window.jupyterapp.shell.currentWidget.content.widgets"
            ".filter(cell => cell.model.sharedModel.source.includes(text)).map(cell => cell.model.id)",
            text,
        )
        return self.cell(id)

    def cells(self) -> int:
        """How many cells the notebook has."""
        return self.page.evaluate("window.jupyterapp.shell.currentWidget.content.widgets.length")

    def source(self, cell: Locator) -> str:
        return self.page.evaluate(
            "id => window.jupyterapp.shell.currentWidget.content.widgets"
            ".find(cell => cell.model.id === id).model.sharedModel.source",
            cell.get_attribute("data-cell"),
        )

    def select(self, cell: Locator) -> None:
        """Make the cell the active one, in command mode."""
        cell.locator(".jp-InputPrompt").click()

    def run(self, cell: Locator) -> Locator:
        """Run the cell with the keyboard, wait until it has run, and return its output."""
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        self.select(cell)
        self.page.keyboard.press("Control+Enter")
        ran = re.compile(rf"^(?!{re.escape(before)}$)\[\d+\]:$")
        expect(prompt).to_have_text(ran, timeout=PATIENCE)
        return cell.locator(".jp-Cell-outputArea")

    def replace_line(self, cell: Locator, holding: str, typed: list[str]) -> None:
        """Click the line that holds a text and type over it; the editor indents, "⇤" takes one step back."""
        cell.locator(".cm-line", has_text=holding).click()
        keyboard = self.page.keyboard
        for key in ("End", "Shift+Home"):
            keyboard.press(key)
        for place, line in enumerate(typed):
            if place:
                keyboard.press("Enter")
            while line.startswith("⇤"):
                keyboard.press("Backspace")
                line = line[1:]
            keyboard.type(line)

    def add_below(self, cell: Locator, text: str) -> Locator:
        """A new cell below, with the text typed into it."""
        self.select(cell)
        self.page.keyboard.press("b")
        self.page.keyboard.press("Enter")
        self.page.keyboard.type(text)
        return self.cell_with(text)

    # -- the notebook

    def save(self) -> None:
        self.page.keyboard.press("Control+s")
        self.page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")

    def theme(self, name: str) -> None:
        """light or dark"""
        self._command("apputils:change-theme", {"theme": f"JupyterLab {name.capitalize()}"})
        light = "true" if name == "light" else "false"
        self.page.locator(f"body[data-jp-theme-light={light}]").wait_for(state="attached")
        self.page.locator(".jp-Notebook").wait_for()  # JupyterLab hides everything while it loads the theme

    def shut_down_kernels(self) -> None:
        """As Kernel → Shut Down All Kernels does."""
        self.page.evaluate("window.jupyterapp.serviceManager.sessions.shutdownAll()")


@pytest.fixture(scope="session")
def open_notebook(server: str) -> Callable[[Window, str], Lab]:
    """open_notebook(window, "folder/name.ipynb"): any notebook of the course's folder, in JupyterLab."""

    def open_notebook(window: Window, path: str) -> Lab:
        return Lab(window.page(), server).open(path)

    return open_notebook


@pytest.fixture(scope="session")
def open_lesson(
    root: Path, course: Path, open_notebook: Callable[[Window, str], Lab]
) -> Callable[[Window, str], Lab]:
    """open_lesson(window, "02_attention"): in JupyterLab, as it was released."""

    def open_lesson(window: Window, lesson: str) -> Lab:
        path = f"lessons/{lesson}/{lesson}.ipynb"
        shutil.copyfile(root / path, course / path)
        return open_notebook(window, path)

    return open_lesson


# -- a picture on a page of its own --------------------------------------------------------------------------


@pytest.fixture
def show(chromium_browser: Browser, tmp_path: Path) -> Iterator[Callable[[Block], tuple[Page, FrameLocator]]]:
    """show(block): alone on a page from file://, where what goes wrong or asks the network fails the test."""
    pages: list[Page] = []
    wrong: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith(("file:", "data:", "about:")):
            wrong.append(request.url)

    def show(block: Block) -> tuple[Page, FrameLocator]:
        path = tmp_path / f"page-{len(pages)}.html"
        path.write_text(f"<!doctype html><meta charset='utf-8'><body>{block.html}</body>", encoding="utf-8")
        page = chromium_browser.new_page(viewport={"width": 960, "height": 1000})
        pages.append(page)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", asked)
        page.goto(path.as_uri())
        return page, page.frame_locator("iframe")

    yield show
    for page in pages:
        page.close()
    assert wrong == []
