"""Loads Prefect once, and forks a process for each flow run that the agent orders.

The first line of standard input is JSON: the environment that the agent gave. An order is a line of JSON: `id`, `words` (what would follow the interpreter on the command line), `environment`,
`folder`, `socket` and `token`. Answers are lines of JSON on standard output: `ready` or `unable` (why) once, then for an order
`cold` (why it needs a process of its own), `changed` (this process is out of date), or `ended` (exit code, −N for signal N).
A forked process connects its output and its errors to the socket, says its token, its pid and which of the two it is, and begins
when it reads a byte: before that it leaves no trace. At the end of standard input this process ends; what it has forked goes on.
"""
import os
import sys

with open("/proc/self/environ", "rb") as given:
    SET_AT_START = dict(os.fsdecode(entry).split("=", 1) for entry in given.read().split(b"\0") if b"=" in entry)
# By Python itself: LC_CTYPE, where the locale says nothing.
ADDED_AT_START = dict((name, value) for name, value in os.environ.items() if name not in SET_AT_START)
READ_AT_IMPORT = set()
# Read by the C library, by Python, or by packages that go through all variables. PREFECT_X is read anew in each fork.
PREFIXES = ("PYTHON", "LD_", "LC_", "MALLOC_", "GLIBC_", "SSL_CERT_", "OPENSSL_", "FSSPEC_", "fsspec_")
ALWAYS = {"HOME", "LANG", "LANGUAGE", "LOCPATH", "NLSPATH", "TZ", "TZDIR", "PREFECT_EXTRA_ENTRYPOINTS"}


def main():
    """Returns in a forked process alone: the code to run there."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(**answer):
        import json

        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    sys.path.pop(0)  # of `-c`: the current folder
    folders = stamps(sys.path)
    try:
        why = obstacle_to_loading(first_line())
        if not why:
            load()
            why = obstacle()
    except BaseException as error:
        why = "Prefect could not be loaded: %s: %s" % (type(error).__name__, error)
    if why:
        say(unable=why)
        sys.exit(0)
    before = stamps(loaded_files())
    before.update(folders)
    sys.stdout.flush()
    say(ready=True)
    order = serve(say, before)
    return begin(order, answers)


def first_line():
    import json

    text = b""
    while not text.endswith(b"\n"):
        chunk = os.read(0, 1 << 16)
        if not chunk:
            os._exit(0)
        text += chunk
    return json.loads(text)


# By shells, when they start a script.
SET_BY_SHELLS = {"PWD", "OLDPWD", "SHLVL", "_"}


def obstacle_to_loading(given):
    given = dict((name, value.encode("utf-8", "surrogatepass")) for name, value in given.items())
    here = dict((name, os.fsencode(value)) for name, value in SET_AT_START.items())
    for name in sorted((set(given) | set(here)) - SET_BY_SHELLS):
        if given.get(name) != here.get(name):
            return "this Python is started by a script that changes the variable %s" % name
    path = os.environ.get("PYTHONPATH")
    if path and not all(os.path.isabs(entry) for entry in path.split(os.pathsep)):
        return "PYTHONPATH names a folder relative to that of the run"
    return None


def load():
    """Imports what a run imports, and notes the variables that are read meanwhile."""
    kind = type(os.environ)
    item, contains, each, copy = kind.__getitem__, kind.__contains__, kind.__iter__, kind.copy
    is_copied = []

    def noted(self, name):
        if not is_copied:
            READ_AT_IMPORT.add(name)
        return item(self, name)

    def noted_contains(self, name):
        READ_AT_IMPORT.add(name)
        return contains(self, name)

    def items(self):
        is_copied.append(True)
        try:
            return dict((name, self[name]) for name in each(self)).items()
        finally:
            is_copied.pop()

    kind.__getitem__, kind.__contains__, kind.items, kind.copy = noted, noted_contains, items, lambda self: dict(items(self))
    try:
        import importlib

        import prefect.deployments
        import prefect.engine

        for name in PRELOADED:
            try:
                importlib.import_module(name)
            except ImportError:
                pass  # of another version
    finally:
        kind.__getitem__, kind.__contains__, kind.copy = item, contains, copy
        del kind.items  # that of Mapping again


# Imported by the first call of the API.
PRELOADED = ("anyio._backends._asyncio",)


def obstacle():
    """Why nothing can be forked here; None when it can."""
    import prefect.context
    import prefect.logging.configuration

    if getattr(sys.flags, "safe_path", False):
        return "PYTHONSAFEPATH is set"
    if len(os.listdir("/proc/self/task")) > 1:
        return "a package that is imported with Prefect has started a thread"
    for module, name in (
        (prefect.context, "GLOBAL_SETTINGS_CONTEXT"),
        (prefect.context, "root_settings_context"),
        (prefect.logging.configuration, "PROCESS_LOGGING_CONFIG"),
        (prefect.logging.configuration, "setup_logging"),
    ):
        if not hasattr(module, name):
            return "this version of Prefect has no %s.%s" % (module.__name__, name)
    return None


def loaded_files():
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    environment = os.path.join(sys.prefix, "pyvenv.cfg")
    return [file for file in files if isinstance(file, str)] + [environment, sys.executable, "/etc/localtime"]


def stamps(paths):
    return dict((path, stamp(path)) for path in paths)


def stamp(path):
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def serve(say, before):
    """Takes orders until the input ends. Returns in a forked process alone: its order."""
    import gc
    import json
    import select
    import signal

    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    gc.collect()
    gc.freeze()  # what is shared is not gone through by forks, which would copy it
    poll = select.poll()
    poll.register(0, select.POLLIN)
    poll.register(woken, select.POLLIN)
    running = {}
    text = b""
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == woken:
                drain(woken)
                reap(running, say)
                continue
            chunk = os.read(0, 1 << 16)
            if not chunk:
                os._exit(0)
            *lines, text = (text + chunk).split(b"\n")
            for line in lines:
                order = json.loads(line)
                answer = refusal(order, before)
                if answer is None:
                    try:
                        pid = os.fork()
                    except OSError as error:
                        answer = {"cold": "it could not be forked: %s" % error}
                    else:
                        if pid == 0:
                            return order
                        running[pid] = order["id"]
                if answer is not None:
                    say(id=order["id"], **answer)


def drain(woken):
    try:
        while os.read(woken, 4096):
            pass
    except BlockingIOError:
        pass


def reap(running, say):
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        if pid in running:
            code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
            say(id=running.pop(pid), ended=code)


def refusal(order, before):
    names = set(order["environment"]) | set(SET_AT_START)
    for name in sorted(names):
        is_fixed = name in ALWAYS or name.startswith(PREFIXES) or name in READ_AT_IMPORT and not name.startswith("PREFECT_")
        if is_fixed and order["environment"].get(name) != SET_AT_START.get(name):
            return {"cold": "its variable %s differs from the agent's" % name}
    if order["words"][0] not in ("-c", "-m"):
        return {"cold": "its command line does not start Prefect's engine"}
    if any(stamp(path) != known for path, known in before.items()):
        return {"changed": True}
    return None


def begin(order, answers):
    """Makes a forked process what a new one would be. What fails here ends it, before anything of the run has happened."""
    import signal

    try:
        signal.alarm(MOST_SECONDS)
        signal.set_wakeup_fd(-1)
        answers.close()
        close_descriptors()
        become(order)
        attach(order)
        greet()
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(70)
    kept = ("__name__", "__doc__", "__package__", "__loader__", "__spec__", "__annotations__", "__builtins__")
    names = vars(sys.modules["__main__"])
    for name in [name for name in names if name not in kept]:
        del names[name]
    names["__doc__"] = None
    kind, source = order["words"]
    return compile(source if kind == "-c" else "__import__('runpy')._run_module_as_main(%r)" % source, "<string>", "exec")


# A forked process that has not connected by then ends.
MOST_SECONDS = 60


def close_descriptors():
    """Closes those of the parent. Later ones may be of the run: a log file that its settings name."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2:
            try:
                os.close(int(name))
            except OSError:
                pass  # that of the list itself


