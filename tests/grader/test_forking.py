"""What stands ready before a fork."""

import os
import re
import subprocess
import sys
from pathlib import Path

CODE = """
import gc
from pathlib import Path
from grader import forking

held = [bytes([number % 256]) * 4096 for number in range(4096)]
with forking.loading(for_many={}):
    pass
large = sum(int(line.split()[1]) for line in Path("/proc/self/smaps").read_text().splitlines()
            if line.startswith("AnonHugePages"))
print(large, gc.isenabled(), gc.get_freeze_count() > 0)
assert all(set(one) == {{number % 256}} for number, one in enumerate(held))
"""


def after_loading(for_many):
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(for_many)], capture_output=True, text=True, check=True
    )
    large, *rest = done.stdout.split()
    assert rest == ["True", "True"]
    return int(large)


def test_memory_lies_in_large_pages_where_the_system_can_and_holds_what_it_held():
    few, many = after_loading(False), after_loading(True)
    setting = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    release = tuple(map(int, re.findall(r"\d+", os.uname().release)[:2]))
    can = release >= (6, 1) and setting.is_file() and "[never]" not in setting.read_text()
    assert many > few if can else many == few
