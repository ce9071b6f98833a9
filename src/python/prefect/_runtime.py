"""What a run knows of itself: `prefect.runtime.flow_run.name`."""
import os

from ._api import api
from ._context import current_flow, current_task
from ._records import FlowRun, now, record


def overridden(kind, name, read):
    """Tests set these by variables of the environment."""
    key = "PREFECT__RUNTIME__%s__%s" % (kind, name.upper())
    return os.environ[key] if key in os.environ else read()


def run():
    frame = current_flow()
    if frame is not None:
        return frame.flow_run
    task = current_task()
    found = task.task_run.flow_run_id if task else os.environ.get("PREFECT__FLOW_RUN_ID")
    return record(FlowRun, api().get("/flow_runs/%s" % found)) if found else None


def flow_run(name):
    def read():
        found = run()
        if name == "id":
            return str(found.id) if found else None
        if name == "tags":
            return list(found.tags) if found else []
        if name == "name":
            return found.name if found else None
        if name == "parameters":
            frame = current_flow()
            return frame.parameters if frame else found.parameters if found else {}
        if name == "flow_name":
            frame = current_flow()
            return frame.flow.name if frame else api().get("/flows/%s" % found.flow_id)["name"] if found else None
        if name == "scheduled_start_time":
            return found.expected_start_time if found else now()
        if name == "parent_flow_run_id":
            parent = getattr(found, "parent_task_run_id", None)
            return api().get("/task_runs/%s" % parent)["flow_run_id"] if parent else None
        raise AttributeError("'prefect.runtime.flow_run' has no attribute %r" % name)

    return overridden("FLOW_RUN", name, read)


def task_run(name):
    def read():
        frame = current_task()
        if name not in ("id", "tags", "name", "task_name", "parameters"):
            raise AttributeError("'prefect.runtime.task_run' has no attribute %r" % name)
        if frame is None:
            return {"tags": [], "parameters": {}}.get(name)
        found = {"id": str(frame.task_run.id), "tags": list(frame.task_run.tags), "name": frame.task_run.name}
        return dict(found, task_name=frame.task.name, parameters=frame.parameters)[name]

    return overridden("TASK_RUN", name, read)


def deployment(name):
    def read():
        found = run()
        key = getattr(found, "deployment_id", None)
        if name == "id":
            return str(key) if key else None
        if name == "flow_run_id":
            return str(found.id) if found else None
        if name not in ("name", "version", "parameters"):
            raise AttributeError("'prefect.runtime.deployment' has no attribute %r" % name)
        if key is None:
            return {} if name == "parameters" else None
        return api().get("/deployments/%s" % key)[name]

    return overridden("DEPLOYMENT", name, read)
