"""Runs a flow of a file here and now, by whichever Prefect this Python imports: `python3 -c SOURCE FILE NAME PARAMETERS`.

With `--json` as the fourth word the only thing on standard output is one line: the run's id, its state, and what it returned.
"""
import asyncio
import importlib.util
import json
import os
import sys


def load(path, name):
    folder = os.path.dirname(path)
    sys.path[:] = [folder, os.getcwd()] + [place for place in sys.path if place not in ("", folder)]
    spec = importlib.util.spec_from_file_location("__prefect_loader__", path, submodule_search_locations=[folder, os.getcwd()])
    module = importlib.util.module_from_spec(spec)
    sys.modules["__prefect_loader__"] = module
    spec.loader.exec_module(module)
    return getattr(module, name)


def main():
    path, name, parameters = os.path.abspath(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
    answers = None
    if sys.argv[4:] == ["--json"]:
        answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
    sys.argv[:] = [path]
    flow = load(path, name)
    state = flow(**parameters, return_state=True)
    if asyncio.iscoroutine(state):
        state = asyncio.run(state)
    is_completed = state.is_completed()
    value = None
    try:
        value = state.result(raise_on_failure=False)
    except Exception:
        pass  # it was kept nowhere
    if answers is None:
        if is_completed and value is not None and not is_of_states(value):
            print("Returned %r" % (value,))
    else:
        answer = {"id": str(state.state_details.flow_run_id), "state": state.name}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    sys.exit(0 if is_completed else 1)


def is_of_states(value):
    return isinstance(value, list) and bool(value) and all(hasattr(item, "is_completed") for item in value)


main()
