"""When work was handed in or is due: a time as people and systems write it, or a sentence that refuses it.

    2026-11-22 13:00 +01:00 · 2026-11-22 13:00 Europe/Berlin · 2026-11-22T12:00:00Z · 2026-11-22 12:00

Read by the standard library: `datetime.fromisoformat` and `zoneinfo`. nbgrader reads times with `parse_utc`,
to which ``+0100`` is a hundred seconds and ``04.05.2026`` a day in April; what it is handed here is always
`as_nbgrader`'s, in UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LIKE = "2026-11-22 13:00 +01:00 (or Europe/Berlin, or UTC)"
_TIME = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[ T](?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)\s*(?P<zone>\S+)?"
)
_OFFSET = re.compile(r"(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>[0-5]\d)?")


class UnreadableTime(ValueError):
    """A time that is not written so that it can mean one moment only; the message says how to write it."""


def read_time(text: str, zone: str = "UTC") -> datetime:
    """The moment that ``text`` means, in UTC; ``zone`` holds where the text names none.

    Raises:
        UnreadableTime: it is no date with a clock time, its zone is unknown, or it happens twice or never.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise UnreadableTime(f"{text.strip()!r} is no time that means one moment: write it as {LIKE}.")
    try:
        local = datetime.fromisoformat(f"{found['day']} {found['clock'].zfill(5)}")
    except ValueError as error:
        raise UnreadableTime(f"{text.strip()!r} is in no calendar ({error}): write it as {LIKE}.") from None
    time = local.replace(tzinfo=_zone(found["zone"] or zone))
    if time.utcoffset() != time.replace(fold=1).utcoffset():  # the clocks go forward or back
        raise UnreadableTime(
            f"{text.strip()!r} happens twice or not at all, as clocks change there: write it with +HH:MM."
        )
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise UnreadableTime(f"{text.strip()!r} is in no calendar: write it as {LIKE}.") from None


def _zone(name: str) -> tzinfo:
    if name in ("Z", "UTC", "GMT"):
        return UTC
    if found := _OFFSET.fullmatch(name):
        east = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
        if east < timedelta(hours=15):
            return timezone(east if found["sign"] == "+" else -east)
    elif "/" in name:  # three letters such as EST, IST or CST are several zones, or one without its summer
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
    raise UnreadableTime(f"{name!r} is no zone that is the same for everybody: write the time as {LIKE}.")


def shown(time: datetime) -> str:
    """A moment as people are told it: in UTC, to the minute."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def as_nbgrader(time: datetime) -> str:
    """A moment as nbgrader writes it in ``timestamp.txt``."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"
