"""Values of runs in the states that travel: kept in files of the run's storage where a run asks for that."""
import json
import os
import uuid

from ._api import ObjectNotFound, api, setting
from ._states import NOTHING, State


def data_of(state, definition, frame):
    """What the state says of its value, as Prefect's engine writes it. A value that memory should not hold is let go."""
    value = state.value
    if value is NOTHING:
        return None
    if is_of_states(value) or not is_kept(definition, frame):
        return unpersisted(value)
    if value is None or isinstance(value, bool):
        words = "Result with value `%s` persisted to Prefect." % value
        return {"type": "literal", "value": value, "artifact_type": "result", "artifact_description": words}
    try:
        data = written(value, definition, frame)
    except Exception:
        if not isinstance(value, BaseException):
            raise
        return unpersisted(value)
    if not definition.cache_result_in_memory:
        state.value = NOTHING
    return data


def unpersisted(value):
    words = "Unpersisted result of type `%s`" % type(value).__name__
    return {"type": "unpersisted", "artifact_type": "result", "artifact_description": words}


def is_of_states(value):
    return isinstance(value, State) or isinstance(value, (list, tuple, set)) and bool(value) and all(isinstance(item, State) for item in value)


def is_kept(definition, frame):
    """Some features need results that last: caches, memory that is kept free, and retries of the flow around."""
    if definition.persist_result is not None:
        return definition.persist_result
    if setting("RESULTS_PERSIST_BY_DEFAULT", "").lower() in ("true", "1"):
        return True
    around = frame.parent if definition is frame.flow else frame
    is_retried = around is not None and bool(around.flow.retries)
    return is_retried or bool(getattr(definition, "cache_key_fn", None)) or not definition.cache_result_in_memory


def inherited(definition, frame, name):
    """An option of results: the run's, or that of the flow around it."""
    found = getattr(definition, name)
    while found is None and frame is not None:
        found = getattr(frame.flow, name)
        frame = frame.parent
    return found


def serializer_of(definition, frame):
    from ._serializers import Serializer

    found = inherited(definition, frame, "result_serializer") or setting("RESULTS_DEFAULT_SERIALIZER", "pickle")
    return Serializer(type=found) if isinstance(found, str) else found


def storage_of(definition, frame):
    """The storage, and the id of its block."""
    from ._filesystems import LocalFileSystem
    from ._blocks import Block, save_document

    found = inherited(definition, frame, "result_storage")
    if found is None:
        place = folder()
        return LocalFileSystem(basepath=place), block_of(place)
    if isinstance(found, str):
        found = settled(Block.load(found))
    if not isinstance(found, Block):
        raise TypeError("Result storage must be a block, or the name of one as 'TYPE/NAME'. Got %r." % type(found).__name__)
    if not hasattr(found, "write_path"):
        raise TypeError("The block %r cannot be written to, so it is no result storage." % type(found).__name__)
    if found._block_document_id is None:
        from ._blocks import data_of_block

        found._block_document_id = save_document(found.get_block_type_slug(), data_of_block(found), None, kind=type(found))["id"]
    return found, found._block_document_id


def settled(value):
    """The value of what may be awaited: blocks of people have async methods."""
    from ._artifacts import Awaitable

    if isinstance(value, Awaitable):
        return value.value
    if not hasattr(value, "__await__"):
        return value
    from ._steps import run_to_end

    return run_to_end(awaited(value))


async def awaited(value):
    return await value


def folder():
    home = setting("HOME", os.path.expanduser("~/.orch"))
    return os.path.abspath(setting("LOCAL_STORAGE_PATH", os.path.join(home, "storage")))


def key_of(definition):
    template = getattr(definition, "result_storage_key", None)
    if template is None:
        return uuid.uuid4().hex
    import prefect.runtime as runtime

    around = {"flow_run": runtime.flow_run, "task_run": runtime.task_run, "deployment": runtime.deployment}
    return template.format(parameters=runtime.task_run.parameters, **around)


def written(value, definition, frame):
    serializer = serializer_of(definition, frame)
    blob = {"serializer": serializer.dict(), "data": serializer.dumps(value).decode(), "prefect_version": "2.10.4"}
    storage, block_id = storage_of(definition, frame)
    key = key_of(definition)
    settled(storage.write_path(key, json.dumps(blob).encode()))
    words = "Result of type `%s`" % type(value).__name__
    if hasattr(storage, "_resolve_path"):
        place = storage._resolve_path(key)
        is_local = storage.get_block_type_slug() == "local-file-system"
        words += " persisted to: `%s`" % place if is_local else " persisted to [%s](%s)." % (place, place)
    else:
        words += " persisted with storage block `%s`." % block_id
    return {
        **{"type": "reference", "serializer_type": serializer.type, "storage_block_id": str(block_id), "storage_key": key},
        **{"artifact_type": "result", "artifact_description": words},
    }


_blocks = {}


def block_of(place):
    """The id of the saved block for results of this machine's folder."""
    key = (api(), place)
    if key not in _blocks:
        import hashlib
        import socket

        name = "results-" + hashlib.sha256(("%s:%s" % (socket.gethostname(), place)).encode()).hexdigest()[:12]
        try:
            found = api().get("/block_types/slug/local-file-system/block_documents/name/" + name)
        except ObjectNotFound:
            from ._blocks import save_document

            found = save_document("local-file-system", {"basepath": place}, name)
        _blocks[key] = found["id"]
    return _blocks[key]


def read_result(data):
    """The value that a state's data leads to; NOTHING where it leads to none."""
    kind = data.get("type") if isinstance(data, dict) else None
    if kind == "literal":
        return data.get("value")
    if kind != "reference":
        return NOTHING
    from ._blocks import kind_of, made
    from ._serializers import Serializer

    block = api().get("/block_documents/%s?include_secrets=true" % data["storage_block_id"])
    slug = (block.get("block_type") or {}).get("slug")
    storage = kind_of(slug)
    if not hasattr(storage, "read_path"):
        from ._missing import missing

        raise missing("Reading results from storage of the type '%s'" % slug)
    blob = json.loads(settled(made(storage, block["data"]).read_path(data["storage_key"])))
    return Serializer(**blob["serializer"]).loads(blob["data"].encode())
