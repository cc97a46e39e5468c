"""A time means one moment, or it is refused with a sentence that says how to write it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.utils import parse_utc

from grader.intake.times import UnreadableTime, as_nbgrader, read_time, shown

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22 12:00",
        "2026-11-22 12:00 UTC",
        "2026-11-22 12:00:00.000000 UTC",
        "2026-11-22T12:00:00Z",
        "2026-11-22 13:00 +0100",
        "2026-11-22 13:00 +01:00",
        "2026-11-22 13:00 +1",
        "2026-11-22 13:00+01:00",
        "2026-11-22 13:00 Europe/Berlin",
        "2026-11-22 07:00 UTC-5",
        "2026-11-22 7:00 America/New_York",
        " 2026-11-22 17:45 +05:45 ",
    ],
)
def test_one_moment_in_many_ways(text):
    assert read_time(text) == NOON


def test_a_zone_for_times_that_name_none():
    assert read_time("2026-11-22 13:00", "Europe/Berlin") == NOON
    assert read_time("2026-11-22 12:00 UTC", "Europe/Berlin") == NOON


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("04.05.2026 12:00", "no time that means one moment"),
        ("4/5/2026 12:00", "no time that means one moment"),
        ("2026-11-22", "no time that means one moment"),
        ("yesterday, I think", "no time that means one moment"),
        ("", "no time that means one moment"),
        ("2026-02-30 12:00", "in no calendar"),
        ("2026-11-22 25:00", "in no calendar"),
        ("2026-11-22 12:00 EST", "no zone that is the same for everybody"),
        ("2026-11-22 12:00 IST", "no zone that is the same for everybody"),
        ("2026-11-22 12:00 Europe/Atlantis", "no zone that is the same for everybody"),
        ("2026-11-22 12:00 ../etc/passwd", "no zone that is the same for everybody"),
        ("2026-11-22 12:00 +01:75", "no zone that is the same for everybody"),
        ("0001-01-01 00:30 +01:00", "in no calendar"),
        ("2026-11-22 12:00 +19:00", "no zone that is the same for everybody"),
        ("2026-10-25 02:30 Europe/Berlin", "twice or not at all"),
        ("2026-03-29 02:30 Europe/Berlin", "twice or not at all"),
    ],
)
def test_what_could_mean_another_moment_is_refused(text, said):
    with pytest.raises(UnreadableTime, match=said):
        read_time(text)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),
    st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)
def test_what_is_written_is_read_by_us_and_by_nbgrader(when, zone):
    time = when.replace(tzinfo=zone)
    assert read_time(as_nbgrader(time)) == time == read_time(time.isoformat(" "))
    assert parse_utc(as_nbgrader(time)) == time.astimezone(UTC).replace(tzinfo=None)
    assert read_time(shown(time)) <= time < read_time(shown(time)) + timedelta(minutes=1)
