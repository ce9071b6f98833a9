"""Artifacts of runs, and variables of the server."""
import json
import re
import uuid

from ._api import ObjectNotFound, api
from ._context import current_flow, current_task
from ._futures import in_loop


def compatible(value):
    """A value that may be awaited: in async flows these calls are."""
    return Awaitable(value) if in_loop() else value


class Awaitable:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        return self.value
        yield


def create(kind, key, description, data):
    body = {"type": kind, "data": data}
    if key is not None:
        if not re.match(r"^[a-z0-9-]+$", key):
            raise ValueError("Artifact key must only contain lowercase letters, numbers, and dashes.")
        body["key"] = key
    if description is not None:
        body["description"] = description
    task, flow = current_task(), current_flow()
    if task is not None:
        body["task_run_id"] = str(task.task_run.id)
        body["flow_run_id"] = str(task.task_run.flow_run_id)
    elif flow is not None:
        body["flow_run_id"] = str(flow.flow_run.id)
    return compatible(uuid.UUID(api().post("/artifacts/", body)["id"]))


def create_link_artifact(link, link_text=None, key=None, description=None):
    return create("markdown", key, description, "[%s](%s)" % (link_text or link, link))


def create_markdown_artifact(markdown, key=None, description=None):
    return create("markdown", key, description, markdown)


def create_table_artifact(table, key=None, description=None):
    from ._engine import sendable

    data = json.dumps([sendable(row) for row in table]) if isinstance(table, list) else sendable(table)
    return create("table", key, description, data)


def get_variable(name, default=None):
    """The value of a variable; the default where there is none of the name."""
    try:
        return compatible(api().get("/variables/name/" + name)["value"])
    except ObjectNotFound:
        return compatible(default)


class Variable:
    """A variable of the server: its value is text."""

    def __init__(self, name, value=None, tags=None):
        self.name, self.value, self.tags = name, value, tags or []

    @classmethod
    def get(cls, name, default=None):
        return get_variable(name, default)

    @classmethod
    def set(cls, name, value, tags=None, overwrite=False):
        body = {"name": name, "value": value, "tags": tags or []}
        try:
            api().get("/variables/name/" + name)
        except ObjectNotFound:
            api().post("/variables/", body)
        else:
            if not overwrite:
                raise ValueError("Variable %r already exists. Use `overwrite=True` to update it." % name)
            api().patch("/variables/name/" + name, body)
        return compatible(cls(name, value, tags))
