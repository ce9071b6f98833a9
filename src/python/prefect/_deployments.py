"""Deployments from Python: built from flows, registered, and run."""
import os
import re
import subprocess
import time
import urllib.parse
import uuid

from . import _states as states
from ._api import ObjectNotFound, api
from ._artifacts import compatible
from ._blocks import Block
from ._context import current_flow, current_task, done_here
from ._engine import sendable
from ._inputs import inputs_of
from ._futures import futures_in
from ._records import FlowRun, now, record
from ._steps import Sleep


class Deployment:
    """A deployment. `build_from_flow` makes one, `apply` registers it."""

    FIELDS = {
        "name": None,
        "version": None,
        "description": None,
        "tags": (),
        "schedule": None,
        "is_schedule_active": None,
        "flow_name": None,
        "work_queue_name": "default",
        "work_pool_name": None,
        "parameters": (),
        "infra_overrides": (),
        "infrastructure": None,
        "storage": None,
        "path": None,
        "entrypoint": None,
        "manifest_path": None,
        "parameter_openapi_schema": None,
    }

    def __init__(self, name, **fields):
        unknown = [key for key in fields if key not in self.FIELDS]
        if unknown:
            raise ValueError("%s: extra fields not permitted" % unknown[0])
        self._given = {key for key in fields if fields[key] is not None}
        for key, default in self.FIELDS.items():
            value = {} if key in ("parameters", "infra_overrides") else [] if key == "tags" else default
            setattr(self, key, fields.get(key, value) if fields.get(key) is not None else value)
        self.name = name

    @classmethod
    def build_from_flow(cls, flow, name, output=None, skip_upload=False, ignore_file=".prefectignore", apply=False, load_existing=True, **fields):
        from ._objects import Flow
        from ._schema import schema_of

        if not isinstance(flow, Flow):
            raise ValueError("`flow` must be a flow: a function that is decorated with @flow.")
        if output is not None:
            from ._missing import missing

            raise missing("Deployment.build_from_flow(output=…)")
        import inspect

        deployment = cls(name, **fields)
        deployment.flow_name = flow.name
        if deployment.entrypoint is None:
            file = inspect.unwrap(flow.fn).__code__.co_filename
            if not os.path.isfile(file):
                raise ValueError("The flow %r is in no file that runs could load: give entrypoint='FILE.py:FUNCTION'." % flow.name)
            deployment.entrypoint = "%s:%s" % (os.path.relpath(file), flow.fn.__name__)
        if load_existing:
            deployment.load_existing()
        deployment.parameter_openapi_schema = schema_of(flow.fn)
        deployment.version = deployment.version or flow.version
        deployment.description = deployment.description or flow.description
        if deployment.path is None and deployment.storage is None:
            deployment.path = "/opt/prefect/flows" if hasattr(deployment.infrastructure, "image") else os.getcwd()
        if not skip_upload:
            deployment.upload_to_storage(ignore_file=ignore_file)
        if apply:
            deployment.apply()
        return compatible(deployment)

    def load_existing(self):
        """What was not given is as the server has it."""
        try:
            found = api().get("/deployments/name/%s/%s" % (quoted(self.flow_name), quoted(self.name)))
        except ObjectNotFound:
            return
        kept = self._given | {"entrypoint", "infrastructure", "storage", "flow_name", "parameter_openapi_schema"}
        for key in self.FIELDS:
            if key not in kept and found.get(key) is not None:
                setattr(self, key, found[key])
        for key in ("infrastructure", "storage"):
            document = found.get(key + "_document_id")
            if key not in self._given and document:
                setattr(self, key, block_of(document))

    def upload_to_storage(self, storage_block=None, ignore_file=".prefectignore"):
        """Uploads the files of this folder to the storage, where that takes them."""
        from ._results import settled

        if storage_block is not None:
            self.storage = settled(Block.load(storage_block))
        if not hasattr(self.storage, "put_directory"):
            return compatible(None)
        from ._testing import executable

        words = ["__upload", saved_id(self.storage), self.entrypoint, self.path or ""]
        if ignore_file and os.path.exists(ignore_file):
            words.append(ignore_file)
        if subprocess.run([executable(), *words]).returncode:
            raise RuntimeError("The files of this folder could not be uploaded to the storage of %r." % self.name)
        return compatible(None)

    def update(self, **changes):
        """Sets fields, as `update(tags=["a"])`."""
        for key, value in changes.items():
            if key not in self.FIELDS:
                raise ValueError("Cannot set the field %r: deployments have none of that name." % key)
            setattr(self, key, value)

    def to_yaml(self, path):
        from ._missing import missing

        raise missing("Deployment.to_yaml()")

    @classmethod
    def load_from_yaml(cls, path):
        from ._missing import missing

        raise missing("Deployment.load_from_yaml()")

    def apply(self, upload=False, work_queue_concurrency=None):
        """The id of the deployment that is registered."""
        if upload:
            self.upload_to_storage()
        from ._blocks import Process, save_document

        flow_id = api().post("/flows/", {"name": self.flow_name})["id"]
        place = self.infrastructure or Process()
        infrastructure = place._block_document_id or save_document(place.get_block_type_slug(), place.to_api(), None)["id"]
        schedule = self.schedule.to_api() if hasattr(self.schedule, "to_api") else self.schedule
        body = {
            "name": self.name,
            "flow_id": flow_id,
            "version": self.version,
            "description": self.description,
            "schedule": schedule,
            "parameters": {key: sendable(value) for key, value in self.parameters.items()},
            "tags": list(self.tags),
            "work_queue_name": self.work_queue_name,
            "path": self.path,
            "entrypoint": self.entrypoint,
            "infra_overrides": self.infra_overrides,
            "infrastructure_document_id": str(infrastructure),
            "storage_document_id": saved_id(self.storage) if self.storage else None,
            "parameter_openapi_schema": self.parameter_openapi_schema or {},
        }
        if self.work_pool_name is not None:
            body["work_pool_name"] = self.work_pool_name
        if self.is_schedule_active is not None:
            body["is_schedule_active"] = self.is_schedule_active
        key = api().post("/deployments/", body)["id"]
        if work_queue_concurrency is not None and self.work_queue_name:
            of_pool = self.work_pool_name and "/work_pools/%s/queues/" % quoted(self.work_pool_name)
            queue = api().get((of_pool or "/work_queues/name/") + quoted(self.work_queue_name))
            api().patch("/work_queues/%s" % queue["id"], {"concurrency_limit": work_queue_concurrency})
        return compatible(uuid.UUID(key))


