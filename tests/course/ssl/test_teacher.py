"""The teacher's average by hand, and its schedules."""

import math

import pytest
import torch
from torch import nn

from course.ssl.teacher import Teacher, cosine_to_one, linear_to_one


def network():
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 2))


def test_it_follows_by_an_exponential_average():
    student = network()
    teacher = Teacher(student)
    before = [p.clone() for p in teacher.parameters()]
    with torch.no_grad():
        for p in student.parameters():
            p.add_(torch.randn_like(p))
    student(torch.randn(8, 3))  # BatchNorm remembers something
    teacher.follow(student, 0.9)
    for old, new, p in zip(before, teacher.parameters(), student.parameters(), strict=True):
        torch.testing.assert_close(new, 0.9 * old + 0.1 * p)
        assert not new.requires_grad and p.requires_grad
    assert torch.equal(teacher.network[1].running_mean, student[1].running_mean)
    assert student[1].running_mean.abs().max() > 0
    with pytest.raises(ValueError, match=r"momentum must be from 0 to 1; got 1\.5"):
        teacher.follow(student, 1.5)


def test_it_stays_in_evaluation_and_gives_no_gradient():
    method = nn.ModuleList([Teacher(network())]).train()
    assert not any(module.training for module in method[0].modules())
    assert not method[0](torch.randn(2, 3)).requires_grad


def test_the_schedules_end_at_one():
    assert cosine_to_one(0.996, 0.0) == linear_to_one(0.996, 0.0) == pytest.approx(0.996)
    assert cosine_to_one(0.996, 1.0) == linear_to_one(0.996, 1.0) == pytest.approx(1.0)
    assert linear_to_one(0.996, 0.25) == pytest.approx(0.997)
    assert cosine_to_one(0.996, 0.25) == pytest.approx(1 - 0.002 * (1 + math.sqrt(0.5)))
    for schedule in (cosine_to_one, linear_to_one):
        with pytest.raises(ValueError, match="progress must be from 0 to 1"):
            schedule(0.996, 1.1)
