"""Files that are damaged, hostile, far away or not what they were: refused by name, with nothing changed."""

import hashlib
import http.server
import os
import pickle
import socket
import threading

import numpy as np
import pytest
import torch

from course.checkpoint import fetch, load_official, read
from course.vision.vit import ViT

TENSORS = {"a": torch.arange(6.0).reshape(2, 3), "b.c": torch.ones(2, dtype=torch.int64)}


def vit():
    return ViT(image_size=8, patch=4, dim=12, depth=1, heads=3, hidden=8, classes=2)


def write(path, tensors=TENSORS):
    if path.suffix == ".npz":
        np.savez(path, **{name: tensor.numpy() for name, tensor in tensors.items()})
    elif path.suffix == ".safetensors":
        pytest.importorskip("safetensors.torch").save_file(tensors, path)
    else:
        torch.save(tensors, path)
    return path


def refused(path, sentence, kind=ValueError):
    """Both `read` and `load_official` say so, and the model is as it was."""
    with pytest.raises(kind, match=sentence) as refusal:
        read(path)
    assert str(path.name) in str(refusal.value)
    assert "\n" not in str(refusal.value)
    model = vit()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    with pytest.raises(kind, match=sentence):
        load_official(model, path, "timm")
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


NAMES = ["a.npz", "a.pth", "a.pt", "a.bin", "a.ckpt", "a.pth.tar", "a.safetensors"]


@pytest.mark.parametrize("name", NAMES)
def test_what_was_written_is_read(name, tmp_path):
    contents = read(write(tmp_path / name))
    assert contents.keys() == TENSORS.keys()
    for key, tensor in TENSORS.items():
        assert contents[key].dtype == tensor.dtype and torch.equal(contents[key], tensor)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kept", [0, 1, 40, 0.5, 0.9, -1])
def test_truncated(name, kept, tmp_path):
    whole = write(tmp_path / name).read_bytes()
    end = int(kept * len(whole)) if isinstance(kept, float) else kept
    (tmp_path / name).write_bytes(whole[:end])
    refused(tmp_path / name, rf"is truncated, or is no {name[1:]} file")


@pytest.mark.parametrize("kept", [1, 0.5, 0.9, -1])
def test_truncated_in_the_old_format_of_torch(kept, tmp_path):
    torch.save(TENSORS, tmp_path / "a.pth", _use_new_zipfile_serialization=False)
    whole = (tmp_path / "a.pth").read_bytes()
    (tmp_path / "a.pth").write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else kept])
    refused(tmp_path / "a.pth", r"is truncated, or is no \.pth file")


def test_damaged_inside(tmp_path):
    """An .npz keeps checksums of its arrays; a flipped bit in one is noticed before any is used."""
    path = write(tmp_path / "a.npz", {"a": torch.arange(1000.0)})
    contents = bytearray(path.read_bytes())
    contents[2000] ^= 1
    path.write_bytes(contents)
    refused(path, "is truncated, or is no .npz file")


@pytest.mark.parametrize("name", NAMES)
def test_another_kind_of_file(name, tmp_path):
    (tmp_path / name).write_bytes(b"<!DOCTYPE html><title>Not found</title>" * 10)
    refused(tmp_path / name, "is truncated, or is no ")


def test_no_file_and_no_known_kind(tmp_path):
    refused(tmp_path / "none.pth", "there is no file .*none.pth", FileNotFoundError)
    (tmp_path / "a.h5").write_bytes(b"x")
    refused(tmp_path / "a.h5", r"a file of weights is named \.npz, \.pth, .*; got a\.h5")


def test_no_weights(tmp_path):
    torch.save([1, 2], tmp_path / "a.pth")
    refused(tmp_path / "a.pth", "a.pth holds no weights")
    torch.save({}, tmp_path / "b.pth")
    refused(tmp_path / "b.pth", "b.pth holds no weights")


