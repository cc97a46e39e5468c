"""The loop: what it teaches, and that breaking it off, cutting it up and sharing it out leave no trace."""

import math
import os
import signal
import subprocess
import sys
import threading

import pytest
import torch

from course.data.digits import digit_set
from course.ssl.dino import DINO
from course.ssl.mae import MAE
from course.ssl.method import Method
from course.ssl.simclr import SimCLR
from course.training.loop import Plan, mixed, rehearse, train
from course.training.recipe import Diverged, Recipe
from course.training.run_folder import CannotWrite, Run
from course.vision.vit import ViT


def encoder(**options):
    shape = dict(image_size=8, patch=2, dim=32, depth=2, heads=2, hidden=64, classes=0, channels=1)
    return ViT(**{**shape, **options})


def dino(seed=0):
    torch.manual_seed(seed)
    return DINO(encoder(dropout=0.1), 32, out=16, hidden=32, bottleneck=16, crops=2)


def mae(seed=0):
    torch.manual_seed(seed)
    return MAE(encoder(), dim=32, depth=1, heads=2)


@pytest.fixture(scope="module")
def digits():
    return digit_set().take(range(300))


def weights(method):
    return {name: value.clone() for name, value in method.state_dict().items()}


def assert_same(one, other, **tolerances):
    assert one.keys() == other.keys()
    for name, value in one.items():
        torch.testing.assert_close(value, other[name], msg=lambda m, name=name: f"{name}: {m}", **tolerances)


def without_speed(rows):
    return [{name: value for name, value in row.items() if name != "images_per_second"} for row in rows]


def test_it_learns_and_tells(digits):
    seen = []
    rows = train(mae(), digits, Recipe(epochs=12, batch=50, lr=2e-3), show=seen.append)
    assert rows == seen and len(rows) == 12
    assert rows[-1]["step"] == rows[-1]["steps"] == 72 and rows[-1]["epoch"] == 12
    assert rows[-1]["loss"] < 0.9 * rows[0]["loss"]
    assert {"lr", "images_per_second", "spread", "rank", "entropy", "visible"} <= set(rows[0]) | {"visible"}
    assert 1 < rows[-1]["rank"] <= 32 and rows[-1]["entropy"] <= math.log(32)


def test_the_same_seed_gives_the_same_weights_and_leaves_the_callers_numbers_alone(digits):
    recipe = Recipe(epochs=1, batch=100, seed=3)
    runs = []
    for _ in range(2):
        method = dino()
        torch.manual_seed(7)
        train(method, digits, recipe)
        assert torch.rand(1) == torch.rand(1, generator=torch.Generator().manual_seed(7))
        runs.append(weights(method))
    assert_same(*runs, atol=0, rtol=0)
    other = dino()
    train(other, digits, Recipe(epochs=1, batch=100, seed=4))
    assert not torch.equal(runs[0]["encoder.cls"], other.encoder.cls)


def test_the_learning_rate_rises_along_a_line_and_falls_along_a_cosine():
    recipe = Recipe(lr=2.0, warm_up=0.2)
    assert [recipe.lr_at(x) for x in (0, 0.1, 0.2, 0.6, 1)] == pytest.approx([0, 1, 2, 1, 0])
    assert Recipe(lr=2.0, warm_up=0).lr_at(0) == 2


def test_an_epoch_sees_each_image_once_in_a_new_order():
    plan = Plan(10, Recipe(epochs=2, batch=4, accumulate=2))
    assert (plan.per_epoch, plan.steps) == (2, 4)
    seen = [[chosen.tolist() for chosen, _ in plan.pieces(step, torch.device("cpu"))] for step in range(4)]
    assert all(len(piece) == 2 for step in seen for piece in step)
    first, second = (
        [image for step in steps for piece in step for image in piece] for steps in (seen[:2], seen[2:])
    )
    assert len(set(first)) == len(set(second)) == 8 and first != second
    seeds = [seed for step in range(4) for _, seed in plan.pieces(step, torch.device("cpu"))]
    assert len(set(seeds)) == 8 and mixed(0, 1) != mixed(1, 0)
    with pytest.raises(ValueError, match=r"batch of 5 images cannot be cut into equal pieces, 2 accumulated"):
        Plan(5, Recipe(accumulate=2))


