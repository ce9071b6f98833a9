"""Reads a flow of a Python file for its deployment: name, description, version and the schema of its parameters.

Run as `python3 -c SOURCE FILE FUNCTION`, where SOURCE begins with the text of prefect/_schema.py: Problem and schema_of are
from there. It needs the standard library of Python 3.8 and nothing else: `prefect` is replaced
by stand-ins while the file runs, so that no service is called and nothing has to be installed. The answer is one line of JSON
on standard output; what the file prints goes to standard error. Schemas are those of Prefect 2.10.4, which pydantic 1 makes.
"""
import importlib.machinery
import importlib.util
import inspect
import json
import os
import sys
import traceback
import types


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


def place_of(error, path):
    """The last line of the file that the error came through."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return "%s:%d" % (shown(path), lines[-1]) if lines else shown(path)


def shown(path):
    way = os.path.relpath(path)
    return path if way.startswith("..") else way


def only_flow(module, flows, path):
    """Its name; flows that the file imports do not count where it has one of its own."""
    own = [name for name in flows if vars(module)[name].fn.__module__ == module.__name__] or flows
    if len(own) == 1:
        return own[0]
    if not own:
        raise Problem("'%s' has no flow. Decorate a function with '@flow'." % shown(path))
    raise Problem("'%s' has %d flows: %s. Name one, as %s:%s." % (shown(path), len(own), ", ".join(own), shown(path), own[0]))


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
    flows = [key for key, value in vars(module).items() if isinstance(value, Flow)]
    name = name or only_flow(module, flows, path)
    found = getattr(module, name, None)
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
    return {"name": found.name, "description": found.description, "version": found.version, "schema": schema, "source": source, "export": name}


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
