"""Checks the parameters of a flow, and makes them what their annotations say, as pydantic 1 does: "5" for an int is 5."""
import inspect

from ._api import PrefectException


class ParameterTypeError(PrefectException, TypeError):
    """A value that does not fit its parameter."""


class ParameterBindError(PrefectException, TypeError):
    """A call that its function does not take."""


def bind(fn, args, kwargs):
    """The parameters of a call by name, defaults among them."""
    signature = inspect.signature(fn)
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        raise ParameterBindError("Error binding parameters for function '%s': %s." % (fn.__name__, error)) from None
    bound.apply_defaults()
    return dict(bound.arguments)


def call_with(fn, parameters):
    """The arguments of a call with these parameters."""
    args = []
    kwargs = {}
    for name, parameter in inspect.signature(fn).parameters.items():
        if name not in parameters:
            continue
        value = parameters[name]
        if parameter.kind is parameter.VAR_POSITIONAL:
            args.extend(value)
        elif parameter.kind is parameter.VAR_KEYWORD:
            kwargs.update(value)
        elif parameter.kind is parameter.KEYWORD_ONLY:
            kwargs[name] = value
        else:
            args.append(value)
    return args, kwargs


def validated(fn, given):
    """The parameters of a run, checked. Those that are not given have the function's defaults."""
    from ._schema import hints_of

    signature = inspect.signature(fn)
    hints = hints_of(fn)
    names = list(signature.parameters)
    problems = ["%s: unexpected parameter; the flow has %s" % (name, ", ".join(names) or "none") for name in given if name not in names]
    found = {}
    for name, parameter in signature.parameters.items():
        is_many = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if name not in given:
            if is_many:
                found[name] = () if parameter.kind is parameter.VAR_POSITIONAL else {}
            elif parameter.default is parameter.empty:
                problems.append("%s: field required" % name)
            else:
                found[name] = parameter.default
            continue
        hint = hints.get(name, inspect.Parameter.empty)
        if is_many or hint is inspect.Parameter.empty:
            found[name] = given[name]
            continue
        if given[name] is None and parameter.default is None:
            found[name] = None
            continue
        try:
            found[name] = fitted(given[name], hint)
        except Exception as error:
            problems += ["%s: %s" % (name, said) for said in words_of(error)]
    if problems:
        raise ParameterTypeError("Flow run received invalid parameters:\n - " + "\n - ".join(problems))
    return found


def words_of(error):
    """What is wrong, fault by fault: pydantic lists them."""
    errors = getattr(error, "errors", None)
    return [each["msg"] for each in errors()] if callable(errors) else [str(error)]


def fitted(value, hint):
    """The value as this type. Raises ValueError with what it should be."""
    import collections.abc
    import dataclasses
    import datetime
    import decimal
    import enum
    import pathlib
    import types
    import typing
    import uuid

    origin = typing.get_origin(hint)
    args = typing.get_args(hint)
    if hint is typing.Any or hint is object or isinstance(hint, (typing.TypeVar, str)) or hint is inspect.Parameter.empty:
        return value
    if hasattr(hint, "__metadata__"):
        return fitted(value, hint.__origin__)
    if hasattr(hint, "__supertype__"):
        return fitted(value, hint.__supertype__)
    if origin is typing.Union or isinstance(hint, getattr(types, "UnionType", ())):
        return of_union(value, args)
    if origin is typing.Literal:
        if value in args:
            return value
        raise ValueError("unexpected value; permitted: %s" % ", ".join(repr(arg) for arg in args))
    if value is None:
        if hint is type(None) or hint is None:
            return None
        raise ValueError("none is not an allowed value")
    if origin is not None:
        return of_generic(value, origin, args)
    if not isinstance(hint, type):
        return value
    if issubclass(hint, enum.Enum):
        if isinstance(value, hint):
            return value
        try:
            return hint(value)
        except ValueError:
            raise ValueError("value is not a valid enumeration member; permitted: %s" % ", ".join(repr(item.value) for item in hint))
    if hasattr(hint, "model_validate"):
        return hint.model_validate(value)
    if hasattr(hint, "__fields__") and hasattr(hint, "parse_obj"):
        return value if isinstance(value, hint) else hint.parse_obj(value)
    if dataclasses.is_dataclass(hint):
        if isinstance(value, hint):
            return value
        if not isinstance(value, dict):
            raise ValueError("value is not a valid %s" % hint.__name__)
        from ._schema import hints_of

        kinds = hints_of(hint)
        return hint(**{key: fitted(item, kinds.get(key, typing.Any)) for key, item in value.items()})
    if hint is bool:
        return of_bool(value)
    if hint is int:
        if isinstance(value, bool) or isinstance(value, int):
            return int(value)
        try:
            return int(value)
        except (TypeError, ValueError):
            raise ValueError("value is not a valid integer")
    if hint is float:
        try:
            return float(value)
        except (TypeError, ValueError):
            raise ValueError("value is not a valid float")
    if hint is str:
        if isinstance(value, (str, int, float, decimal.Decimal)) and not isinstance(value, enum.Enum):
            return value if isinstance(value, str) else str(value)
        if isinstance(value, (bytes, bytearray)):
            return value.decode()
        if isinstance(value, str):
            return value.value
        raise ValueError("str type expected")
    if hint is bytes:
        return value.encode() if isinstance(value, str) else bytes(value)
    if hint is decimal.Decimal:
        return decimal.Decimal(str(value))
    if hint is datetime.datetime:
        return of_moment(value)
    if hint is datetime.date:
        return of_moment(value).date() if isinstance(value, (str, int, float)) and "T" in str(value) else of_date(value)
    if hint is datetime.time:
        return value if isinstance(value, datetime.time) else datetime.time.fromisoformat(value)
    if hint is datetime.timedelta:
        return value if isinstance(value, datetime.timedelta) else datetime.timedelta(seconds=float(value))
    if hint is uuid.UUID:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))
    if issubclass(hint, pathlib.PurePath):
        return value if isinstance(value, hint) else hint(value)
    if hint in (list, tuple, set, frozenset):
        return of_generic(value, hint, ())
    if hint is dict:
        return of_generic(value, dict, ())
    if isinstance(value, hint) or hint in (collections.abc.Callable,):
        return value
    if issubclass(hint, (str, int, float)):
        return hint(value)
    raise ValueError("instance of %s expected" % hint.__name__)


