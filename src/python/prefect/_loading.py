"""Loads flows from files, for programs that test or deploy them."""
import importlib.util
import os
import sys

from ._exceptions import MissingFlowError, ScriptError, UnspecifiedFlowError
from ._objects import Flow


def module_of(path):
    folder = os.path.dirname(os.path.abspath(path))
    spec = importlib.util.spec_from_file_location("__prefect_loader__", path, submodule_search_locations=[folder, os.getcwd()])
    if spec is None or not os.path.isfile(path):
        raise MissingFlowError("There is no Python file %r." % str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules["__prefect_loader__"] = module
    sys.path.insert(0, folder)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ScriptError("Script at %r encountered an exception: %r" % (str(path), error)) from error
    finally:
        sys.path.remove(folder)
    return module


def load_flows_from_script(path):
    return [value for value in vars(module_of(path)).values() if isinstance(value, Flow)]


def load_flow_from_script(path, flow_name=None):
    found = [flow for flow in load_flows_from_script(path) if flow_name in (None, flow.name)]
    if not found:
        raise MissingFlowError("No flow%s found in script %r." % ("" if flow_name is None else " with name %r" % flow_name, str(path)))
    if len(found) > 1:
        raise UnspecifiedFlowError("Found %d flows in %r: %s. Give the name of one." % (len(found), str(path), ", ".join(flow.name for flow in found)))
    return found[0]


def load_flow_from_entrypoint(entrypoint):
    """The flow of `FILE.py:FUNCTION`."""
    path, _, name = entrypoint.rpartition(":")
    found = getattr(module_of(path), name, None)
    if not isinstance(found, Flow):
        raise MissingFlowError("Flow function with name %r not found in %r." % (name, path))
    return found
