"""Prefect's Python API, by orch: flows, tasks and what they call, without anything to install.

It needs the standard library of Python 3.8 or newer. What it does not offer fails at import, and says how to get it.
"""
__version__ = "2.10.4"
__version_info__ = {"version": __version__}
is_orch = True

from ._context import get_run_context, tags
from ._futures import allow_failure, unmapped
from ._log import get_run_logger
from ._objects import Flow, Task, flow, task
from ._states import State, show_users_tracebacks as _show_users_tracebacks
from . import _modules

_modules.install()
_show_users_tracebacks()

# What is loaded when it is first asked for, and where it is.
_LATER = {
    "pause_flow_run": "_pausing",
    "resume_flow_run": "_pausing",
    "get_client": "_client",
    "serve": "_serving",
    "client": "client",
    "settings": "settings",
    "serializers": "serializers",
    "utilities": "utilities",
    "engine": "engine",
    "server": "server",
    "testing": "testing",
    "context": "context",
    "variables": "variables",
    "runtime": "runtime",
    "artifacts": "artifacts",
    "states": "states",
    "blocks": "blocks",
    "deployments": "deployments",
    "tasks": "tasks",
    "flows": "flows",
    "futures": "futures",
    "exceptions": "exceptions",
    "task_runners": "task_runners",
    "logging": "logging",
    "filesystems": "filesystems",
    "infrastructure": "infrastructure",
}


def __getattr__(name):
    if name in _LATER:
        import importlib

        place = _LATER[name]
        module = importlib.import_module("prefect." + place)
        return getattr(module, name) if place.startswith("_") else module
    if name.startswith("_"):
        raise AttributeError(name)
    from ._missing import missing

    raise missing("'prefect.%s'" % name)

