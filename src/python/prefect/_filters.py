"""Filters and orders of what is read from the API, and bodies of what is sent to it, as classes."""
import enum

from ._missing import missing
from ._records import Record

TOP = (
    "FlowFilter FlowRunFilter TaskRunFilter DeploymentFilter LogFilter BlockTypeFilter BlockSchemaFilter BlockDocumentFilter "
    "FlowRunNotificationPolicyFilter WorkQueueFilter WorkPoolFilter WorkerFilter ArtifactFilter ArtifactCollectionFilter VariableFilter"
).split()
DATES = "CREATED_DESC UPDATED_DESC "
SORTS = {
    "FlowRunSort": "ID_DESC START_TIME_ASC START_TIME_DESC EXPECTED_START_TIME_ASC EXPECTED_START_TIME_DESC NAME_ASC NAME_DESC NEXT_SCHEDULED_START_TIME_ASC END_TIME_DESC",
    "TaskRunSort": "ID_DESC EXPECTED_START_TIME_ASC EXPECTED_START_TIME_DESC NAME_ASC NAME_DESC NEXT_SCHEDULED_START_TIME_ASC END_TIME_DESC",
    "LogSort": "TIMESTAMP_ASC TIMESTAMP_DESC",
    "FlowSort": DATES + "NAME_ASC NAME_DESC",
    "DeploymentSort": DATES + "NAME_ASC NAME_DESC",
    "ArtifactSort": DATES + "ID_DESC KEY_DESC KEY_ASC",
    "ArtifactCollectionSort": DATES + "ID_DESC KEY_DESC KEY_ASC",
    "VariableSort": DATES + "NAME_DESC NAME_ASC",
}
OBJECTS = (
    "Flow FlowRun TaskRun Deployment ConcurrencyLimit BlockType BlockSchema BlockDocument Log WorkQueue WorkPool Worker Artifact "
    "ArtifactCollection Variable FlowRunNotificationPolicy FlowRunPolicy TaskRunPolicy QueueFilter OrchestrationResult "
    "DeploymentResponse FlowRunResponse WorkerFlowRunResponse StateDetails"
).split()
ACTIONS = (
    "FlowCreate FlowUpdate DeploymentCreate DeploymentUpdate FlowRunCreate FlowRunUpdate DeploymentFlowRunCreate StateCreate TaskRunCreate "
    "TaskRunUpdate ConcurrencyLimitCreate BlockTypeCreate BlockTypeUpdate BlockSchemaCreate BlockDocumentCreate BlockDocumentUpdate LogCreate "
    "WorkPoolCreate WorkPoolUpdate WorkQueueCreate WorkQueueUpdate FlowRunNotificationPolicyCreate FlowRunNotificationPolicyUpdate "
    "ArtifactCreate ArtifactUpdate VariableCreate VariableUpdate"
).split()
_made = {}


class Filter(Record):
    """Criteria: the server says which there are."""


class Operator(str, enum.Enum):
    and_ = "and_"
    or_ = "or_"


def filters(name):
    """`FlowRunFilter`, and its parts: `FlowRunFilterState`."""
    if name == "Operator":
        return Operator
    return made(name, Filter, any(name.startswith(top) for top in TOP), "filters")


def sorting(name):
    if name in SORTS:
        _made.setdefault(name, enum.Enum(name, {each: each for each in SORTS[name].split()}, type=str))
    return made(name, None, name in SORTS, "sorting")


def objects(name):
    from . import _records, _schedules, _states

    for module in (_records, _states, _schedules):
        if name in vars(module) and not name.startswith("_"):
            return vars(module)[name]
    return made(name, Record, name in OBJECTS, "objects")


def actions(name):
    return made(name, Record, name in ACTIONS, "actions")


def made(name, base, is_known, where):
    if not is_known:
        raise missing("'prefect.client.schemas.%s.%s'" % (where, name))
    if name not in _made:
        _made[name] = type(name, (base,), {"__module__": "prefect.client.schemas." + where})
    return _made[name]


def sendable(value):
    """A value as JSON: filters, states, schedules and records within it too."""
    if hasattr(value, "to_api"):
        return sendable(value.to_api())
    if isinstance(value, Record):
        return {key: sendable(item) for key, item in value.dict().items() if item is not None}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dict):
        return {str(key): sendable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [sendable(item) for item in value]
    from ._engine import sendable as plain

    return plain(value)
