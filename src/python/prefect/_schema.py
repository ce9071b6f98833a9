"""Makes the schema of a flow's parameters from its signature and its docstring, as Prefect 2.10.4 does by pydantic 1."""
import sys

if sys.version_info < (3, 8):
    sys.exit("Python 3.8 or newer is needed; '%s' is %d.%d" % ((sys.executable,) + tuple(sys.version_info[:2])))

import collections.abc
import dataclasses
import datetime
import decimal
import enum
import inspect
import ipaddress
import json
import pathlib
import re
import types
import typing
import uuid


class Problem(Exception):
    """A sentence for the person who builds."""


BY_CLASS = [
    (pathlib.PurePath, {"type": "string", "format": "path"}),
    (datetime.datetime, {"type": "string", "format": "date-time"}),
    (datetime.date, {"type": "string", "format": "date"}),
    (datetime.time, {"type": "string", "format": "time"}),
    (datetime.timedelta, {"type": "number", "format": "time-delta"}),
    (ipaddress.IPv4Network, {"type": "string", "format": "ipv4network"}),
    (ipaddress.IPv6Network, {"type": "string", "format": "ipv6network"}),
    (ipaddress.IPv4Interface, {"type": "string", "format": "ipv4interface"}),
    (ipaddress.IPv6Interface, {"type": "string", "format": "ipv6interface"}),
    (ipaddress.IPv4Address, {"type": "string", "format": "ipv4"}),
    (ipaddress.IPv6Address, {"type": "string", "format": "ipv6"}),
    (re.Pattern, {"type": "string", "format": "regex"}),
    (str, {"type": "string"}),
    (bytes, {"type": "string", "format": "binary"}),
    (bool, {"type": "boolean"}),
    (int, {"type": "integer"}),
    (float, {"type": "number"}),
    (decimal.Decimal, {"type": "number"}),
    (uuid.UUID, {"type": "string", "format": "uuid"}),
    (dict, {"type": "object"}),
    (list, {"type": "array", "items": {}}),
    (tuple, {"type": "array", "items": {}}),
    (set, {"type": "array", "items": {}, "uniqueItems": True}),
    (frozenset, {"type": "array", "items": {}, "uniqueItems": True}),
]
SETS = (set, frozenset, collections.abc.Set, collections.abc.MutableSet)
LISTS = SETS + (
    list,
    collections.deque,
    collections.abc.Sequence,
    collections.abc.MutableSequence,
    collections.abc.Iterable,
    collections.abc.Collection,
)
MAPPINGS = (
    dict,
    collections.defaultdict,
    collections.OrderedDict,
    collections.Counter,
    collections.abc.Mapping,
    collections.abc.MutableMapping,
)
NONE = type(None)


class Unknown(Exception):
    """A type that no schema says anything of."""


class Left(Exception):
    """A parameter that schemas leave out."""