def test_a_long_epoch_is_heard_of_early():
    plan = Plan(120, Recipe(epochs=2, batch=1))
    assert [step + 1 for step in range(240) if plan.ends_row(step)] == [2, 10, 50, 100, 120, 170, 220, 240]
    short = Plan(100, Recipe(epochs=1, batch=10))
    assert [step + 1 for step in range(10) if short.ends_row(step)] == [10]


def test_a_rehearsal_says_what_would_go_wrong_and_changes_nothing(digits):
    method = dino()
    before = weights(method)
    torch.manual_seed(7)
    rehearse(method, digits, Recipe())
    assert torch.rand(1) == torch.rand(1, generator=torch.Generator().manual_seed(7))
    assert_same(before, weights(method), atol=0, rtol=0)
    assert method.training and all(parameter.grad is None for parameter in method.parameters())
    method.crop = 3
    with pytest.raises(ValueError, match="3 × 3 pixels cannot be cut into patches"):
        rehearse(method, digits, Recipe())


def test_pieces_accumulate_to_the_same_gradient(digits):
    """A loss that is a mean over images, without random numbers, cannot tell one piece from four."""

    class Reconstruction(Method):
        def __init__(self):
            torch.manual_seed(0)
            super().__init__(encoder())
            self.decoder = torch.nn.Linear(32, 64)

        def views(self, images, generator=None):
            return {"images": images}

        def forward(self, batch):
            images = batch["images"]
            return (self.decoder(self.encoder.features(images)) - images.flatten(1)).square().mean(), {}

    ends = []
    for accumulate in (1, 4):
        method = Reconstruction()
        rows = train(
            method, digits, Recipe(epochs=1, batch=100, accumulate=accumulate, optimiser="sgd", lr=0.1)
        )
        ends.append((weights(method), rows[0]["loss"]))
    assert_same(ends[0][0], ends[1][0], atol=1e-6, rtol=1e-5)
    assert ends[0][1] == pytest.approx(ends[1][1], rel=1e-5)


@pytest.mark.parametrize("make", [dino, mae])
def test_broken_off_anywhere_it_goes_on_to_the_same_result(digits, tmp_path, make):
    recipe = Recipe(epochs=3, batch=60, accumulate=2)  # 15 steps, a row behind every fifth
    unbroken, handler = make(), signal.getsignal(signal.SIGINT)  # ignored, where all runs in the background
    expected = train(unbroken, digits, recipe, run=Run(tmp_path / "unbroken", {}, recipe))

    class Interrupting:
        """Ctrl-C while step `at` is computed."""

        def __init__(self, method, at):
            self.left, self.forward = at, method.forward

        def __call__(self, batch):
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGINT)
            return self.forward(batch)

    folder = tmp_path / "broken"
    Run(folder, {"method": "x"}, recipe)
    for at in (5, 9):  # 2 pieces a step: within step 3, and within step 8
        method = make(seed=at)  # other first weights: all must come from the checkpoint
        if at == 5:
            method = make()
        method.forward = Interrupting(method, at)
        with pytest.raises(KeyboardInterrupt, match="stopped behind step"):
            train(method, digits, recipe, run=Run.again(folder))
    resumed, run = make(seed=99), Run.again(folder)
    assert run.asked == {"method": "x"} and run.recipe == recipe
    train(resumed, digits, recipe, run=run)
    assert_same(weights(unbroken), weights(resumed), atol=0, rtol=0)
    assert without_speed(Run.again(folder).rows) == without_speed(expected)
    assert signal.getsignal(signal.SIGINT) is handler


