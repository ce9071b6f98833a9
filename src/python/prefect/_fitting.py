"""Makes a value what a type says, as pydantic 1 does: "5" for an int is 5."""
import collections
import collections.abc
import dataclasses
import datetime
import decimal
import enum
import inspect
import pathlib
import re
import types
import typing
import uuid

from ._scalars import of_address, of_bool, of_bytes, of_callable, of_decimal, of_dict, of_float, of_int, of_ordered_dict, of_path, of_pattern, of_str, of_uuid


class Faults(ValueError):
    """All that is wrong with one value."""

    def __init__(self, words):
        super().__init__("; ".join(words))
        self.words = words


def words_of(error):
    """What is wrong, fault by fault: pydantic lists them."""
    if isinstance(error, Faults):
        return error.words
    errors = getattr(error, "errors", None)
    return [each["msg"] for each in errors()] if callable(errors) else [str(error)]


def fitted(value, hint):
    """The value as this type. Raises ValueError or TypeError with what it should be."""
    origin = typing.get_origin(hint)
    args = typing.get_args(hint)
    if hint is typing.Any or hint is object or isinstance(hint, (typing.TypeVar, typing.ForwardRef, str)) or hint is inspect.Parameter.empty:
        return value
    if hasattr(hint, "__metadata__"):
        return fitted(value, hint.__origin__)
    if hasattr(hint, "__supertype__"):
        return fitted(value, hint.__supertype__)
    if origin is typing.Union or isinstance(hint, getattr(types, "UnionType", ())):
        return of_union(value, args)
    if hint is type(None) or hint is None:
        if value is None:
            return None
        raise TypeError("value is not None")
    if value is None:
        raise TypeError("none is not an allowed value")
    if origin is typing.Literal:
        if value in args:
            return value
        raise ValueError("unexpected value; permitted: %s" % ", ".join(repr(arg) for arg in args))
    if origin is not None:
        return of_generic(value, origin, args)
    return of_class(value, hint) if isinstance(hint, type) else value


def of_union(value, args):
    """By the first of the types that takes it."""
    if value is None and type(None) in args:
        return None
    words = []
    for kind in args:
        if kind is not type(None):
            try:
                return fitted(value, kind)
            except Exception as error:
                words += words_of(error)
    raise Faults(words)


def of_class(value, kind):
    for base, make in BY_CLASS:
        if issubclass(kind, base) if isinstance(base, type) else base(kind):
            return make(value, kind)
    if kind is collections.abc.Callable:
        return of_callable(value)
    if isinstance(value, kind):
        return value
    raise TypeError("instance of %s expected" % kind.__name__)


def of_model(value, kind):
    return kind.model_validate(value) if hasattr(kind, "model_validate") else kind.validate(value)


def of_pydantic(value, kind):
    """A type of pydantic's, such as a number with limits: by the pydantic that has made it."""
    import pydantic

    if hasattr(pydantic, "TypeAdapter"):
        return pydantic.TypeAdapter(kind).validate_python(value)
    return pydantic.parse_obj_as(kind, value)


def of_block(value, kind):
    from ._blocks import made

    if isinstance(value, kind):
        return value
    return made(kind, of_dict(value))


def of_enum(value, kind):
    if isinstance(value, kind):
        return value
    value = of_int(value) if issubclass(kind, enum.IntEnum) else value
    try:
        return kind(value)
    except ValueError:
        raise TypeError("value is not a valid enumeration member; permitted: %s" % ", ".join(repr(item.value) for item in kind)) from None


def of_dataclass(value, kind):
    from ._schema import hints_of

    if isinstance(value, kind):
        return value
    if isinstance(value, (list, tuple)):
        value = dict(zip([field.name for field in dataclasses.fields(kind)], value))
    if not isinstance(value, dict):
        raise TypeError("instance of %s, tuple or dict expected" % kind.__name__)
    kinds = hints_of(kind)
    needed = [field.name for field in dataclasses.fields(kind) if field.default is field.default_factory is dataclasses.MISSING]
    # As in pydantic 1, whatever the annotation says.
    may_be_none = [field.name for field in dataclasses.fields(kind) if field.default is None]
    return kind(**of_fields(value, kinds, [name for name in needed if kinds.get(name) is not None], may_be_none))


def of_fields(value, kinds, needed, may_be_none=()):
    """The values of an object, each as its type."""
    words = ["field required" for name in needed if name not in value]
    found = {}
    for name, item in value.items():
        try:
            found[name] = None if item is None and name in may_be_none else fitted(item, kinds.get(name, typing.Any))
        except Exception as error:
            words += words_of(error)
    if words:
        raise Faults(words)
    return found


def of_typed_dict(value, kind):
    from ._schema import hints_of

    if not isinstance(value, dict):
        raise TypeError("%s expected dict not %s" % (kind.__name__, type(value).__name__))
    return of_fields(value, hints_of(kind), getattr(kind, "__required_keys__", ()))


def of_named_tuple(value, kind):
    kinds = getattr(kind, "__annotations__", {})
    given = dict(zip(kind._fields, listed(value, "tuple")))
    needed = [name for name in kind._fields if name not in kind._field_defaults]
    return kind(**of_fields(given, kinds, needed))


def as_time(name):
    def read(value, _):
        from . import _times

        return getattr(_times, name)(value)

    return read


