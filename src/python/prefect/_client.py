"""The client of the API that flows use: `async with get_client() as client`. Its methods are rows of a table."""
import json
import re
import uuid

from . import _states as states
from ._api import ObjectNotFound, api
from ._filters import objects, sendable
from ._missing import said_missing
from ._records import record

OF_RUNS = "flow_filter:flows flow_run_filter:flow_runs task_run_filter:task_runs deployment_filter:deployments "
OF_WORK = OF_RUNS + "work_pool_filter:work_pools work_queue_filter:work_pool_queues "
OF_ARTIFACTS = "artifact_filter:artifacts flow_run_filter:flow_runs task_run_filter:task_runs "
PAGE = "sort limit offset"
# METHOD | how it is called | arguments | what it answers. Of two paths the first is taken whose arguments are all given.
# Arguments: `name:key` of the body, `name=default`, `=name` is the whole body, `**` all others.
TABLE = """
create_flow_from_name | POST /flows/ | flow_name:name | id
read_flow | GET /flows/{flow_id} | flow_id | Flow
read_flow_by_name | GET /flows/name/{flow_name} | flow_name | Flow
read_flows | POST /flows/filter | OF_WORK PAGE | [Flow]
update_flow_run | PATCH /flow_runs/{flow_run_id} | flow_run_id flow_version parameters name tags empirical_policy infrastructure_pid | -
delete_flow_run | DELETE /flow_runs/{flow_run_id} | flow_run_id | -
read_flow_run | GET /flow_runs/{flow_run_id} | flow_run_id | FlowRun
read_flow_runs | POST /flow_runs/filter | OF_WORK PAGE | [FlowRun]
resume_flow_run | POST /flow_runs/{flow_run_id}/resume | flow_run_id | OrchestrationResult
set_flow_run_state | POST /flow_runs/{flow_run_id}/set_state | flow_run_id state force=false | OrchestrationResult
read_flow_run_states | GET /flow_run_states/?flow_run_id={flow_run_id} | flow_run_id | [State]
set_task_run_name | PATCH /task_runs/{task_run_id} | task_run_id name | -
read_task_run | GET /task_runs/{task_run_id} | task_run_id | TaskRun
read_task_runs | POST /task_runs/filter | OF_RUNS PAGE | [TaskRun]
set_task_run_state | POST /task_runs/{task_run_id}/set_state | task_run_id state force=false | OrchestrationResult
read_task_run_states | GET /task_run_states/?task_run_id={task_run_id} | task_run_id | [State]
create_logs | POST /logs/ | =logs | -
read_logs | POST /logs/filter | log_filter:logs limit offset sort="TIMESTAMP_ASC" | [Log]
create_deployment | POST /deployments/ | flow_id name ** | id
read_deployment | GET /deployments/{deployment_id} | deployment_id | Deployment
read_deployment_by_name | GET /deployments/name/{name} | name | Deployment
read_deployments | POST /deployments/filter | OF_WORK limit sort offset | [Deployment]
delete_deployment | DELETE /deployments/{deployment_id} | deployment_id | -
create_concurrency_limit | POST /concurrency_limits/ | tag concurrency_limit | id
read_concurrency_limit_by_tag | GET /concurrency_limits/tag/{tag} | tag | ConcurrencyLimit
read_concurrency_limits | POST /concurrency_limits/filter | limit offset | [ConcurrencyLimit]
reset_concurrency_limit_by_tag | POST /concurrency_limits/tag/{tag}/reset | tag slot_override | -
delete_concurrency_limit_by_tag | DELETE /concurrency_limits/tag/{tag} | tag | -
create_work_queue | POST /work_pools/{work_pool_name}/queues /work_queues/ | name tags description is_paused concurrency_limit priority work_pool_name | WorkQueue
read_work_queue | GET /work_queues/{id} | id | WorkQueue
read_work_queue_by_name | GET /work_pools/{work_pool_name}/queues/{name} /work_queues/name/{name} | name work_pool_name | WorkQueue
read_work_queues | POST /work_pools/{work_pool_name}/queues/filter /work_queues/filter | work_pool_name work_queue_filter:work_queues limit offset | [WorkQueue]
update_work_queue | PATCH /work_queues/{id} | id ** | -
get_runs_in_work_queue | POST /work_queues/{id}/get_runs | id limit=10 scheduled_before | [FlowRun]
delete_work_queue_by_id | DELETE /work_queues/{id} | id | -
create_work_pool | POST /work_pools/ | =work_pool | WorkPool
read_work_pool | GET /work_pools/{work_pool_name} | work_pool_name | WorkPool
read_work_pools | POST /work_pools/filter | limit offset work_pool_filter:work_pools | [WorkPool]
update_work_pool | PATCH /work_pools/{work_pool_name} | work_pool_name =work_pool | -
delete_work_pool | DELETE /work_pools/{work_pool_name} | work_pool_name | -
read_workers_for_work_pool | POST /work_pools/{work_pool_name}/workers/filter | work_pool_name worker_filter:workers offset limit | [Worker]
create_block_type | POST /block_types/ | =block_type | BlockType
read_block_type_by_slug | GET /block_types/slug/{slug} | slug | BlockType
read_block_types | POST /block_types/filter | | [BlockType]
update_block_type | PATCH /block_types/{block_type_id} | block_type_id =block_type | -
delete_block_type | DELETE /block_types/{block_type_id} | block_type_id | -
create_block_schema | POST /block_schemas/ | =block_schema | BlockSchema
read_block_schema_by_checksum | GET /block_schemas/checksum/{checksum} | checksum | BlockSchema
read_block_schemas | POST /block_schemas/filter | | [BlockSchema]
create_block_document | POST /block_documents/ | =block_document include_secrets=true | BlockDocument
read_block_document | GET /block_documents/{block_document_id}?include_secrets={include_secrets} | block_document_id include_secrets=true | BlockDocument
read_block_document_by_name | GET /block_types/slug/{block_type_slug}/block_documents/name/{name}?include_secrets={include_secrets} | name block_type_slug include_secrets=true | BlockDocument
read_block_documents | POST /block_documents/filter | block_schema_type offset limit include_secrets=true | [BlockDocument]
update_block_document | PATCH /block_documents/{block_document_id} | block_document_id =block_document | -
delete_block_document | DELETE /block_documents/{block_document_id} | block_document_id | -
create_flow_run_notification_policy | POST /flow_run_notification_policies/ | block_document_id is_active=true tags=[] state_names=[] message_template | id
create_artifact | POST /artifacts/ | =artifact | Artifact
read_artifacts | POST /artifacts/filter | OF_ARTIFACTS PAGE | [Artifact]
read_latest_artifacts | POST /artifacts/latest/filter | OF_ARTIFACTS PAGE | [ArtifactCollection]
delete_artifact | DELETE /artifacts/{artifact_id} | artifact_id | -
create_variable | POST /variables/ | =variable | Variable
read_variable_by_name | GET /variables/name/{name} | name | Variable
read_variables | POST /variables/filter | limit | [Variable]
delete_variable_by_name | DELETE /variables/name/{name} | name | -
hello | GET /hello | | -
"""
_rows = {}