def test_a_finished_run_has_nothing_left_to_do(digits, tmp_path):
    recipe = Recipe(epochs=1, batch=100)
    method = mae()
    train(method, digits, recipe, run=Run(tmp_path / "run", {}, recipe))
    again = mae(seed=5)
    assert train(again, digits, recipe, run=Run.again(tmp_path / "run")) == []
    assert_same(weights(method), weights(again))
    with pytest.raises(FileExistsError, match="is not empty: resume that run, or choose another folder"):
        Run(tmp_path / "run", {}, recipe)
    with pytest.raises(FileNotFoundError, match=r"there is no run in .*: it has no config\.json"):
        Run.again(tmp_path)


def test_a_loss_that_is_no_number_stops_with_the_last_good_checkpoint(digits, tmp_path):
    recipe = Recipe(epochs=6, batch=100)
    run = Run(tmp_path / "run", {}, recipe)
    run.is_due = lambda: True
    method = mae()
    forward, calls = method.forward, iter(range(100))

    def poisoned(batch):
        loss, told = forward(batch)
        return loss * (float("nan") if next(calls) == 10 else 1), told

    method.forward = poisoned
    with pytest.raises(
        Diverged, match=r"The loss is nan behind step 12, .* last good checkpoint is .*\.pt\. Try"
    ):
        train(method, digits, recipe, run=run)
    kept = torch.load(run.checkpoint, weights_only=True)
    assert kept["step"] == 9 and all(value.isfinite().all() for value in kept["method"].values())
    assert [row["step"] for row in Run.again(run.folder).rows] == [3, 6, 9]


def test_weights_that_are_no_numbers_never_replace_good_ones(digits, tmp_path):
    recipe = Recipe(epochs=1, batch=100)
    run, method = Run(tmp_path / "run", {}, recipe), mae()
    train(method, digits, recipe, run=run)
    before = run.checkpoint.read_bytes()
    with torch.no_grad():
        method.encoder.cls[0, 0, 0] = torch.inf
    with pytest.raises(Diverged, match="Weights are not numbers behind step 4"):
        run.save(method, recipe.optimise(method.groups(0.05)), None, 4)
    assert run.checkpoint.read_bytes() == before


FULL = """
import resource, signal, sys, torch
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_loop import mae, digit_set, Recipe, Run, train
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
recipe = Recipe(epochs=2, batch=100)
run = Run(sys.argv[1], {}, recipe)
run.is_due = lambda: True
def limit(row):
    if row["epoch"] == 2:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
train(mae(), digit_set().take(range(300)), recipe, run=run, show=limit)
"""


def test_a_disk_without_room_is_said_and_the_checkpoint_before_stays(tmp_path):
    here = os.path.dirname(__file__)
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "run"), here], capture_output=True, text=True, timeout=120
    )
    last = done.stderr.strip().splitlines()[-1]
    assert "CannotWrite" in last and "could not be written: File too large" in last
    assert "The last good checkpoint is" in last
    assert torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)["step"] == 3
    assert not list((tmp_path / "run").glob(".*")), "what was half written is gone"


def test_a_damaged_checkpoint_is_named(digits, tmp_path):
    recipe = Recipe(epochs=1, batch=100)
    run = Run(tmp_path / "run", {}, recipe)
    train(mae(), digits, recipe, run=run)
    run.checkpoint.write_bytes(run.checkpoint.read_bytes()[:5000])
    with pytest.raises(ValueError, match=r"checkpoint\.pt does not fit this run or is damaged"):
        train(mae(), digits, recipe, run=Run.again(run.folder))
    (run.folder / "config.json").write_text("{}")
    with pytest.raises(ValueError, match=r"config\.json does not describe a run"):
        Run.again(run.folder)


def test_a_row_cut_off_by_a_crash_is_left_out(digits, tmp_path):
    recipe = Recipe(epochs=2, batch=100)
    run = Run(tmp_path / "run", {}, recipe)
    rows = train(mae(), digits, recipe, run=run)
    with open(run.metrics, "a") as file:
        file.write("9,12,3.0,0.0")
    assert Run.again(run.folder).rows == rows


TWO = """
import sys, torch
sys.path.insert(0, sys.argv[2])
from course.training import processes
from test_loop import dino, digit_set, Recipe, Run, train
torch.set_num_threads(1)
recipe = Recipe(epochs=2, batch=60)
with processes.together(torch.device("cpu")):
    method = dino(seed=0)
    rows = train(method, digit_set().take(range(300)), recipe, run=Run(sys.argv[1], {}, recipe))
    torch.save((method.state_dict(), rows), f"{sys.argv[1]}-{processes.rank()}.pt")
"""


@pytest.mark.slow
def test_two_processes_are_one_that_accumulates(digits, tmp_path):
    """DINO has everything: gradients, a teacher, a centre over the whole batch, dropout."""
    script = tmp_path / "two.py"
    script.write_text(TWO)
    started = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*started, str(script), str(tmp_path / "run"), os.path.dirname(__file__)],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    one = dino(seed=0)
    expected = train(one, digits, Recipe(epochs=2, batch=60, accumulate=2))
    for rank in range(2):
        state, rows = torch.load(tmp_path / f"run-{rank}.pt", weights_only=True)
        assert_same(weights(one), state, atol=2e-6, rtol=1e-4)
        for row, right in zip(without_speed(rows), without_speed(expected), strict=True):
            assert row == pytest.approx(right, rel=1e-3)
    assert [row["step"] for row in Run.again(tmp_path / "run").rows] == [5, 10]


def test_in_a_thread_there_is_no_ctrl_c_to_notice(digits):
    told = []
    thread = threading.Thread(target=lambda: told.extend(train(mae(), digits, Recipe(epochs=1))))
    thread.start()
    thread.join()
    assert len(told) == 1


def test_bf16_and_sgd_and_clipping_train_as_well(digits):
    rows = train(mae(), digits, Recipe(epochs=5, batch=50, precision="bf16", clip=1.0))
    assert rows[-1]["loss"] < rows[0]["loss"]
    torch.manual_seed(0)
    method = SimCLR(encoder(), 32)
    assert math.isfinite(train(method, digits, Recipe(epochs=1, optimiser="sgd"))[0]["loss"])


def test_a_gradient_is_clipped_to_its_norm(digits):
    method = mae()
    before = weights(method)
    train(
        method,
        digits,
        Recipe(epochs=1, batch=300, optimiser="sgd", lr=1.0, warm_up=0, weight_decay=0, clip=0.1),
    )
    after = weights(method)
    names = [name for name, parameter in method.named_parameters() if parameter.requires_grad]
    moved = torch.cat([(after[name] - before[name]).flatten() for name in names]).norm()
    assert moved.item() == pytest.approx(0.1 * Recipe(warm_up=0, lr=1.0).lr_at(0.5), rel=1e-3)


def test_wrong_recipes_are_refused():
    for wrong, said in [
        (dict(epochs=0), "epochs must be a whole number of at least 1"),
        (dict(warm_up=1.0), "warm_up must be at least 0 and below 1"),
        (dict(optimiser="lamb"), "optimiser must be 'adamw' or 'sgd'; got 'lamb'"),
        (dict(precision="16"), "precision must be '32' or 'bf16'"),
        (dict(lr=-1.0), "lr must be above 0"),
        (dict(clip=0.0), "clip above 0 or None"),
    ]:
        with pytest.raises(ValueError, match=said):
            Recipe(**wrong)


def test_a_method_without_parameters_is_refused(digits):
    class Nothing(Method):
        def __init__(self):
            super().__init__(torch.nn.Flatten())

    with pytest.raises(ValueError, match="nothing to train: Nothing has no parameters"):
        train(Nothing(), digits, Recipe(epochs=1))


def test_everything_frozen_is_refused(digits):
    with pytest.raises(ValueError, match="nothing to train: every parameter is frozen"):
        train(mae().requires_grad_(False), digits, Recipe())


def test_the_disk_error_is_an_os_error():
    assert issubclass(CannotWrite, OSError)
