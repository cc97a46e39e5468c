"""What is said of the names that were noted while an answer was asked; how they are noted: `test_watch`."""

import pytest

from grader.judging.own_work import COMPARE, UNSEEN, forbidden_use, unseen

FORBIDDEN = [
    ".scaled_dot_product_attention",
    ".MultiheadAttention",
    "course.attention",
    "course.cost.measure",
]
FORBIDDEN += [".softmax", "torch.nn.functional.layer_norm"]


@pytest.mark.parametrize(
    ("used", "found"),
    [
        ("torch.ops.aten.scaled_dot_product_attention", "scaled_dot_product_attention"),
        ("torch.ops.aten._scaled_dot_product_flash_attention_for_cpu", "scaled_dot_product_attention"),
        ("torch.ops.aten._scaled_dot_product_attention_math", "scaled_dot_product_attention"),
        ("torch.ops.aten._native_multi_head_attention", "MultiheadAttention"),
        ("torch.nn.modules.activation.MultiheadAttention.forward", "MultiheadAttention"),
        ("torch.ops.aten._softmax", "softmax"),
        ("torch.ops.aten._masked_softmax", "softmax"),
        ("torch.ops.aten._sparse_softmax", "softmax"),
        ("scipy.special._logsumexp.softmax", "softmax"),
        ("torch.ops.aten.native_layer_norm", "torch.nn.functional.layer_norm"),
        ("course.attention.attention", "course.attention"),
        ("course.cost.measure", "course.cost.measure"),
        ("course.cost.measured.measure", "course.cost.measure"),
    ],
)
def test_what_was_called_is_found_by_its_name(used, found):
    told = f"It uses `{found}`, which is what this exercise asks you to write yourself. {COMPARE}"
    assert forbidden_use([used, "torch.ops.aten.add"], FORBIDDEN) == told


@pytest.mark.parametrize(
    "used",
    [
        "course.attentions.f",
        "course.cost.measured.measure_all",
        "course.cost.parameters",
        "my.course.attention",
        "torch.ops.aten.matmul",
        "torch.ops.aten._softmax_backward_data",
        "torch.ops.aten.log_softmax",
        "torch.ops.aten.layer",
        "torch.nn.modules.linear.Linear.forward",
    ],
)
def test_other_names_are_no_evidence(used):
    assert forbidden_use([used], FORBIDDEN) == ""


def test_who_ends_the_record_is_told_so():
    for what, told in UNSEEN.items():
        assert unseen(["torch.ops.aten.softmax", f"switches.{what}"]) == told
    assert unseen(["torch.ops.aten.softmax", "mine.switches.record"]) == ""
