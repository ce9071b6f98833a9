"""Reads a flow of a Python file for its deployment: name, description, version and the schema of its parameters.

Run as `python3 -c SOURCE FILE FUNCTION`. It needs the standard library of Python 3.8 and nothing else: `prefect` is replaced
by stand-ins while the file runs, so that no service is called and nothing has to be installed. The answer is one line of JSON
on standard output; what the file prints goes to standard error. Schemas are those of Prefect 2.10.4, which pydantic 1 makes.
"""
import sys

if sys.version_info < (3, 8):
    sys.exit("Python 3.8 or newer is needed; '%s' is %d.%d." % ((sys.executable,) + tuple(sys.version_info[:2])))

import importlib.machinery
import importlib.util
import inspect
import json
import os
import traceback
import types


class Problem(Exception):
    """A sentence for the person who builds."""


class Anything:
    """Whatever a file takes from a package that is not there: it can be called, read, subscribed and inherited from."""

    def __init__(self, name):
        self.__dict__["_name"] = name

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Anything(self._name + "." + name)

    def __setattr__(self, name, value):
        self.__dict__[name] = value

    def __call__(self, *args, **kwargs):
        # As a decorator it leaves the function as it is.
        is_decorated = len(args) == 1 and not kwargs and isinstance(args[0], (types.FunctionType, type, Flow))
        return args[0] if is_decorated else Anything(self._name + "()")

    def __getitem__(self, key):
        return Anything(self._name + "[]")

    def __setitem__(self, key, value):
        pass

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0

    def __bool__(self):
        return True

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def __mro_entries__(self, bases):
        return (object,)

    def __or__(self, other):
        return self

    __ror__ = __add__ = __radd__ = __truediv__ = __or__

    def __str__(self):
        return self._name


class Flow:
    """A function that was decorated with @flow."""

    def __init__(self, fn, name=None, version=None, description=None, **options):
        if not callable(fn):
            raise TypeError("'fn' must be callable")
        self.fn = fn
        self.given = {"name": name, "version": version, "description": description}
        self.name = text_of(name, "name") or getattr(fn, "__name__", "flow").replace("_", "-")
        self.version = text_of(version, "version")
        self.description = text_of(description, "description") or inspect.getdoc(fn)

    def with_options(self, **options):
        kept = {key: value for key, value in self.given.items() if value is not None}
        kept.update({key: value for key, value in options.items() if value is not None})
        return Flow(self.fn, **kept)

    def __call__(self, *args, **kwargs):
        print("Note: '%s' is not run while its file is read." % self.fn.__name__, file=sys.stderr)
        return Anything(self.name + "()")

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything("flow." + name)


def text_of(value, what):
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return str(value)
    raise Problem("the %s of a flow must be text, and is not known without running Prefect" % what)


def flow(fn=None, **options):
    if fn is None:
        return lambda wrapped: Flow(wrapped, **options)
    return Flow(fn, **options)


def task(fn=None, **options):
    if fn is None:
        return lambda wrapped: Task(wrapped)
    return Task(fn)


class Task(Anything):
    def __init__(self, fn):
        self.__dict__.update(_name=getattr(fn, "__name__", "task"), fn=fn)

    def __call__(self, *args, **kwargs):
        return Anything(self._name + "()")


STAND_INS = {"flow": flow, "task": task, "Flow": Flow}


class StandIn(types.ModuleType):
    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__") and name != "__version__":
            raise AttributeError(name)
        if name == "__version__":
            return "2.10.4"
        if self.__name__.split(".")[0] in ("prefect", "orch") and name in STAND_INS:
            return STAND_INS[name]
        return Anything(self.__name__ + "." + name)


class Finder:
    """Gives stand-ins for the packages of Prefect, and for those that turned out to be missing."""

    def __init__(self, missing):
        self.missing = missing

    def find_spec(self, name, path=None, target=None):
        top = name.split(".")[0]
        if top in ("prefect", "orch") or top in self.missing or (top.startswith("prefect_") and not is_found(top)):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return StandIn(spec.name)

    def exec_module(self, module):
        pass


def is_found(top):
    return importlib.machinery.PathFinder.find_spec(top) is not None