class Hostile:
    """Unpickling this would run a command that leaves a file behind."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return os.system, (f"touch {self.trace}",)


@pytest.mark.parametrize("zipped", [True, False, None])
def test_code_is_refused_and_does_not_run(zipped, tmp_path):
    trace, path = tmp_path / "trace", tmp_path / "a.pth"
    file = {**TENSORS, "extra": Hostile(trace)}
    if zipped is None:
        path.write_bytes(pickle.dumps({"extra": Hostile(trace)}, protocol=2))
    else:
        torch.save(file, path, _use_new_zipfile_serialization=zipped)
    refused(path, r"a\.pth is refused: it holds \w+\.system, which is code and not weights")
    assert not trace.exists()
    torch.load(path, weights_only=False) if zipped is not None else pickle.loads(path.read_bytes())
    assert trace.exists()  # it would have


def test_pickles_in_an_npz_are_refused(tmp_path):
    trace = tmp_path / "trace"
    np.savez(tmp_path / "a.npz", a=np.ones(2), b=np.array([Hostile(trace)], dtype=object))
    refused(tmp_path / "a.npz", r"a\.npz is refused: it holds pickled objects")
    assert not trace.exists()


# --- From a URL --------------------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path):
    """A web server on this machine: its folder, its address, and what was asked of it."""
    folder, asked = tmp_path / "web", []
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *arguments):
            asked.append(self.path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def sha256(path):
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def test_fetched_once_with_a_progress_bar(server, tmp_path, capfd):
    folder, address, asked = server
    checksum = sha256(write(folder / "a.pth"))
    path = fetch(f"{address}/a.pth", checksum, tmp_path / "cache")
    assert path == tmp_path / "cache" / "a.pth"
    assert "100%" in capfd.readouterr().err
    assert torch.equal(read(path)["a"], TENSORS["a"])
    asked.clear()
    assert fetch(f"{address}/a.pth", checksum, tmp_path / "cache") == path
    assert asked == []
    fetch(f"{address}/a.pth", checksum, tmp_path / "quiet", progress=False)
    assert capfd.readouterr().err == ""


def test_a_damaged_copy_is_fetched_again(server, tmp_path):
    folder, address, _ = server
    checksum = sha256(write(folder / "a.pth"))
    path = fetch(f"{address}/a.pth", checksum, tmp_path / "cache")
    path.write_bytes(path.read_bytes()[:50])
    assert sha256(fetch(f"{address}/a.pth", checksum, tmp_path / "cache")) == checksum


def test_the_first_digits_of_a_checksum_will_do(server, tmp_path):
    folder, address, _ = server
    digits = hashlib.md5(write(folder / "a.pth").read_bytes()).hexdigest()
    assert fetch(f"{address}/a.pth", f"md5:{digits[:6].upper()}", tmp_path / "cache").is_file()
    with pytest.raises(
        ValueError, match=r"a checksum is 'sha256:' or 'md5:' and at least 6 hex.*; got 'md5:12345'"
    ):
        fetch(f"{address}/a.pth", "md5:12345", tmp_path / "cache")


def test_course_data_is_where_it_is_kept(server, tmp_path, monkeypatch):
    folder, address, _ = server
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "data"))
    checksum = sha256(write(folder / "a.pth"))
    assert fetch(f"{address}/a.pth?download=1", checksum) == tmp_path / "data" / "a.pth"


def test_a_wrong_checksum_is_refused_and_nothing_is_kept(server, tmp_path, monkeypatch):
    folder, address, _ = server
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "data"))
    write(folder / "a.pth")
    model = vit()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    sentence = rf"{address}/a\.pth has the sha256 checksum [0-9a-f]{{64}}, not 0{{64}}"
    with pytest.raises(ValueError, match=sentence):
        load_official(model, f"{address}/a.pth", "timm", checksum="sha256:" + 64 * "0")
    assert list((tmp_path / "data").iterdir()) == []
    with pytest.raises(ValueError, match="needs a checksum"):
        load_official(model, f"{address}/a.pth", "timm")
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_a_local_file_may_have_a_checksum(tmp_path):
    model, path = vit(), write(tmp_path / "a.pth")
    with pytest.raises(ValueError, match=r"a\.pth has the md5 checksum [0-9a-f]{6}, not 000000"):
        load_official(model, path, "timm", checksum="md5:000000")
    with pytest.raises(ValueError, match=r"a\.pth holds a, b\.c, for which"):  # looked at after the checksum
        load_official(model, path, "timm", checksum=sha256(path))
    with pytest.raises(FileNotFoundError, match="there is no file"):
        load_official(model, tmp_path / "b.pth", "timm", checksum=sha256(path))


def test_offline(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with socket.socket() as closed:  # a port that nobody listens at
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/a.pth"
        model = vit()
        before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        sentence = rf"{url} could not be fetched \(ConnectionError; is this machine offline\?\); download it"
        with pytest.raises(ConnectionError, match=sentence) as refusal:
            load_official(model, url, "timm", checksum="md5:123456")
    assert str(tmp_path) in str(refusal.value) and "\n" not in str(refusal.value)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert list(tmp_path.iterdir()) == []


def test_a_file_put_into_the_folder_by_hand_needs_no_network(tmp_path):
    checksum = sha256(write(tmp_path / "a.pth"))
    assert fetch("http://127.0.0.1:9/a.pth", checksum, tmp_path) == tmp_path / "a.pth"
    with pytest.raises(ConnectionError):  # not the file that was meant: it is asked for, but not touched
        fetch("http://127.0.0.1:9/a.pth", "md5:000000", tmp_path)
    assert sha256(tmp_path / "a.pth") == checksum


def test_an_address_with_nothing_there(server, tmp_path):
    _, address, _ = server
    with pytest.raises(ConnectionError, match=r"none\.pth could not be fetched \(it answered 404\)"):
        fetch(f"{address}/none.pth", "md5:123456", tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []
