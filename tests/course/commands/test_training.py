"""`course pretrain`, `evaluate` and `finetune` as people type them, on a few digits."""

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
import torch
from matplotlib import pyplot
from PIL import Image
from typer.testing import CliRunner

from course import checkpoint
from course.commands.cli import app
from course.commands.progress import Progress, duration
from course.commands.runs import encoder_of, kept_method
from course.data.by_name import load
from course.ssl.by_name import usual_batch, usual_encoder

SHORT = ["--encoder", "vit-mini/2", "--images", "200", "--batch", "100"]


def course(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory):
    """A finished run of three epochs."""
    folder, open_before = tmp_path_factory.mktemp("runs") / "mae", pyplot.get_fignums()
    done = course("pretrain", "mae", *SHORT, "--epochs", 3, "--out", folder, "--set", "ratio=0.5")
    assert done.exit_code == 0, done.output
    assert pyplot.get_fignums() == open_before
    return folder, done.output


def test_a_run_says_what_it_does_and_keeps_it(pretrained):
    folder, output = pretrained
    assert re.search(
        r"mae with vit-mini/2, [\d,]+ parameters to train, 200 images, 6 steps of 100, on cpu", output
    )
    assert re.search(r"epoch 3/3  loss \d\.\d{4}  lr \d\.\de-0\d  [\d,]+ images/s", output)
    names = {path.name for path in folder.iterdir()}
    kept = {"config.json", "metrics.csv", "checkpoint.pt", "encoder.safetensors", "method.safetensors"}
    assert names == kept | {"curves.png", "reconstructions.png"}
    config = json.loads((folder / "config.json").read_text())
    assert (config["method"], config["encoder"], config["mirror"]) == ("mae", "vit-mini/2", False)
    assert config["recipe"]["epochs"] == 3 and config["options"] == {"ratio": 0.5}
    with open(folder / "metrics.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == ["2", "4", "6"]
    assert {"loss", "lr", "rank", "entropy", "spread", "images_per_second"} <= rows[0].keys()
    for picture in ("curves.png", "reconstructions.png"):
        assert (folder / picture).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert checkpoint.metadata(folder / "encoder.safetensors")["shape"] == [1, 8, 8]


def test_the_first_line_comes_before_anything_is_loaded():
    watched = (
        "import builtins, sys; from course.commands.cli import app; say = builtins.print\n"
        "def told(*texts, **options):\n"
        "    say(*texts, 'torch' in sys.modules); raise SystemExit\n"
        "builtins.print = told; app()"
    )
    for arguments, said in (
        (["pretrain", "mae", "--data", "digits"], "Getting ready to train on digits"),
        (["pretrain", "--resume", "runs/mae"], "Going on with runs/mae"),
        (["finetune", "runs/mae"], "Getting ready to train"),
        (["evaluate", "runs/mae"], "Getting ready to read runs/mae"),
        (["caption", "runs/clip"], "Getting ready to read runs/clip"),
        (["retrieve", "runs/clip"], "Getting ready to read runs/clip"),
    ):
        done = subprocess.run([sys.executable, "-c", watched, *arguments], capture_output=True, text=True)
        assert done.stdout.startswith(said) and done.stdout.endswith("False\n"), (done.stdout, done.stderr)


def test_the_whole_method_is_kept_in_16_bits(pretrained):
    folder, _ = pretrained
    small, asked = kept_method(folder)
    encoder, _ = encoder_of(folder)
    data = load("digits", "test").take(range(4))
    torch.manual_seed(0)
    batch = small.views(data.floats(), torch.Generator().manual_seed(0))
    loss, _ = small.eval()(batch)
    whole = torch.load(folder / "checkpoint.pt", weights_only=True)["method"]
    assert whole.keys() == small.state_dict().keys()
    small.load_state_dict(whole)
    torch.testing.assert_close(loss, small(batch)[0], atol=0.01, rtol=0)
    assert (folder / "method.safetensors").stat().st_size < 0.3 * (folder / "checkpoint.pt").stat().st_size
    assert encoder.embedding.projection.mean.flatten().tolist() == pytest.approx(asked["mean"])
    assert asked["mean"] == list(load("digits").mean)


def test_snapshots_are_kept_behind_the_steps_asked_for(tmp_path):
    steps = ["--snapshot", 0, "--snapshot", 3, "--snapshot", 6]
    run = ["mae", *SHORT, "--epochs", 3, "--out", tmp_path / "run"]
    assert course("pretrain", *run, *steps).exit_code == 0
    found = {file.name: encoder_of(file)[0] for file in (tmp_path / "run" / "snapshots").iterdir()}
    assert found.keys() == {f"step-{step:06}.safetensors" for step in (0, 3, 6)}
    end = encoder_of(tmp_path / "run")[0].embedding.projection.weight
    ends = [found[name].embedding.projection.weight for name in sorted(found)]
    torch.testing.assert_close(ends[2], end, atol=1e-3, rtol=0)
    apart = [(weight - end).abs().max().item() for weight in ends]
    assert apart[0] > apart[1] > 2 * apart[2]
    done = course("pretrain", *run[:-1], tmp_path / "other", "--snapshot", 7)
    assert done.exit_code == 1 and "--snapshot 7: the training has 6 steps only" in done.stderr
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(("method", "batch"), [("mae", 32), ("simclr", 128)])
def test_a_mini_encoder_gets_small_steps(method, batch, tmp_path):
    done = course("pretrain", method, "--images", 256, "--epochs", 1, "--device", "cpu", "--out", tmp_path)
    assert done.exit_code == 0 and f" of {batch}, on cpu" in done.output, done.output
    assert usual_batch(method, "vit-S/4") == usual_batch(method, "resnet-18") == 256


def test_an_evaluation_stands_beside_its_baselines(pretrained):
    folder, _ = pretrained
    done = course("evaluate", folder, "--each", 2, "--seeds", 2, "--fine-tune", 1)
    assert done.exit_code == 0, done.output
    table = (folder / "evaluation.md").read_text()
    assert table in done.output
    assert "20 images, 2 seeds" in table
    for row in ("random encoder", "supervised from scratch", "mae"):
        assert re.search(
            rf"\| {row} \| [\d,]+ \| [\d.]+ \| [\d.]+ ± [\d.]+ \| [\d.]+ ± [\d.]+ \| [\d.]+ ±", table
        )
    quick = course("evaluate", folder / "encoder.safetensors", "--share", 0.1, "--seeds", 1, "--no-scratch")
    assert quick.exit_code == 0 and "supervised" not in quick.output


def test_an_encoder_is_fine_tuned_frozen_or_not(pretrained, tmp_path):
    folder, _ = pretrained
    short = ["--each", 5, "--epochs", 2, "--batch", 25, "--lr", 0.01]
    done = course("finetune", folder, *short, "--out", tmp_path / "whole", "--mixup", 0.2)
    assert done.exit_code == 0, done.output
    assert re.search(r"\d+\.\d\d % of 359 test images are right\.", done.output)
    assert (tmp_path / "whole" / "accuracy.txt").read_text() in done.output
    done = course("finetune", folder, *short, "--out", tmp_path / "head", "--freeze")
    assert done.exit_code == 0 and " 650 parameters to train" in done.output  # 64 · 10 + 10
    state = torch.load(tmp_path / "head" / "checkpoint.pt", weights_only=True)["method"]
    before = torch.load(folder / "checkpoint.pt", weights_only=True)["method"]
    name = "layers.0.attention.project.weight"
    name = next(key.removeprefix("encoder.") for key in before if key.startswith("encoder.layers.0"))
    assert torch.equal(state[f"encoder.encoder.{name}"], before[f"encoder.{name}"])
    again = course("finetune", "--resume", tmp_path / "head")
    assert again.exit_code == 0 and "test images are right" in again.output


def test_from_scratch_is_the_baseline(tmp_path):
    out = tmp_path / "scratch"
    done = course("finetune", "--encoder", "vit-mini/2", "--each", 2, "--epochs", 1, "--out", out)
    assert done.exit_code == 0 and "20 images" in done.output
    assert json.loads((out / "config.json").read_text())["method"] == "supervised"


def pictures(folder, names, size=8):
    """Files of plain colours."""
    for number, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (size, size), (40 * number % 256, 99, 7 * number % 256)).save(folder / name)
    return folder


TRAIN = [f"train/{label}/{number}.png" for label in "ab" for number in range(4)]
TINY = ["--encoder", "vit-mini/2", "--epochs", 1, "--batch", 4]


@pytest.mark.parametrize("held", ["test", "val", "valid"])
def test_what_a_folder_holds_out_is_tested_on_as_large_as_the_training_images(held, tmp_path):
    data = pictures(tmp_path / "data", TRAIN)
    pictures(data, [f"{held}/a/0.png", f"{held}/b/0.png"], size=20)
    out = tmp_path / "out"
    done = course("finetune", *TINY, "--data", data, "--out", out)
    assert done.exit_code == 0, done.output
    assert re.search(r"^2 of 2 images .* resized to 8 × 8\.$", done.stderr, re.M)
    assert f" % of 2 {'test' if held == 'test' else 'val'} images are right." in done.output
    done = course("finetune", *TINY, "--data", data, "--size", 6, "--out", tmp_path / "six")
    assert done.exit_code == 0, done.output
    assert json.loads((tmp_path / "six" / "config.json").read_text())["shape"] == [3, 6, 6]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "no test/ and no val/: there is nothing to test on"),
        (["test/a/0.png", "test/c/0.png"], "holds the class 'c', which is none of a, b"),
    ],
)
def test_what_cannot_be_tested_on_is_said_before_a_step_is_made(more, said, tmp_path):
    data = pictures(tmp_path / "data", [*TRAIN, *more])
    done = course("finetune", *TINY, "--data", data, "--out", tmp_path / "out")
    assert done.exit_code == 1 and said in done.stderr and "epoch" not in done.output
    assert not (tmp_path / "out").exists()


def test_where_all_images_are_needed_to_train_on_none_is_tested(tmp_path):
    data = pictures(tmp_path / "data", ["a/0.png", "b/0.png"])
    done = course("finetune", *TINY, "--data", data, "--out", tmp_path / "out")
    assert done.exit_code == 1 and "has too few images of each class to keep any to test on" in done.stderr
    assert not (tmp_path / "out").exists()


def test_ctrl_c_and_resume_end_where_an_unbroken_run_does(tmp_path):
    """The real program, a real signal, at whatever step it happens to come."""
    command = [sys.executable, "-m", "course", "pretrain"]
    start = ["mae", *SHORT, "--epochs", "40", "--out"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    broken = subprocess.Popen(
        [*command, *start, str(tmp_path / "broken")], env=environment, stderr=subprocess.PIPE, text=True
    )
    metrics = tmp_path / "broken" / "metrics.csv"
    for _ in range(600):
        if metrics.exists() and metrics.read_text().count("\n") > 4:
            break
        time.sleep(0.1)
    broken.send_signal(signal.SIGINT)
    _, said = broken.communicate(timeout=60)
    assert broken.returncode == 130
    assert re.search(r"Stopped behind step \d+ of 80; `--resume .*broken` goes on\.", said)
    assert course("pretrain", "--resume", tmp_path / "broken").exit_code == 0
    assert course("pretrain", *start, tmp_path / "whole").exit_code == 0
    one, two = (
        torch.load(tmp_path / name / "checkpoint.pt", weights_only=True)["method"]
        for name in ("broken", "whole")
    )
    for name, value in one.items():
        torch.testing.assert_close(value, two[name], atol=1e-6, rtol=1e-5, msg=name)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pretrain"], "Which method? `course methods` lists them."),
        (["pretrain", "byol"], "there is no method 'byol'"),
        (
            ["pretrain", "mae", "--data", "nowhere"],
            "'nowhere' is no folder, no archive, and none of the sets",
        ),
        (["pretrain", "mae", "--encoder", "resnet-mini"], "MAE needs a ViT"),
        (["pretrain", "mae", "--set", "ratio"], "--set takes name=value"),
        (["pretrain", "mae", "--encoder", "vit-mini/2", "--set", "rato=1"], "mae has no option 'rato'"),
        (["pretrain", "mae", "--set", "normalise=nein"], "normalise must be true or false; got 'nein'"),
        (["pretrain", "simclr", "--set", "tau=abc"], "tau must be a number; got 'abc'"),
        (
            ["pretrain", "dino", "--encoder", "vit-mini/2", "--set", "momentum=2"],
            "momentum must be from 0 to 1; got 2.0",
        ),
        (
            ["pretrain", "dino", "--encoder", "vit-mini/2", "--set", "crop=3"],
            "an image of 3 × 3 pixels cannot be cut into patches of 2 × 2",
        ),
        (
            ["pretrain", "context", "--encoder", "resnet-mini", "--set", "gap=50"],
            "3 tiles of 2 pixels, gap 50",
        ),
        (
            ["pretrain", "mae", "--encoder", "vit-mini/2", "--images", "9999"],
            "1,438 images to train on; 9,999",
        ),
        (
            ["pretrain", "mae", "--encoder", "vit-mini/2", "--precision", "16"],
            "precision must be '32' or 'bf16'",
        ),
        (
            ["pretrain", "mae", "--encoder", "vit-mini/2", "--device", "cuda:7"],
            "There is no device 'cuda:7' here",
        ),
        (["pretrain", "--resume", "nowhere"], "there is no run in nowhere"),
        (["evaluate", "nowhere"], "there is no file nowhere"),
        (["finetune"], "name a pretrained run to start from, or an --encoder"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_leaves_nothing_behind(arguments, said, tmp_path, monkeypatch):
    if "cuda:7" in arguments and torch.cuda.device_count() > 7:
        pytest.xfail("this machine has that many")
    monkeypatch.chdir(tmp_path)
    done = course(*arguments)
    assert done.exit_code == 1
    assert said in done.stderr and "Traceback" not in done.output
    assert not list(tmp_path.iterdir())


def test_a_folder_with_something_in_it_is_left_alone(pretrained, tmp_path):
    folder, _ = pretrained
    before = {path: path.read_bytes() for path in folder.iterdir()}
    done = course("pretrain", "mae", *SHORT, "--out", folder)
    assert done.exit_code == 1 and "is not empty: resume that run, or choose another folder" in done.stderr
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_run_that_kept_no_step_leaves_its_folder_free(tmp_path, monkeypatch):
    out = tmp_path / "out"

    def fails(*arguments, **options):
        raise ValueError("the first step went wrong")

    with monkeypatch.context() as patch:
        patch.setattr("course.commands.training.train", fails)
        done = course("pretrain", "mae", *SHORT, "--epochs", 1, "--out", out)
        assert done.exit_code == 1 and "the first step went wrong" in done.stderr and not out.exists()
        out.mkdir()
        assert course("pretrain", "mae", *SHORT, "--epochs", 1, "--out", out).exit_code == 1
        assert out.is_dir() and not list(out.iterdir()), "a folder of the user's stays"
    assert course("pretrain", "mae", *SHORT, "--epochs", 1, "--out", out).exit_code == 0


def test_a_run_killed_in_its_first_step_begins_again(pretrained, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "config.json").write_bytes((pretrained[0] / "config.json").read_bytes())
    done = course("pretrain", "mae", *SHORT, "--out", out)
    assert done.exit_code == 1
    assert f"the run in {out} has not kept a step: `--resume {out}` begins it again" in done.stderr
    assert course("pretrain", "--resume", out).exit_code == 0 and (out / "checkpoint.pt").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["dino"], "method dino is not what the run in RUN was asked for, mae: leave it out"),
        (["--epochs", 9], "--epochs 9 is not what the run in RUN was asked for, 3: leave it out"),
        (["mae", "--encoder", "vit-mini/4"], "--encoder vit-mini/4 is not what the run in RUN was asked for"),
        (["--images", 100], "--images 100 is not"),
        (["--size", 16], "--size 16 is not what the run in RUN was asked for, 8"),
        (["--set", "ratio=0.6"], "--set ratio=0.6 is not what the run in RUN was asked for, 0.5"),
        (
            ["--set", "normalise=no"],
            "--set normalise=False is not what the run in RUN was asked for, which left",
        ),
        (["--data", "shapes"], "this run is about digits, not shapes: leave --data out"),
        (["--out", "elsewhere"], "--out elsewhere is not what"),
    ],
)
def test_a_run_goes_on_as_it_was_asked_for(pretrained, arguments, said):
    folder, _ = pretrained
    before = {path: path.read_bytes() for path in folder.iterdir()}
    done = course("pretrain", *arguments, "--resume", folder)
    assert done.exit_code == 1 and said.replace("RUN", str(folder)) in done.stderr, done.output
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_what_it_was_asked_for_may_be_said_again(pretrained):
    folder, _ = pretrained
    same = [
        "mae",
        *SHORT,
        "--epochs",
        3,
        "--out",
        folder,
        "--set",
        "ratio=0.5",
        "--size",
        8,
        "--device",
        "cpu",
    ]
    done = course("pretrain", *same, "--data", "digits", "--resume", folder)
    assert done.exit_code == 0, done.output


def test_images_may_move_and_their_change_is_noticed(tmp_path, monkeypatch):
    data = pictures(tmp_path / "data", [*TRAIN, "test/a/0.png", "test/b/0.png"])
    monkeypatch.chdir(tmp_path)
    assert course("pretrain", "mae", *TINY, "--data", "data", "--out", "first").exit_code == 0
    assert course("finetune", "first", "--epochs", 1, "--batch", 4, "--out", "second").exit_code == 0
    monkeypatch.chdir("/")
    first, second = tmp_path / "first", tmp_path / "second"
    assert json.loads((second / "config.json").read_text())["data"] == str(data)
    assert course("finetune", "--resume", second).exit_code == 0
    told = (second / "accuracy.txt").read_text()
    first.rename(tmp_path / "old"), data.rename(tmp_path / "moved")
    done = course("finetune", "--resume", second)
    assert done.exit_code == 1 and "data, where the images were, is not there: say with --data" in done.stderr
    assert course("finetune", "--resume", second, "--data", tmp_path / "moved").exit_code == 0
    assert course("finetune", "--resume", second).exit_code == 0, "it knows the new place"

    before = (tmp_path / "moved" / "train" / "a" / "0.png").read_bytes()
    Image.new("RGB", (8, 8), "white").save(tmp_path / "moved" / "train" / "a" / "0.png")
    done = course("finetune", "--resume", second)
    assert done.exit_code == 1 and "as many images as before, but others" in done.stderr, done.stderr
    (tmp_path / "moved" / "train" / "a" / "0.png").write_bytes(before)

    pictures(tmp_path / "moved", ["test/b/1.png"])
    done = course("finetune", "--resume", second)
    assert done.exit_code == 1
    assert "moved, test, has 2 images of b, and had 1, when this run began: put it back" in done.stderr
    pictures(tmp_path / "moved", ["train/a/99.png"])
    done = course("pretrain", "--resume", tmp_path / "old", "--data", tmp_path / "moved")
    assert "has 5 images of a, and had 4, when this run began" in done.stderr
    (tmp_path / "moved" / "train" / "a").rename(tmp_path / "moved" / "train" / "c")
    done = course("finetune", "--resume", second)
    assert done.exit_code == 1 and "has other classes than it had: a, c, when" in done.stderr
    assert (second / "accuracy.txt").read_text() == told


def test_an_encoder_alone_is_enough(pretrained, tmp_path):
    alone = tmp_path / "encoder.safetensors"
    alone.write_bytes((pretrained[0] / "encoder.safetensors").read_bytes())
    for name in ("evaluation.md", "evaluation-2.md"):
        done = course("evaluate", alone, "--each", 2, "--seeds", 1)
        assert done.exit_code == 0, done.output
        assert (tmp_path / name).read_text() in done.output and "supervised from scratch" in done.output
    tuned = course("finetune", alone, "--each", 2, "--epochs", 1, "--out", tmp_path / "tuned")
    assert tuned.exit_code == 0, tuned.output
    done = course("evaluate", tmp_path / "tuned")
    assert done.exit_code == 1 and "is fine-tuned already" in done.stderr


def test_methods_are_listed():
    done = course("methods")
    assert done.exit_code == 0
    assert len(done.output.splitlines()) == 22 and "relvit" in done.output


@pytest.mark.parametrize(("method", "encoder"), [("mae", "vit-mini"), ("simclr", "resnet-mini")])
def test_small_images_on_a_cpu_get_a_small_encoder(method, encoder, tmp_path):
    short = ["--images", 8, "--epochs", 1, "--batch", 8, "--device", "cpu", "--out", tmp_path / "out"]
    done = course("pretrain", method, *short)
    assert done.exit_code == 0 and f"{method} with {encoder}, " in done.output, done.output
    assert json.loads((tmp_path / "out" / "config.json").read_text())["encoder"] == encoder
    assert usual_encoder("mae", 32, cpu=False) == usual_encoder("mae", 224, cpu=True) == "vit-S"