def plainly(make):
    return lambda value, _: make(value)


def sequence(kind):
    return lambda value, _: of_generic(value, kind, ())


def is_model(kind):
    return hasattr(kind, "model_validate") or hasattr(kind, "__fields__") and hasattr(kind, "parse_obj")


def is_of_pydantic(kind):
    return hasattr(kind, "__get_validators__") or hasattr(kind, "__get_pydantic_core_schema__")


def is_named_tuple(kind):
    return issubclass(kind, tuple) and hasattr(kind, "_fields")


def is_typed_dict(kind):
    return issubclass(kind, dict) and hasattr(kind, "__total__")


BY_CLASS = [
    (lambda kind: hasattr(kind, "get_block_type_slug"), of_block),
    (is_model, of_model),
    (is_of_pydantic, of_pydantic),
    (dataclasses.is_dataclass, of_dataclass),
    (is_named_tuple, of_named_tuple),
    (is_typed_dict, of_typed_dict),
    (enum.Enum, of_enum),
    (str, plainly(of_str)),
    (bytes, plainly(of_bytes)),
    (bool, plainly(of_bool)),
    (int, plainly(of_int)),
    (float, plainly(of_float)),
    (pathlib.PurePath, of_path),
    (datetime.datetime, as_time("moment_of")),
    (datetime.date, as_time("day_of")),
    (datetime.time, as_time("clock_of")),
    (datetime.timedelta, as_time("length_of")),
    (collections.OrderedDict, plainly(of_ordered_dict)),
    (dict, plainly(of_dict)),
    (list, sequence(list)),
    (tuple, sequence(tuple)),
    (set, sequence(set)),
    (frozenset, sequence(frozenset)),
    (collections.deque, sequence(collections.deque)),
    (uuid.UUID, plainly(of_uuid)),
    (decimal.Decimal, plainly(of_decimal)),
    (re.Pattern, plainly(of_pattern)),
    (lambda kind: kind.__module__ == "ipaddress", of_address),
]
MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping, collections.defaultdict, collections.OrderedDict)
SETS = (set, collections.abc.Set, collections.abc.MutableSet)
# What a list may be given as; the value keeps its kind for these.
SEQUENCES = (collections.abc.Sequence, collections.abc.MutableSequence, collections.abc.Collection)


def of_generic(value, origin, args):
    kind = args[0] if args else typing.Any
    if origin is tuple and args and args[-1] is not Ellipsis:
        items = listed(value, "tuple")
        if len(items) != len(args):
            raise ValueError("wrong tuple length %d, expected %d" % (len(items), len(args)))
        return tuple(each_fitted(zip(items, args)))
    if origin in (collections.abc.Iterable, collections.abc.Iterator, collections.abc.Generator):
        try:
            return iter(value)
        except TypeError:
            raise TypeError("value is not a valid iterable") from None
    if origin is collections.abc.Callable:
        return of_callable(value)
    if origin is re.Pattern:
        return of_pattern(value)
    if origin is collections.Counter:
        return of_mapping(value, origin, (kind, int))
    if origin in MAPPINGS:
        return of_mapping(value, origin, args)
    made, what = next(((made, what) for kinds, made, what in COLLECTIONS if origin in kinds), (None, None))
    if made is None:
        return value
    found = each_fitted((item, kind) for item in listed(value, what))
    if origin in SEQUENCES:
        return next((base(found) for base in (tuple, set, collections.deque) if isinstance(value, base)), found)
    return made(found)


COLLECTIONS = [
    ((list,), list, "list"),
    ((tuple,), tuple, "tuple"),
    (SETS, set, "set"),
    ((frozenset,), frozenset, "frozenset"),
    ((collections.deque,), collections.deque, "deque"),
    (SEQUENCES, list, "sequence"),
]


def of_mapping(value, origin, args):
    given = of_dict(value)
    if len(args) != 2:
        return given
    items = each_fitted((item, kind) for pair in given.items() for item, kind in zip(pair, args))
    found = dict(zip(items[::2], items[1::2]))
    if origin is collections.defaultdict:
        return collections.defaultdict(factory_of(args[1]), found)
    if origin is collections.Counter:
        return collections.Counter(found)
    # Of the others only `dict` is one, whatever it was given as.
    return found if origin is dict or type(given) is dict else like(given, found)


def factory_of(hint):
    """What makes the value of a key that is new."""
    made = typing.get_origin(hint) or hint
    return made if isinstance(made, type) else None


def like(given, found):
    """A mapping of the same kind, where that can be made of one."""
    if isinstance(given, collections.defaultdict):
        return collections.defaultdict(given.default_factory, found)
    try:
        return type(given)(found)
    except TypeError:
        return found


def each_fitted(pairs):
    """All values, each as its type; or all that is wrong with them."""
    found, words = [], []
    for item, kind in pairs:
        try:
            found.append(fitted(item, kind))
        except Exception as error:
            words += words_of(error)
    if words:
        raise Faults(words)
    return found


def listed(value, what):
    kinds = (list, tuple, set, frozenset, collections.deque)
    if isinstance(value, kinds) or hasattr(value, "__next__") or type(value).__name__ in ("ndarray", "Series", "dict_keys", "dict_values"):
        return list(value)
    raise TypeError("value is not a valid %s" % what)
