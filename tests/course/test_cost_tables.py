"""The tables of the lesson on cost."""

import math

from course.show.cost_tables import against_counter


def test_rows_stand_below_each_other(capsys):
    against_counter({"A @ B": (48, 48), ("(b)", 1_048_576): (math.nan, 9)})
    head, one, other = capsys.readouterr().out.splitlines()
    assert head.split() == ["FLOPs", "yours", "counted", "difference"]
    assert one.split() == ["A", "@", "B", "48", "48", "0"]
    assert other.split() == ["(b)", "L", "=", "1,048,576", "–", "9", "–"]
    assert len({len(line) for line in (head, one, other)}) == 1