class Schemas:
    def __init__(self):
        self.definitions = {}

    def of(self, kind):
        """The keywords of a type. Raises Unknown for one that has none."""
        origin = typing.get_origin(kind)
        if kind is typing.Any or kind is inspect.Parameter.empty or kind is object:
            return {}
        if isinstance(kind, typing.TypeVar):
            if kind.__bound__ is not None:
                return self.of(kind.__bound__)
            return self.any_of(kind.__constraints__) if kind.__constraints__ else {}
        if hasattr(kind, "__supertype__"):
            return self.of(kind.__supertype__)
        if str(origin) == "typing.Annotated" or hasattr(kind, "__metadata__"):
            return self.of(kind.__origin__)
        if origin is typing.Union or isinstance(kind, getattr(types, "UnionType", ())):
            return self.any_of([part for part in typing.get_args(kind) if part is not NONE])
        if origin is typing.Literal or str(origin).endswith(".Literal"):
            return literal(typing.get_args(kind))
        if origin is not None:
            return self.of_generic(kind, origin, typing.get_args(kind))
        if kind is collections.abc.Callable or kind is typing.Callable:
            raise Left()
        if not isinstance(kind, type):
            raise Unknown()
        return self.of_class(kind)

    def any_of(self, parts):
        found = [self.of(part) for part in parts]
        return found[0] if len(found) == 1 else {"anyOf": found}

    def of_generic(self, kind, origin, args):
        if origin is tuple:
            return self.of_tuple(args)
        if origin in LISTS:
            items = self.of(args[0]) if args and not isinstance(args[0], typing.TypeVar) else {}
            unique = {"uniqueItems": True} if origin in SETS else {}
            return dict({"type": "array", "items": items}, **unique)
        if origin in MAPPINGS:
            values = {"type": "integer"} if origin is collections.Counter else {}
            if len(args) == 2 and not isinstance(args[1], typing.TypeVar):
                values = self.of(args[1])
            return dict({"type": "object"}, **({"additionalProperties": values} if values else {}))
        if origin is collections.abc.Callable:
            raise Left()
        if origin is re.Pattern:
            return {"type": "string", "format": "regex"}
        raise Unknown()

    def of_tuple(self, args):
        if not args:
            return {"type": "array", "items": {}}
        if len(args) == 2 and args[1] is Ellipsis:
            return {"type": "array", "items": self.of(args[0])}
        if args == ((),):
            args = ()
        items = [self.of(part) for part in args]
        return {"type": "array", "minItems": len(items), "maxItems": len(items), "items": items}

    def of_class(self, kind):
        if issubclass(kind, enum.Enum):
            return self.defined(kind, enumeration)
        if hasattr(kind, "__fields__") and hasattr(kind, "schema") or hasattr(kind, "model_json_schema"):
            return self.model(kind)
        if dataclasses.is_dataclass(kind):
            return self.defined(kind, self.fields_of_dataclass)
        if hasattr(kind, "__total__"):
            return self.defined(kind, self.fields_of_typed_dict)
        if issubclass(kind, tuple) and hasattr(kind, "_fields"):
            return self.named_tuple(kind)
        for known, keywords in BY_CLASS:
            if issubclass(kind, known):
                return json.loads(json.dumps(keywords))
        raise Unknown()

    def defined(self, kind, make):
        name = kind.__name__
        if name not in self.definitions:
            self.definitions[name] = None  # it may contain itself
            definition = make(kind)
            del self.definitions[name]
            self.definitions[name] = definition
        return {"$ref": "#/definitions/" + name}

    def model(self, kind):
        """A pydantic model says of itself what it is."""
        name = kind.__name__
        template = "#/definitions/{model}"
        if hasattr(kind, "model_json_schema"):
            whole = kind.model_json_schema(ref_template=template)
            inner = whole.pop("$defs", {})
        else:
            whole = kind.schema(ref_template=template)
            inner = whole.pop("definitions", {})
        self.definitions.update(inner)
        if "$ref" not in whole:
            self.definitions[name] = whole
        return {"$ref": "#/definitions/" + name}

    def fields_of_dataclass(self, kind):
        hints = hints_of(kind)
        fields = [field for field in dataclasses.fields(kind) if field.init]
        empty = dataclasses.MISSING
        return self.object(
            kind.__name__,
            [
                (field.name, hints.get(field.name, field.type), field.default, field.default is empty and field.default_factory is empty)
                for field in fields
            ],
        )

    def fields_of_typed_dict(self, kind):
        required = getattr(kind, "__required_keys__", None)
        is_required = lambda name: kind.__total__ if required is None else name in required
        empty = dataclasses.MISSING
        return self.object(kind.__name__, [(name, hint, empty, is_required(name)) for name, hint in hints_of(kind).items()])

    def named_tuple(self, kind):
        hints = hints_of(kind)
        items = []
        for name in kind._fields:
            keywords = self.of(hints.get(name, typing.Any))
            items.append(keywords if "$ref" in keywords else dict({"title": titled(name)}, **keywords))
        return {"type": "array", "items": items, "minItems": len(items), "maxItems": len(items)}

    def object(self, title, fields):
        properties = {}
        required = []
        for name, hint, default, is_required in fields:
            keywords = self.of(hint)
            given = {}
            if default is not dataclasses.MISSING and default is not None:
                given["default"] = plain(default)
            if "$ref" in keywords:
                properties[name] = dict({"title": titled(name)}, **given, allOf=[keywords]) if given else keywords
                given and properties[name].pop("title")
            else:
                properties[name] = dict({"title": titled(name)}, **given, **keywords)
            if is_required:
                required.append(name)
        made = {"title": title, "type": "object", "properties": properties}
        return dict(made, required=required) if required else made


def hints_of(thing):
    try:
        return typing.get_type_hints(thing)
    except Exception:
        return dict(getattr(thing, "__annotations__", {}))


def titled(name):
    return name.title().replace("_", " ")


def enumeration(kind):
    made = {
        "title": kind.__name__,
        "description": inspect.cleandoc(kind.__doc__ or "An enumeration."),
        "enum": [plain(member.value) for member in kind],
    }
    for known, keywords in BY_CLASS:
        if issubclass(kind, known):
            return dict(made, **keywords)
    return made


def literal(values):
    values = [value.value if isinstance(value, enum.Enum) else value for value in values]
    kinds = list(dict.fromkeys(type(value) for value in values))
    made = []
    for kind in kinds:
        keywords = {"enum": [value for value in values if type(value) is kind]}
        for known, of_kind in BY_CLASS:
            if issubclass(kind, known):
                keywords.update(of_kind)
                break
        made.append(keywords)
    return made[0] if len(made) == 1 else {"anyOf": made}