def load(path, missing):
    """Runs the file as Prefect does: under the name `__prefect_loader__`, with its folder and this one to import from."""
    folder = os.path.dirname(os.path.abspath(path))
    places = [folder, os.getcwd()]
    spec = importlib.util.spec_from_file_location("__prefect_loader__", path, submodule_search_locations=list(places))
    module = importlib.util.module_from_spec(spec)
    before = set(sys.modules)
    sys.modules["__prefect_loader__"] = module
    sys.path[:] = places + [place for place in START_PATH if place not in places]
    sys.meta_path[:] = [Finder(missing)] + START_FINDERS
    sys.argv[:] = [path]
    try:
        spec.loader.exec_module(module)
        return module
    except ModuleNotFoundError as error:
        top = (error.name or "").split(".")[0]
        if top in ("", "__prefect_loader__") or top in missing or is_found(top) or top in sys.builtin_module_names:
            raise
        # Begin again: what the file does without a package is its own matter, if it catches the error.
        for name in set(sys.modules) - before:
            del sys.modules[name]
        print("Note: '%s' is not installed for %s: its types are not known." % (top, sys.executable), file=sys.stderr)
        return load(path, missing | {top})
    finally:
        sys.modules.setdefault("__prefect_loader__", module)


START_PATH = [place for place in sys.path if place != ""]
START_FINDERS = list(sys.meta_path)


# Schemas, as pydantic 1 makes them.

import collections.abc
import dataclasses
import datetime
import decimal
import enum
import ipaddress
import pathlib
import re
import typing
import uuid

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


def place_of(error, path):
    """The last line of the file that the error came through."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return "%s:%d" % (shown(path), lines[-1]) if lines else shown(path)


def shown(path):
    way = os.path.relpath(path)
    return path if way.startswith("..") else way


def describe(path, name):
    try:
        module = load(path, frozenset())
    except SyntaxError as error:
        place = ":".join(str(part) for part in (shown(error.filename or path), error.lineno, error.offset) if part)
        raise Problem("%s: %s" % (place, error.msg))
    except Problem as error:
        raise Problem("Script at '%s' cannot be read: %s." % (place_of(error, path), error))
    except SystemExit as error:
        sentence = "ended its process (sys.exit): what stands at its top level runs whenever it is loaded"
        raise Problem("Script at '%s' %s." % (place_of(error, path), sentence))
    except BaseException as error:
        said = "".join(traceback.format_exception_only(type(error), error)).strip().split("\n")[-1]
        raise Problem("Script at '%s' encountered an exception: %s" % (place_of(error, path), said))
    found = getattr(module, name, None)
    flows = [key for key, value in vars(module).items() if isinstance(value, Flow)]
    if not isinstance(found, Flow):
        if hasattr(module, name):
            raise Problem("Function with name '%s' is not a flow. Make sure that it is decorated with '@flow'." % name)
        there = "The flows in it are: %s." % ", ".join(flows) if flows else "It has no flow."
        raise Problem("Flow function with name '%s' not found in '%s'. %s" % (name, shown(path), there))
    for other in flows:
        value = vars(module)[other]
        if value.name == found.name and value.fn is not found.fn:
            print("Note: '%s' and '%s' are both called '%s': give one another name, as @flow(name=…)." % (name, other, found.name), file=sys.stderr)
    try:
        schema = schema_of(found.fn)
    except Problem as error:
        raise Problem("The flow '%s' in '%s' cannot be deployed: %s." % (name, shown(path), error))
    source = inspect.getsourcefile(inspect.unwrap(found.fn)) or path
    return {"name": found.name, "description": found.description, "version": found.version, "schema": schema, "source": source}


def files_of(path):
    """The modules of the project that were loaded."""
    here = os.getcwd() + os.sep
    packages = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep, os.sep + "lib" + os.sep + "python")
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    ours = [file for file in files if isinstance(file, str) and os.path.abspath(file).startswith(here)]
    return sorted({os.path.abspath(path)} | {os.path.abspath(file) for file in ours if not any(part in file for part in packages)})


def main():
    path, name = os.path.abspath(sys.argv[1]), sys.argv[2]
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        answer = {"flow": describe(path, name)}
    except Problem as error:
        answer = {"problem": str(error)}
    answer["files"] = files_of(path)
    sys.stdout.flush()
    answers.write(json.dumps(answer) + "\n")
    answers.flush()
    os._exit(0)  # threads that the file has started are not waited for


main()
