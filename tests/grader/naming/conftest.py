"""The cases that the tests of naming share."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))  # for `made_cases`


@pytest.fixture(autouse=True)
def _same_numbers_each_time():
    torch.manual_seed(0)