def rows():
    if not _rows:
        for line in TABLE.strip().split("\n"):
            name, call, arguments, answer = [part.strip() for part in line.split("|")]
            for word in ("OF_WORK", "OF_RUNS", "OF_ARTIFACTS", "PAGE"):
                arguments = arguments.replace(word, globals()[word])
            method, *paths = call.split()
            _rows[name] = (method, paths, arguments.split(), answer)
    return _rows


class Method:
    """A row, called: sends the request, and gives the answer as objects."""

    def __init__(self, name):
        self.name = name
        self.method, self.paths, words, self.answer = rows()[name]
        self.keys, self.defaults, self.whole, self.takes_more = {}, {}, None, "**" in words
        for word in words:
            name, _, default = word.lstrip("=").partition("=")
            name, _, key = name.partition(":")
            if word == "**":
                continue
            self.keys[name] = key or name
            if word.startswith("="):
                self.whole = name
            elif default:
                self.defaults[name] = json.loads(default)

    def __call__(self, *args, **given):
        values = dict(self.defaults)
        values.update(zip(self.keys, args))
        unknown = [name for name in given if name not in self.keys]
        if len(args) > len(self.keys) or unknown and not self.takes_more:
            raise TypeError("%s() takes %s" % (self.name, ", ".join(self.keys) or "no arguments"))
        values.update(given)
        values = {name: value for name, value in values.items() if value is not None}
        path, used = self.path(values)
        if self.whole is not None:
            body = values[self.whole]
        else:
            body = {self.keys.get(name, name): value for name, value in values.items() if name not in used}
        try:
            answer = api().call(self.method, path, None if self.method in ("GET", "DELETE") else sendable(body))
        except ObjectNotFound:
            if self.name == "read_variable_by_name":
                return None
            raise
        return seen(self.answer, answer)

    def path(self, values):
        from urllib.parse import quote

        for path in self.paths:
            names = re.findall(r"{(\w+)}", path)
            if all(name in values for name in names):
                shown = {name: quote(str(values[name]) if not isinstance(values[name], bool) else str(values[name]).lower()) for name in names}
                return path.format(**shown), names
        raise TypeError("%s() needs %s" % (self.name, ", ".join(name for name in names if name not in values)))


