"""Reads moments, days, times and lengths of time as pydantic 1 does: from texts, and from numbers of seconds."""
import datetime
import re

DAY = r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:\.(?P<microsecond>\d{1,6})\d*)?)?"
    r"(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?"
)
LENGTH = (
    r"(?:(?P<days>-?\d+) (?:days?, )?)?(?:(?P<hours>-?\d+):(?=\d+:\d+))?(?:(?P<minutes>-?\d+):)?"
    r"(?P<seconds>-?\d+)(?:\.(?P<microseconds>\d{1,6})\d*)?"
)
PART = r"(?:(?P<%s>\d+(?:\.\d+)?)%s)?"
ISO_LENGTH = r"(?P<sign>[-+]?)P" + PART % ("days", "D") + "(?:T" + PART % ("hours", "H") + PART % ("minutes", "M") + PART % ("seconds", "S") + ")?"
# Larger numbers are milliseconds, or less.
MOST_SECONDS = 2e10
UTC = datetime.timezone.utc


def text_of(value):
    return value.decode() if isinstance(value, bytes) else value


def number_of(value, what):
    """The number that a value is, or is the text of; None for other texts."""
    if isinstance(value, (int, float)):
        return value
    try:
        return float(value)
    except ValueError:
        return None
    except TypeError:
        raise TypeError("invalid type; expected %s, string, bytes, int or float" % what)


def since_1970(seconds):
    if abs(seconds) > 3e20:
        return datetime.datetime.max if seconds > 0 else datetime.datetime.min
    while abs(seconds) > MOST_SECONDS:
        seconds /= 1000
    return datetime.datetime(1970, 1, 1, tzinfo=UTC) + datetime.timedelta(seconds=seconds)


def made(kind, pattern, value, what):
    """A moment, a day or a time of a text. Raises ValueError for another text."""
    problem = ValueError("invalid %s format" % what)
    found = re.fullmatch(pattern, text_of(value))
    if found is None:
        raise problem
    parts = {name: part for name, part in found.groupdict().items() if part is not None}
    zone = parts.pop("zone", None)
    if "microsecond" in parts:
        parts["microsecond"] = parts["microsecond"].ljust(6, "0")
    numbers = {name: int(part) for name, part in parts.items()}
    try:
        return kind(**numbers, **({"tzinfo": zone_of(zone)} if zone else {}))
    except ValueError:
        raise problem from None


def zone_of(text):
    if text == "Z":
        return UTC
    minutes = 60 * int(text[1:3]) + (int(text[-2:]) if len(text) > 3 else 0)
    return datetime.timezone(datetime.timedelta(minutes=-minutes if text[0] == "-" else minutes))


def moment_of(value):
    if isinstance(value, datetime.datetime):
        return value
    number = number_of(value, "datetime")
    return made(datetime.datetime, DAY + "[T ]" + CLOCK, value, "datetime") if number is None else since_1970(number)


def day_of(value):
    if isinstance(value, datetime.date):
        return value.date() if isinstance(value, datetime.datetime) else value
    number = number_of(value, "date")
    return made(datetime.date, DAY, value, "date") if number is None else since_1970(number).date()


def clock_of(value):
    if isinstance(value, datetime.time):
        return value
    number = number_of(value, "time")
    if number is None:
        return made(datetime.time, CLOCK, value, "time")
    if number >= 86400:
        raise ValueError("invalid time format")
    return (datetime.datetime.min + datetime.timedelta(seconds=number)).time()


def length_of(value):
    if isinstance(value, datetime.timedelta):
        return value
    text = "%f" % value if isinstance(value, (int, float)) else text_of(value)
    if not isinstance(text, str):
        raise TypeError("invalid type; expected timedelta, string, bytes, int or float")
    found = re.fullmatch(LENGTH, text) or re.fullmatch(ISO_LENGTH, text)
    if found is None:
        raise ValueError("invalid duration format")
    parts = {name: part for name, part in found.groupdict().items() if part is not None}
    sign = -1 if parts.pop("sign", "+") == "-" else 1
    if "microseconds" in parts:
        ahead = "-" if parts.get("seconds", "").startswith("-") else ""
        parts["microseconds"] = ahead + parts["microseconds"].ljust(6, "0")
    return sign * datetime.timedelta(**{name: float(part) for name, part in parts.items()})
