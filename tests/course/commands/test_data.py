"""`course data`: from a web server on this machine, from a broken one, and from none."""

import hashlib
import http.server
import io
import shutil
import socket
import threading

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from course.commands.cli import app
from course.data.by_name import SETS
from course.data.real import SOURCES, Source

PAGES = {"flowers images": b"photographs" * 500, "flowers labels": b"labels", "flowers splits": b"splits"}


def course(*arguments):
    return CliRunner().invoke(app, ["data", *map(str, arguments)])


@pytest.fixture
def data(tmp_path, monkeypatch):
    """The folder that COURSE_DATA names."""
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def moved(monkeypatch, address):
    """Have the sets' files fetched from there, and be those of PAGES."""
    for name, source in SOURCES.items():
        file = source.url.rpartition("/")[2]
        checksum = f"md5:{hashlib.md5(PAGES.get(name, b'')).hexdigest()}"
        monkeypatch.setitem(SOURCES, name, Source(f"{address}/{file}", checksum, source.megabytes))


@pytest.fixture
def server(data, monkeypatch):
    """A web server with what each address answers, to be spoilt, and the addresses that were asked for."""
    answers = {SOURCES[name].url.rpartition("/")[2]: content for name, content in PAGES.items()}
    lengths: dict[str, int] = {}
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            name = self.path.removeprefix("/")
            asked.append(name)
            if name not in answers:
                return self.send_error(404)
            self.send_response(200)
            self.send_header("Content-Length", str(lengths.get(name, len(answers[name]))))
            self.end_headers()
            self.wfile.write(answers[name])

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        moved(monkeypatch, f"http://127.0.0.1:{running.server_port}")
        yield answers, lengths, asked
        running.shutdown()
        thread.join()


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- list ----------------------------------------------------------------------------------------------


def test_every_set_is_listed(data):
    run = course("list")
    rows = {line.split()[0]: line for line in run.output.splitlines()[1 : 1 + len(SETS)]}
    assert run.exit_code == 0 and rows.keys() == SETS.keys()
    for text in ("train 1,438, test 359", "8 × 8 grey", " 10 ", "with the course", "handwritten digits"):
        assert text in rows["digits"]
    for text in ("train 73,257, test 26,032", "32 × 32 RGB", " 246 ", "no"):
        assert text in rows["svhn"]
    assert "val 1,020" in rows["flowers102"] and "any folder or archive" in run.output


def test_what_is_here_is_seen(data):
    (data / "train_32x32.mat").touch()
    (data / "cifar-10-binary.tar.gz").touch()
    lines = {line.split()[0]: line for line in course("list").output.splitlines() if line.strip()}
    assert " in part " in lines["svhn"] and " yes " in lines["cifar10"] and " no " in lines["cifar100"]


# --- fetch ---------------------------------------------------------------------------------------------


def test_fetched_once_with_progress(server, data):
    answers, _, asked = server
    run = course("fetch", "flowers102", "digits")
    assert run.exit_code == 0, run.output
    assert contents(data) == answers and "100%" in run.stderr
    assert run.stdout.count(" is whole.") == 3 and "digits comes with the course" in run.stdout
    asked.clear()
    assert course("fetch", "flowers102").exit_code == 0 and asked == []
    assert course("verify", "flowers102").exit_code == 0


def test_what_arrives_cut_off_is_not_kept_and_the_rest_is(server, data):
    answers, lengths, _ = server
    lengths["102flowers.tgz"] = len(answers["102flowers.tgz"])
    answers["102flowers.tgz"] = answers["102flowers.tgz"][:2000]
    run = course("fetch", "flowers102")
    assert run.exit_code == 1
    assert contents(data).keys() == {"imagelabels.mat", "setid.mat"}
    [said] = [line for line in run.stderr.splitlines() if line.startswith("flowers102: ")]
    assert "102flowers.tgz could not be fetched" in said
    assert run.stdout.count(" is whole.") == 2