def seen(kind, answer):
    """An answer as objects of this kind."""
    if kind == "-":
        return None
    if kind == "id":
        return uuid.UUID(answer["id"])
    if kind.startswith("["):
        return [seen(kind[1:-1], item) for item in answer]
    if kind == "State":
        return states.state_from_api(answer)
    found = record(objects(kind), answer)
    if isinstance(getattr(found, "state", None), dict):
        found.state = states.state_from_api(found.state)
        found.state_type = found.state.type
    if kind == "OrchestrationResult":
        found.details = objects("StateDetails")(**(answer.get("details") or {}))
    if kind == "Deployment" and isinstance(found.schedule, dict):
        found.schedule = schedule_of(found.schedule)
    return found


def schedule_of(fields):
    import datetime

    from . import _schedules

    kind = {"cron": _schedules.CronSchedule, "interval": _schedules.IntervalSchedule, "rrule": _schedules.RRuleSchedule}
    made = kind[next(name for name in kind if name in fields)](**fields)
    if isinstance(made, _schedules.IntervalSchedule) and not isinstance(made.interval, datetime.timedelta):
        made.interval = datetime.timedelta(seconds=made.interval)
    return made


class Calls:
    """What the table cannot say."""

    def create_flow(self, flow):
        return Method("create_flow_from_name")(flow.name)

    def create_flow_run(self, flow, name=None, parameters=None, context=None, tags=None, parent_task_run_id=None, state=None):
        body = {
            **{"flow_id": self.create_flow(flow), "flow_version": flow.version, "name": name, "parameters": parameters or {}},
            **{"context": context or {}, "tags": list(tags or []), "parent_task_run_id": parent_task_run_id},
            "state": state or states.Pending(),
            "empirical_policy": {"retries": flow.retries, "retry_delay": int(flow.retry_delay_seconds)},
        }
        return seen("FlowRun", api().post("/flow_runs/", given(body)))

    def create_flow_run_from_deployment(self, deployment_id, parameters=None, context=None, state=None, name=None, tags=None, idempotency_key=None, parent_task_run_id=None):
        body = {
            **{"parameters": parameters or {}, "context": context or {}, "state": state or states.Scheduled(), "name": name},
            **{"tags": list(tags or []), "idempotency_key": idempotency_key, "parent_task_run_id": parent_task_run_id},
        }
        return seen("FlowRun", api().post("/deployments/%s/create_flow_run" % deployment_id, given(body)))

    def update_deployment(self, deployment, schedule=None, is_schedule_active=None):
        names = "version schedule is_schedule_active description work_queue_name work_pool_name tags path entrypoint parameters storage_document_id infrastructure_document_id infra_overrides manifest_path"
        body = {name: getattr(deployment, name, None) for name in names.split()}
        body.update(given({"schedule": schedule, "is_schedule_active": is_schedule_active}))
        api().patch("/deployments/%s" % deployment.id, given(body))

    def match_work_queues(self, prefixes):
        return Method("read_work_queues")(work_queue_filter={"name": {"startswith_": list(prefixes)}})

    def api_healthcheck(self):
        try:
            api().get("/health")
        except Exception as error:
            return error


def given(body):
    return {name: sendable(value) for name, value in body.items() if value is not None}


class SyncPrefectClient:
    """The methods as plain calls: `with get_client(sync_client=True) as client`."""

    def __init__(self, api_url=None, **settings):
        self.api_url = api().url

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if hasattr(Calls, name):
            return self.prepared(getattr(Calls(), name))
        if name in rows():
            return self.prepared(Method(name))
        raise AttributeError(said_missing("'%s' of the client" % name))

    def prepared(self, call):
        return call

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


class PrefectClient(SyncPrefectClient):
    """The methods as coroutines: `async with get_client() as client`."""

    def prepared(self, call):
        async def called(*args, **given):
            import asyncio
            import functools

            # In a thread, so that the event loop goes on.
            return await asyncio.get_running_loop().run_in_executor(None, functools.partial(call, *args, **given))

        return called

    def __enter__(self):
        raise RuntimeError("The client is entered by 'async with get_client() as client', or by 'with get_client(sync_client=True)'.")

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        return False


def get_client(httpx_settings=None, sync_client=False):
    return SyncPrefectClient() if sync_client else PrefectClient()


def inject_client(fn):
    """Gives a coroutine function a client, as `client`, where it gets none."""
    import functools

    @functools.wraps(fn)
    async def with_client(*args, client=None, **kwargs):
        return await fn(*args, client=client or get_client(), **kwargs)

    return with_client