def test_shapes_are_as_many_as_asked_for(tmp_path):
    more = ["--data", "shapes", "--size", 8, "--images", 4100, "--batch", 4100, "--epochs", 1]
    done = course("pretrain", "mae", *more, "--out", tmp_path / "out")
    assert done.exit_code == 0 and "4,100 images, 1 step of 4,100" in done.output, done.output
    assert course("pretrain", "--resume", tmp_path / "out").exit_code == 0


def test_a_batch_of_one(tmp_path):
    one = ["--encoder", "resnet-mini", "--images", 2, "--batch", 1, "--epochs", 1]
    done = course("pretrain", "simclr", *one, "--out", tmp_path / "simclr")
    assert done.exit_code == 1 and "a batch, or a piece of one, needs two of them or more" in done.stderr
    assert not list(tmp_path.iterdir())
    done = course("pretrain", "rotation", *one, "--out", tmp_path / "rotation")
    assert done.exit_code == 0 and "nan" not in (tmp_path / "rotation" / "metrics.csv").read_text()
    tuned = [
        "--encoder",
        "resnet-mini",
        "--each",
        1,
        "--batch",
        1,
        "--epochs",
        1,
        "--out",
        tmp_path / "tuned",
    ]
    done = course("finetune", *tuned)
    assert done.exit_code == 0, done.output


def test_a_terminal_that_knows_ascii_only(pretrained, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(pretrained[0], folder)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "ascii"}
    for arguments, said in (
        (["pretrain", "--help"], "simclr, dino, mae, ..."),
        (["data", "list"], "8 x 8 grey"),
        (["evaluate", str(folder), "--each", "1", "--seeds", "2", "--no-scratch"], " +- "),
        (["pretrain", "mae", "--encoder", "vit-mini/3"], "image_size 8 is not divisible by patch 3"),
    ):
        command = [sys.executable, "-m", "course", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, timeout=120)
        output = (done.stdout + done.stderr).decode("ascii")
        assert said in output and "Error" not in output, output


def test_the_remaining_time_is_told_on_a_line_that_is_written_over():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    screen = Terminal()
    show = Progress(epochs=3, batch=12345, file=screen)
    row = {"step": 1, "steps": 3, "epoch": 1.0, "loss": 1.0, "lr": 0.1, "images_per_second": 1234.5}
    show(row)
    show.begun -= 100
    show({**row, "step": 2, "epoch": 2.0})
    show({**row, "step": 3, "epoch": 3.0})
    lines = screen.getvalue().split("\r")
    assert lines[1].strip() == "epoch 1/3  loss 1.0000  lr 1.0e-01  1,234 images/s  about 20 s left"
    assert lines[2].strip().endswith("1 min 40 s left")
    assert lines[3].endswith("\n") and "left" not in lines[3]
    assert [duration(s) for s in (59, 243, 7500)] == ["59 s", "4 min 03 s", "2 h 05 min"]