def test_what_arrives_damaged_is_not_kept_and_the_next_set_is_fetched(server, data):
    answers, _, _ = server
    answers["102flowers.tgz"] = answers["102flowers.tgz"].replace(b"p", b"q", 1)
    answers["cifar-10-binary.tar.gz"] = b""  # which is what is expected of it here
    run = course("fetch", "nothing", "flowers102", "cifar100", "cifar10")
    assert run.exit_code == 1
    assert contents(data).keys() == {"imagelabels.mat", "setid.mat", "cifar-10-binary.tar.gz"}
    said = [line for line in run.stderr.splitlines() if line.startswith(("There", "flowers102: ", "cifar"))]
    assert len(said) == 3
    assert said[0] == f"There is no set nothing; there are {', '.join(SETS)}."
    assert "102flowers.tgz has the md5 checksum" in said[1]
    assert "cifar100: " in said[2] and "it answered 404" in said[2]


def test_a_damaged_file_that_was_here_is_fetched_anew_and_kept_until_then(server, data):
    answers, _, _ = server
    (data / "setid.mat").write_bytes(b"half")
    del answers["setid.mat"]
    assert course("fetch", "flowers102").exit_code == 1
    assert (data / "setid.mat").read_bytes() == b"half"
    answers["setid.mat"] = PAGES["flowers splits"]
    assert course("fetch", "flowers102").exit_code == 0
    assert (data / "setid.mat").read_bytes() == PAGES["flowers splits"]


def test_into_a_folder_of_your_own(server, data, tmp_path):
    answers, _, _ = server
    run = course("fetch", "flowers102", "--folder", tmp_path / "mine")
    assert run.exit_code == 0 and contents(tmp_path / "mine") == answers and contents(data) == {}
    assert f"set the environment variable COURSE_DATA to {tmp_path / 'mine'}" in run.stdout


def test_offline_in_one_sentence(data, monkeypatch):
    with socket.socket() as closed:  # a port that nobody listens at
        closed.bind(("127.0.0.1", 0))
        moved(monkeypatch, f"http://127.0.0.1:{closed.getsockname()[1]}")
        run = course("fetch", "cifar10")
    assert run.exit_code == 1 and run.stdout == "" and contents(data) == {}
    [said] = run.stderr.splitlines()
    assert said.startswith("cifar10: ") and "could not be fetched" in said
    assert "is this machine offline?" in said and str(data) in said


# --- verify --------------------------------------------------------------------------------------------


def test_checksums_of_what_is_here(server, data):
    course("fetch", "flowers102")
    run = course("verify")
    assert run.exit_code == 0 and run.stdout.count(" is whole.") == 3
    assert "cifar10 is not here; `course data fetch cifar10` fetches it." in run.stdout
    (data / "imagelabels.mat").write_bytes(b"label")
    run = course("verify")
    assert run.exit_code == 1 and run.stdout.count(" is whole.") == 2
    [said] = run.stderr.splitlines()
    assert said.startswith("flowers102 is damaged: ") and "imagelabels.mat has the md5 checksum" in said
    (data / "imagelabels.mat").unlink()
    run = course("verify", "digits", "flowers102")
    assert run.exit_code == 1 and "digits comes with the course" in run.stdout
    assert f"flowers102: {data / 'imagelabels.mat'} is not here" in run.stdout