def become(order):
    import importlib
    import multiprocessing.process
    import random
    import signal
    import tempfile

    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.environ.clear()
    os.environ.update(ADDED_AT_START, **order["environment"])
    os.chdir(order["folder"])
    folder = os.getcwd()
    sys.path.insert(0, "" if order["words"][0] == "-c" else folder)
    sys.argv[:] = order["words"][:1]
    if hasattr(sys, "orig_argv"):
        sys.orig_argv[:] = sys.orig_argv[:1] + order["words"]
    importlib.invalidate_caches()
    tempfile.tempdir = None
    random.seed()
    multiprocessing.process.ORIGINAL_DIR = folder
    multiprocessing.process.current_process().authkey = os.urandom(32)

    import prefect.context
    import prefect.logging.configuration

    prefect.context.GLOBAL_SETTINGS_CONTEXT = None
    prefect.context.GLOBAL_SETTINGS_CONTEXT = prefect.context.root_settings_context()
    prefect.logging.configuration.PROCESS_LOGGING_CONFIG = None
    prefect.logging.configuration.setup_logging()


def greet():
    """Logs what an import of Prefect logs."""
    import prefect.context
    import prefect.logging

    profile = prefect.context.get_settings_context().profile.name
    prefect.logging.get_logger("profiles").debug("Using profile %r" % profile)


def attach(order):
    """Puts the agent's socket in the place of the output, and waits for the agent's word."""
    import json
    import signal
    import socket

    streams = []
    for number in (1, 2):
        stream = socket.socket(socket.AF_UNIX)
        stream.connect(order["socket"])
        header = {"token": order["token"], "pid": os.getpid(), "stream": number}
        stream.sendall(json.dumps(header).encode() + b"\n")
        streams.append(stream)
    signal.alarm(0)  # the agent's end ends the wait
    if streams[0].recv(1) != b"\n":
        os._exit(0)
    sys.stdout.flush()
    sys.stderr.flush()
    for number, stream in enumerate(streams, 1):
        os.dup2(stream.fileno(), number)
        stream.close()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


exec(main())