def of_union(value, args):
    if value is None and type(None) in args:
        return None
    kinds = [arg for arg in args if arg is not type(None)]
    problem = None
    for kind in kinds:
        try:
            return fitted(value, kind)
        except Exception as error:
            problem = problem or error
    raise problem


def of_bool(value):
    if isinstance(value, bool):
        return value
    text = str(value).lower()
    if text in ("1", "true", "t", "yes", "y", "on"):
        return True
    if text in ("0", "false", "f", "no", "n", "off"):
        return False
    raise ValueError("value could not be parsed to a boolean")


def of_moment(value):
    import datetime

    if isinstance(value, datetime.datetime):
        return value
    if isinstance(value, (int, float)):
        return datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
    try:
        text = str(value).strip().replace("Z", "+00:00").replace(" ", "T", 1)
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("invalid datetime format")


def of_date(value):
    import datetime

    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("invalid date format")


def of_generic(value, origin, args):
    import collections
    import collections.abc
    import typing

    kind = args[0] if args and not isinstance(args[0], typing.TypeVar) else typing.Any
    if origin is tuple:
        items = listed(value, "tuple")
        if not args:
            return tuple(items)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(fitted(item, kind) for item in items)
        if len(items) != len(args):
            raise ValueError("wrong tuple length %d, expected %d" % (len(items), len(args)))
        return tuple(fitted(item, each) for item, each in zip(items, args))
    if origin in (set, frozenset, collections.abc.Set, collections.abc.MutableSet):
        made = frozenset if origin is frozenset else set
        return made(fitted(item, kind) for item in listed(value, "set"))
    if origin in (dict, collections.abc.Mapping, collections.abc.MutableMapping, collections.defaultdict, collections.OrderedDict):
        if not isinstance(value, collections.abc.Mapping):
            raise ValueError("value is not a valid dict")
        if len(args) != 2:
            return dict(value)
        return {fitted(key, args[0]): fitted(item, args[1]) for key, item in value.items()}
    if origin in (list, collections.deque, collections.abc.Sequence, collections.abc.MutableSequence, collections.abc.Iterable, collections.abc.Collection):
        items = [fitted(item, kind) for item in listed(value, "list")]
        return collections.deque(items) if origin is collections.deque else items
    return value


def listed(value, what):
    if isinstance(value, (list, tuple, set, frozenset)) or hasattr(value, "__next__") or type(value).__name__ in ("deque", "ndarray", "Series", "dict_keys", "dict_values"):
        return list(value)
    raise ValueError("value is not a valid %s" % what)


for _kind in (ParameterTypeError, ParameterBindError):
    _kind.__module__ = "prefect.exceptions"
