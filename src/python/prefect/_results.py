"""Values of runs in the states that travel: kept in files of the local storage where a run asks for that."""
import base64
import json
import os
import uuid

from ._api import ObjectNotFound, api, setting
from ._states import NOTHING, State

UNPERSISTED = "Unpersisted result of type `%s`"


def data_of(state, definition, frame):
    """What the state says of its value, as Prefect's engine writes it."""
    value = state.value
    if value is NOTHING:
        return None
    if isinstance(value, BaseException) or is_of_states(value) or not is_kept(definition, frame):
        description = UNPERSISTED % type(value).__name__
        return {"type": "unpersisted", "artifact_type": "result", "artifact_description": description}
    if value is None or isinstance(value, bool):
        words = "Literal: `%s`" % value
        return {"type": "literal", "value": value, "artifact_type": "result", "artifact_description": words}
    return written(value, definition.result_serializer or getattr(frame.flow, "result_serializer", None))


def is_of_states(value):
    return isinstance(value, State) or isinstance(value, (list, tuple, set)) and bool(value) and all(isinstance(item, State) for item in value)


def is_kept(definition, frame):
    if definition.persist_result is not None:
        return definition.persist_result
    if setting("RESULTS_PERSIST_BY_DEFAULT", "").lower() in ("true", "1"):
        return True
    return bool(getattr(definition, "cache_key_fn", None)) or definition is not frame.flow and bool(frame.flow.retries)


def folder():
    home = setting("HOME", os.path.expanduser("~/.orch"))
    return os.path.abspath(setting("LOCAL_STORAGE_PATH", os.path.join(home, "storage")))


def written(value, serializer):
    import pickle

    is_json = serializer == "json" or getattr(serializer, "type", None) == "json"
    if is_json:
        from ._schema import plain

        kind = {"type": "json"}
        data = json.dumps(plain(value)).encode()
    else:
        kind = {"type": "pickle", "picklelib": "pickle", "picklelib_version": None}
        data = base64.b64encode(pickle.dumps(value))
    key = uuid.uuid4().hex
    place = folder()
    os.makedirs(place, mode=0o700, exist_ok=True)
    path = os.path.join(place, key)
    with open(path + ".part", "w") as file:
        json.dump({"serializer": kind, "data": data.decode(), "prefect_version": "2.10.4"}, file)
    os.replace(path + ".part", path)
    return {
        **{"type": "reference", "serializer_type": kind["type"], "storage_block_id": block_of(place), "storage_key": key},
        **{"artifact_type": "result", "artifact_description": "Result of type `%s` persisted to: `%s`" % (type(value).__name__, path)},
    }


class Serializer:
    """How values are written: `result_serializer=JSONSerializer()`."""

    type = None

    def __init__(self, **options):
        self.__dict__.update(options)


class JSONSerializer(Serializer):
    type = "json"


class PickleSerializer(Serializer):
    type = "pickle"


_blocks = {}


def block_of(place):
    """The id of the saved block for results of this machine's folder."""
    if place not in _blocks:
        import hashlib
        import socket

        name = "results-" + hashlib.sha256(("%s:%s" % (socket.gethostname(), place)).encode()).hexdigest()[:12]
        try:
            found = api().get("/block_types/slug/local-file-system/block_documents/name/" + name)
        except ObjectNotFound:
            from ._blocks import save_document

            found = save_document("local-file-system", {"basepath": place}, name)
        _blocks[place] = found["id"]
    return _blocks[place]


def read_result(data):
    """The value that a state's data leads to; NOTHING where it leads to none."""
    kind = data.get("type") if isinstance(data, dict) else None
    if kind == "literal":
        return data.get("value")
    if kind != "reference":
        return NOTHING
    block = api().get("/block_documents/%s?include_secrets=true" % data["storage_block_id"])
    if (block.get("block_type") or {}).get("slug") != "local-file-system":
        from ._missing import missing

        raise missing("Reading results from %s storage" % (block.get("block_type") or {}).get("slug"))
    with open(os.path.join(os.path.expanduser(block["data"].get("basepath") or "."), data["storage_key"])) as file:
        blob = json.load(file)
    text = blob["data"]
    if blob["serializer"]["type"] == "json":
        return json.loads(text)
    import pickle

    return pickle.loads(base64.b64decode(text))
