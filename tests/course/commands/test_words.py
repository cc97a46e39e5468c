"""`course pretrain clip` and its like, `course caption` and `course retrieve`, as people type them."""

import csv
import json
import re

import pytest
from PIL import Image
from typer.testing import CliRunner

from course.commands.cli import app
from course.commands.runs import encoder_of
from course.commands.words import kept_method
from course.data.captioned import captioned
from course.multimodal.by_name import METHODS

SHORT = ["--images", "64", "--batch", "16", "--epochs", "2"]


def course(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A short run of each method."""
    folder = tmp_path_factory.mktemp("runs")
    for method in METHODS:
        done = course("pretrain", method, *SHORT, "--out", folder / method)
        assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def own(tmp_path):
    """A folder of ten pictures and captions, drawn by the course."""
    data = captioned(10, size=16)
    lines = ["image,caption\n"]
    for number, (image, caption) in enumerate(zip(data.images, data.captions)):
        Image.fromarray(image.permute(1, 2, 0).numpy()).save(tmp_path / f"{number}.png")
        lines.append(f"{number}.png,{caption}\n")
    (tmp_path / "captions.csv").write_text("".join(lines))
    return tmp_path


@pytest.mark.parametrize("method", METHODS)
def test_a_run_keeps_what_others_keep_and_its_words(runs, method):
    names = {path.name for path in (runs / method).iterdir()}
    assert names == {
        "config.json",
        "metrics.csv",
        "checkpoint.pt",
        "encoder.safetensors",
        "method.safetensors",
        "curves.png",
    }
    config = json.loads((runs / method / "config.json").read_text())
    assert ("paris" if method == "mmt" else "ring") in config["words"] and config["mirror"] is False
    with open(runs / method / "metrics.csv", newline="") as file:
        assert [row["step"] for row in csv.DictReader(file)][-1] == "8"


def test_a_run_goes_on_to_the_same_result(runs, tmp_path):
    done = course("pretrain", "clip", *SHORT, "--out", tmp_path / "run", "--seed", 3)
    assert done.exit_code == 0, done.output
    again = course("pretrain", "--resume", tmp_path / "run")
    assert again.exit_code == 0, again.output
    other = course("pretrain", "--resume", tmp_path / "run", "--set", "joint=32")
    assert other.exit_code == 1 and "--set joint=32 is not what the run" in other.output
    moved = course("pretrain", "--resume", tmp_path / "run", "--data", tmp_path)
    assert moved.exit_code == 1 and "leave --data out" in moved.output


def test_clip_is_measured_among_everything_and_beside_chance(runs):
    (runs / "clip" / "retrieval.md").write_text("of another day")
    done = course("retrieve", runs / "clip")
    assert done.exit_code == 0, done.output
    assert "100 different captions, 1,000 of what they are about:" in done.output
    rows = [line for line in done.output.splitlines() if line.startswith("| by chance")]
    by_picture = rows[3].split(" | ")  # each picture has one sentence of 100
    assert by_picture[1:] == ["1.0 %", "5.0 %", "10.0 %", "50.5", "50.5 |"]
    assert (runs / "clip" / "retrieval-2.md").read_text().strip() in done.output
    assert (runs / "clip" / "retrieval.md").read_text() == "of another day"


def test_a_sentence_finds_what_it_means_and_says_what_it_never_read(runs):
    done = course("retrieve", runs / "clip", "a red ring", "a purple ring", "--top", 2)
    assert done.exit_code == 0, done.output
    assert (
        len(re.findall(r"^  [12]\. +-?[\d.]+  a \w+ \w+ at the \w+ \w+  \(pictures of", done.output, re.M))
        == 4
    )
    assert "read as unknown: purple." in done.output
    done = course("retrieve", runs / "mmt", "a red ball in oslo")
    assert done.exit_code == 0 and "(videos)" in done.output
    done = course("retrieve", runs / "clip", "purple")
    assert done.exit_code == 1 and re.search(r"'purple' has none of the \d+ words", done.output)


def test_a_captioner_is_measured_beside_one_sentence_for_all(runs, tmp_path):
    done = course("caption", runs / "hard-captions", "--width", 1, "--maps", tmp_path / "maps")
    assert done.exit_code == 0, done.output
    usual = re.findall(
        r"\| (pictures .*?), 500 \| always \*a \w+ \w+ at the \w+ \w+\* \| ([\d.]+) %", done.output
    )
    assert [name for name, _ in usual] == [
        "pictures of pairs that were shown",
        "pictures of pairs never shown",
    ]
    assert usual[1][1] == "0.0" and float(usual[0][1]) < 5  # a pair that was never shown is in no sentence
    assert (runs / "hard-captions" / "captions.md").is_file()
    assert all(path.read_bytes()[:4] == b"\x89PNG" for path in (tmp_path / "maps").iterdir())


def test_pictures_and_captions_of_ones_own(own, tmp_path):
    done = course(
        "pretrain", "captions", "--data", own, "--epochs", 1, "--encoder", "vit-mini/4", "--out", own / "run"
    )
    assert done.exit_code == 0 and "8 images" in done.output, done.output
    done = course("caption", own / "run")
    assert done.exit_code == 0 and "| pictures, 2 | its own |" in done.output, done.output
    done = course("caption", own / "run", own / "3.png", "--width", 1)
    assert done.exit_code == 0 and "\n3.png: " in done.output, done.output
    (own / "captions.csv").write_text((own / "captions.csv").read_text().replace("ring", "hoop"))
    done = course("pretrain", "--resume", own / "run")
    assert done.exit_code == 1 and "has other captions than when this run began" in done.output


def test_what_is_kept_is_an_encoder_as_any_other(runs):
    encoder, asked = encoder_of(runs / "clip")
    assert asked["encoder"] == "resnet-mini" and encoder.features(captioned(2).floats()).shape == (2, 128)
    refused = course("evaluate", runs / "clip")
    assert refused.exit_code == 1 and "say with --data which set with classes" in refused.output
    done = course("evaluate", runs / "clip", "--data", "shapes", "--each", 1, "--seeds", 1, "--no-scratch")
    assert done.exit_code == 0 and "clip" in done.output, done.output
    refused = course("evaluate", runs / "mmt")
    assert refused.exit_code == 1 and "reads no pixels" in refused.output


def test_what_does_not_go_together_is_said(runs, tmp_path):
    for arguments, sentence in (
        (("clip", "--data", "digits"), "clip learns from pictures with captions: --data captioned"),
        (("clip", "--data", tmp_path), "has no captions.csv"),
        (("clip", "--mirror"), "pictures that are mirrored would make it wrong"),
        (("clip", "--set", "tau=1"), "clip has no option 'tau'; it has joint"),
        (("mmt", "--data", "captioned"), "say --data videos"),
        (("mmt", "--encoder", "resnet-18"), "it has no --encoder"),
    ):
        done = course("pretrain", *arguments, "--out", tmp_path / "none")
        assert done.exit_code != 0 and sentence in done.output, done.output
        assert not (tmp_path / "none").exists()
    assert course("retrieve", runs / "captions").output.strip().endswith("is what this reads")
    assert "is a run of clip" in course("caption", runs / "clip").output
    with pytest.raises(FileNotFoundError, match=r"has no method\.safetensors"):
        kept_method(tmp_path, "clip")