def quoted(name):
    return urllib.parse.quote(name, safe="")


def block_of(document_id):
    """The block that the server keeps under this id."""
    from ._blocks import kind_of, made

    found = api().get("/block_documents/%s?include_secrets=true" % document_id)
    block = made(kind_of((found.get("block_type") or {}).get("slug")), found["data"])
    block._block_document_id, block._block_document_name = found["id"], found.get("name")
    return block


def saved_id(storage):
    if storage._block_document_id is None:
        raise ValueError("The storage of a deployment is a saved block. Save it first, as storage.save('code').")
    return str(storage._block_document_id)


def run_deployment(name, client=None, parameters=None, scheduled_time=None, flow_run_name=None, timeout=None, poll_interval=5, tags=None, idempotency_key=None):
    """Creates a run of a deployment, and waits for its end unless `timeout` is 0. Gives the flow run."""
    if timeout is not None and timeout < 0:
        raise ValueError("`timeout` cannot be negative")
    body = {
        "state": states.Scheduled(scheduled_time=scheduled_time or now()).to_api(),
        "tags": list(tags or []),
        "idempotency_key": idempotency_key,
    }
    if flow_run_name is not None:
        body["name"] = flow_run_name
    return done_here(deployment_steps(name, parameters or {}, body, timeout, poll_interval))


def deployment_steps(name, parameters, body, timeout, poll_interval):
    # First: where they cannot be sent, no task run is left that waits for ever.
    body["parameters"] = {key: sent(key, value) for key, value in parameters.items()}
    key = id_of(name)
    deployment = api().get("/deployments/%s" % key if key else "/deployments/name/%s" % name)
    frame = current_flow()
    if frame is not None and current_task() is None:
        shown = "%s/%s" % (api().get("/flows/" + deployment["flow_id"])["name"], deployment["name"]) if key else name
        body["parent_task_run_id"] = stand_in(shown, deployment, parameters, frame)
    run = record(FlowRun, api().post("/deployments/%s/create_flow_run" % deployment["id"], body))
    began = time.monotonic()
    pause = 0.05
    while timeout is None or time.monotonic() - began < timeout:
        run = record(FlowRun, api().get("/flow_runs/%s" % run.id))
        if run.state_type in states.FINAL:
            break
        # A short run is not waited for long.
        yield Sleep(min(pause, poll_interval))
        pause = min(pause * 1.5, poll_interval)
    run.state = states.state_from_api(run.state)
    run.state_type = run.state.type
    return run


def id_of(name):
    """The id that a deployment is named by; None for a name."""
    try:
        return uuid.UUID(str(name))
    except ValueError:
        return None


def sent(name, value):
    """A parameter as JSON. As in Prefect, a run of a deployment is no run that waits for futures."""
    if futures_in(value):
        raise TypeError("The parameter %r of the deployment is a future, which cannot be sent. Send what it returns: future.result()" % name)
    return sendable(value)


def stand_in(name, deployment, given, frame):
    """The task run that stands for the deployment's run in the flow that calls it."""
    key = "prefect.deployments.run_deployment." + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    count = frame.dynamic_keys.get(key, -1) + 1
    frame.dynamic_keys[key] = count
    body = {
        "flow_run_id": str(frame.flow_run.id),
        "task_key": key,
        "dynamic_key": str(count),
        "task_version": deployment["version"],
        "task_inputs": {name: inputs_of(value, frame) for name, value in given.items()},
        "state": states.Pending().to_api(),
    }
    return api().post("/task_runs/", body)["id"]
