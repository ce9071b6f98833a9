"""Makes numbers, texts, flags, ids, paths and patterns of a value, as pydantic 1 does."""
import collections
import decimal
import enum
import re
import uuid


def of_int(value):
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise TypeError("value is not a valid integer") from None


def of_float(value):
    try:
        return value if isinstance(value, float) else float(value)
    except (TypeError, ValueError):
        raise TypeError("value is not a valid float") from None


def of_str(value):
    if isinstance(value, str):
        return value.value if isinstance(value, enum.Enum) else value
    if isinstance(value, (int, float, decimal.Decimal)):
        return str(value)
    if isinstance(value, (bytes, bytearray)):
        return value.decode()
    raise TypeError("str type expected")


def of_bytes(value):
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, (int, float, decimal.Decimal)):
        return str(value).encode()
    raise TypeError("byte type expected")


WORDS = {True: (1, "1", "on", "t", "true", "y", "yes"), False: (0, "0", "off", "f", "false", "n", "no")}


def of_bool(value):
    text = value.decode() if isinstance(value, bytes) else value
    text = text.lower() if isinstance(text, str) else text
    for meant, words in WORDS.items():
        if isinstance(text, (str, int, float)) and text in words:
            return meant
    raise TypeError("value could not be parsed to a boolean")


def of_decimal(value):
    try:
        found = value if isinstance(value, decimal.Decimal) else decimal.Decimal(str(value).strip())
    except decimal.DecimalException:
        raise TypeError("value is not a valid decimal") from None
    if not found.is_finite():
        raise ValueError("value is not a valid decimal")
    return found


def of_uuid(value):
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(value.decode() if isinstance(value, bytes) else value)
    except (ValueError, AttributeError, TypeError):
        raise TypeError("value is not a valid uuid") from None


def of_path(value, kind):
    if isinstance(value, kind):
        return value
    try:
        return kind(value)
    except TypeError:
        raise TypeError("value is not a valid path") from None


def of_address(value, kind):
    if isinstance(value, kind):
        return value
    try:
        return kind(value)
    except (TypeError, ValueError):
        name = kind.__name__  # IPv4Address and the like
        raise TypeError("value is not a valid %s %s" % (name[:4], name[4:].lower())) from None


def of_pattern(value):
    if isinstance(value, re.Pattern):
        return value
    try:
        return re.compile(of_str(value))
    except re.error:
        raise ValueError("Invalid regular expression") from None


def of_callable(value):
    if callable(value):
        return value
    raise TypeError("%s is not callable" % value)


def of_dict(value):
    try:
        return value if isinstance(value, dict) else dict(value)
    except (TypeError, ValueError):
        raise TypeError("value is not a valid dict") from None


def of_ordered_dict(value):
    return value if isinstance(value, collections.OrderedDict) else collections.OrderedDict(of_dict(value))