def plain(value):
    """A default as JSON. Raises TypeError for what JSON has no form of."""
    if hasattr(value, "model_dump") and not isinstance(value, type):
        return plain(value.model_dump())
    if hasattr(value, "__fields__") and hasattr(value, "dict") and not isinstance(value, type):
        return plain(value.dict())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(dataclasses.asdict(value))
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple, set, frozenset, collections.deque)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, decimal.Decimal):
        return int(value) if value.as_tuple().exponent >= 0 else float(value)
    if isinstance(value, re.Pattern):
        return value.pattern
    if isinstance(value, (pathlib.PurePath, uuid.UUID)) or type(value).__module__ == "ipaddress":
        return str(value)
    if hasattr(value, "get_secret_value"):
        return str(value)
    raise TypeError(type(value).__name__)


SECTION = re.compile(r"^(\w[\s\w-]*):(\s+\S.*)?\s*$")
PARAMETER_SECTIONS = ("args", "arguments", "params", "parameters")


def documented(fn):
    """What a docstring in Google's style says of each parameter. The last section counts."""
    # Cleaned twice, as Prefect's reader does it: a section on the first line loses its indentation, and says nothing.
    lines = inspect.cleandoc((inspect.getdoc(fn) or "").rstrip()).split("\n")
    found = {}
    in_code = False
    for at, line in enumerate(lines):
        if line.lstrip(" ").startswith("```"):
            in_code = not in_code
        match = None if in_code else SECTION.match(line)
        if match and match.group(1).lower() in PARAMETER_SECTIONS:
            found = items_of(lines[at + 1 :]) or found
    return found


def items_of(lines):
    while lines and not lines[0].strip():
        lines = lines[1:]
    indent = len(lines[0]) - len(lines[0].lstrip()) if lines else 0
    if indent == 0:
        return {}
    items = []
    for line in lines:
        if not line.strip():
            items and items[-1].append("")
        elif items and line.startswith(" " * indent * 2):
            items[-1].append(line[indent * 2 :])
        elif items and line.startswith(" " * (indent + 1)):
            items[-1].append(line.lstrip())
        elif line.startswith(" " * indent):
            items.append([line[indent:]])
        else:
            break
    found = {}
    for first, *more in items:
        if ":" in first:
            head, description = first.split(":", 1)
            found[head.split(" ", 1)[0]] = "\n".join([description.lstrip()] + more).rstrip("\n")
    return found


def schema_of(fn):
    """Raises Problem where Prefect refuses the signature."""
    signature = inspect.signature(fn)
    for name in ("return_state", "wait_for"):
        if name in signature.parameters:
            raise Problem("'%s' is a reserved argument name and cannot be used" % name)
    hints = hints_of(fn)
    if "pydantic" in sys.modules and str(getattr(sys.modules["pydantic"], "VERSION", "")).startswith("1."):
        return schema_by_pydantic(signature, hints, documented(fn))
    schemas = Schemas()
    docs = documented(fn)
    properties = {}
    required = []
    for position, parameter in enumerate(signature.parameters.values()):
        name = parameter.name
        if name.startswith("_"):
            continue  # pydantic takes it for private
        kind = hints.get(name, parameter.annotation)
        try:
            before = dict(schemas.definitions)
            keywords = schemas.of(kind)
        except Left:
            continue
        except Exception:
            schemas.definitions = before
            keywords = {}
        made = {"title": name}
        if docs.get(name):
            made["description"] = docs[name]
        if parameter.default is parameter.empty:
            required.append(name)
        elif parameter.default is not None:
            try:
                made["default"] = plain(parameter.default)
            except (TypeError, ValueError):
                pass
        made["position"] = position
        made.update({"allOf": [keywords]} if "$ref" in keywords else keywords)
        properties[name] = made
    return whole(properties, required, schemas.definitions)


def whole(properties, required, definitions):
    made = {"title": "Parameters", "type": "object", "properties": properties}
    if required:
        made["required"] = required
    if definitions:
        made["definitions"] = definitions
    return made


def schema_by_pydantic(signature, hints, docs):
    """By the library itself, as the file uses it: with the steps of Prefect 2.10.4's `parameter_schema`."""
    import warnings

    import pydantic

    warnings.simplefilter("ignore")
    Config = type("Config", (), {"arbitrary_types_allowed": True})
    fields = {}
    for position, parameter in enumerate(signature.parameters.values()):
        name = parameter.name
        is_taken = hasattr(pydantic.BaseModel, name)
        kind = hints.get(name, typing.Any if parameter.annotation is parameter.empty else parameter.annotation)
        default = ... if parameter.default is parameter.empty else parameter.default
        alias = name if is_taken else None
        field = pydantic.Field(default=default, title=name, description=docs.get(name), alias=alias, position=position)
        key = name + "__" if is_taken else name
        try:
            pydantic.create_model("CheckParameter", __config__=Config, **{key: (kind, field)}).schema(by_alias=True)
        except (ValueError, RuntimeError):
            kind = typing.Any
        fields[key] = (kind, field)
    model = pydantic.create_model("Parameters", __config__=Config, **fields)
    made = json.loads(model.schema_json(by_alias=True))
    return whole(made.get("properties", {}), made.get("required", []), made.get("definitions", {}))