def picture(number=0):
    """All of one shade: what its file's name says."""
    stream = io.BytesIO()
    Image.fromarray(np.full((6, 8, 3), number, dtype=np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def cut():
    """Half of an image that no line of can be guessed."""
    stream = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()[:100]


def folder_of(path, **more):
    for label in ("cat", "horse"):
        (path / label).mkdir(parents=True)
        for number in range(10):
            (path / label / f"{number}.png").write_bytes(picture(number))
    for name, content in more.items():
        (path / "cat" / f"{name}.png").write_bytes(content)
    return path


def test_every_image_of_a_folder_and_an_archive_is_decoded(data, tmp_path):
    good = folder_of(tmp_path / "good")
    bad = folder_of(tmp_path / "bad", cut=cut(), page=b"<!DOCTYPE html>", none=b"")
    archive = shutil.make_archive(tmp_path / "packed", "gztar", bad)
    run = course("verify", good)
    assert run.exit_code == 0 and run.stdout == f"{good}: 20 of 20 images can be read.\n"
    for path in (bad, archive):
        run = course("verify", path, good)
        assert run.exit_code == 1
        assert f"{path}: 20 of 23 images can be read." in run.stdout and f"{good}: 20 of 20" in run.stdout
        assert sorted(run.stderr.splitlines()) == [
            f"{path}: cat/cut.png is cut off or damaged",
            f"{path}: cat/none.png is empty",
            f"{path}: cat/page.png is no image of a known format",
        ]


def test_archives_that_are_damaged_empty_or_not_there(data, tmp_path):
    tar = tmp_path / shutil.make_archive(tmp_path / "cut", "tar", folder_of(tmp_path / "good"))
    tar.write_bytes(tar.read_bytes()[:20_000])
    (tmp_path / "empty").mkdir()
    run = course("verify", tar, tmp_path / "empty", tmp_path / "none")
    damaged, empty, none = run.stderr.splitlines()
    assert run.exit_code == 1 and run.stdout == ""
    assert (
        damaged.startswith(f"{tar} is cut off or damaged") and "images before that could be read" in damaged
    )
    assert empty == f"{tmp_path / 'empty'} holds no images."
    assert none.startswith(f"{tmp_path / 'none'} is no folder, no archive") and "flowers102" in none


# --- show ----------------------------------------------------------------------------------------------


def test_a_sheet_is_drawn_and_nothing_is_overwritten_unasked(data, tmp_path):
    folder_of(tmp_path / "mine")
    run = course("show", "mine", "--count", 10)
    assert run.exit_code == 0, run.output
    assert "mine, train: Folder(16 images of 3 × 6 × 8, 2 classes); 10 of them are in sheet.png" in run.stdout
    first = (tmp_path / "sheet.png").read_bytes()
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.format == "PNG" and sheet.width > sheet.height > 100
    run = course("show", "mine", "--seed", 1)
    assert run.exit_code == 1 and run.stderr.startswith("sheet.png is there already")
    assert (tmp_path / "sheet.png").read_bytes() == first
    assert course("show", "mine", "--split", "test", "--force").exit_code == 0
    assert (tmp_path / "sheet.png").read_bytes() != first


def test_the_sheet_shows_images_of_all_classes_under_their_names(data, tmp_path, monkeypatch):
    from course.show import contact_sheet as module

    shown = []
    drawn = module.contact_sheet
    monkeypatch.setattr(module, "contact_sheet", lambda *given: shown.append(given) or drawn(*given))
    path = folder_of(tmp_path / "mine", cut=cut())
    run = course("show", path, "--count", 12, "--size", 4, "--out", tmp_path / "a.png")
    assert run.exit_code == 0 and (tmp_path / "a.png").is_file()
    [(found, rows, columns)] = shown
    assert found.classes == ("cat", "horse") and found.images.shape == (12, 3, 4, 4)
    assert found.labels.unique().numel() == 2 and rows * columns >= 12 > (rows - 1) * columns
    assert "cat/cut.png is cut off or damaged" in run.stderr and "UserWarning" not in run.stderr
    for name, label, image in zip(found.names, found.labels, found.images):
        assert name == f"{found.classes[label]}/{int(image[0, 0, 0])}.png"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing"], "'nothing' is no folder, no archive, and none of the sets digits"),
        (["digits", "--split", "val"], "digits has no split 'val'; it has train and test"),
        (
            ["digits", "--out", "a.jpg"],
            "The picture is a PNG: give it a name that ends with .png, not a.jpg.",
        ),
        (["digits", "--out", "none/a.png"], "There is no folder none to put the picture into."),
    ],
)
def test_sheets_that_cannot_be(arguments, sentence, data, tmp_path):
    run = course("show", *arguments)
    assert run.exit_code == 1 and run.stderr.startswith(sentence) and run.stderr.count("\n") == 1
    assert not list(tmp_path.glob("*.png"))
