"""Random numbers drawn where their generator lives, for data that live elsewhere."""

import pytest
import torch

from course.training.randomness import drawn, home


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(7)


@pytest.mark.parametrize("sample", [(torch.rand, (2, 3)), (torch.randint, 5, (4,)), (torch.randperm, 6)])
def test_the_numbers_are_pytorchs_own_and_can_be_replayed(sample):
    function, *arguments = sample
    found = drawn(function, *arguments, like=torch.zeros(1), generator=seeded())
    assert torch.equal(found, function(*arguments, generator=seeded()))


def test_data_elsewhere_may_bring_a_generator_of_the_cpu():
    """PyTorch itself refuses a generator and a device that do not belong together."""
    elsewhere = torch.zeros(2, device="meta")
    assert home(elsewhere, seeded()).type == "cpu" and home(elsewhere, None).type == "meta"
    assert drawn(torch.rand, (2, 3), like=elsewhere, generator=seeded()).device.type == "meta"


def test_options_are_handed_on():
    found = drawn(torch.randn, (2,), like=torch.zeros(1), generator=seeded(), dtype=torch.float64)
    assert found.dtype == torch.float64
