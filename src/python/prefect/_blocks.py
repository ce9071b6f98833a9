"""Blocks: what the server keeps for flows, with its secrets."""
import inspect
import re

from ._api import ApiError, ObjectNotFound, api
from ._artifacts import compatible


class Block:
    """Fields are annotations of the class. `save` keeps a block on the server, `load` has it back."""

    _block_type_name = None
    _block_type_slug = None
    _block_document_id = None
    _block_document_name = None

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        KINDS.setdefault(cls.get_block_type_slug(), cls)

    def __init__(self, *args, **fields):
        names = self.fields()
        if args:
            fields = dict(zip(names, args), **fields)
        missing = [name for name, is_needed in names.items() if is_needed and name not in fields]
        if missing:
            raise ValueError("%d validation error for %s\n%s\n  field required" % (len(missing), type(self).__name__, missing[0]))
        self.__dict__.update(filled(type(self), fields))
        if hasattr(self, "block_initialization"):
            self.block_initialization()

    @classmethod
    def fields(cls):
        """The names of the fields, and whether each is needed."""
        found = {}
        for base in reversed(cls.__mro__):
            for name, hint in getattr(base, "__dict__", {}).get("__annotations__", {}).items():
                if not name.startswith("_"):
                    is_optional = "Optional" in str(hint) or "None" in str(hint)
                    found[name] = default_of(cls, name) is NEEDED if hasattr(cls, name) else not is_optional
        return found

    @classmethod
    def get_block_type_slug(cls):
        name = cls._block_type_name or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cls.__name__)
        return cls._block_type_slug or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")

    @classmethod
    def load(cls, name, validate=True, client=None):
        slug = cls.get_block_type_slug()
        if cls is Block:
            slug, _, name = name.partition("/")
        try:
            found = api().get("/block_types/slug/%s/block_documents/name/%s?include_secrets=true" % (slug, name))
        except ObjectNotFound:
            raise ValueError("Unable to find block document named %s for block type %s" % (name, slug)) from None
        block = made(cls if cls is not Block else kind_of(slug), found["data"])
        block._block_document_id, block._block_document_name = found["id"], name
        return compatible(block)

    def save(self, name=None, overwrite=False, client=None):
        slug = self.get_block_type_slug()
        document = save_document(slug, data_of_block(self), name or self._block_document_name, overwrite, type(self))
        self._block_document_id, self._block_document_name = document["id"], document.get("name")
        return compatible(document["id"])

    @classmethod
    def register_type_and_schema(cls, client=None):
        return compatible(type_and_schema(cls.get_block_type_slug(), cls) and None)

    def dict(self):
        return {key: value for key, value in self.__dict__.items() if not key.startswith("_")}

    def __repr__(self):
        return "%s(%s)" % (type(self).__name__, ", ".join("%s=%r" % item for item in self.dict().items()))


class SecretValue:
    """A value that is shown as asterisks."""

    def __init__(self, value):
        self._value = value

    def get_secret_value(self):
        return self._value

    def __str__(self):
        return "**********" if self._value else ""

    def __repr__(self):
        return "SecretStr(%r)" % str(self)


class SecretDict(SecretValue):
    """An object whose values are secrets."""

    def __repr__(self):
        return "SecretDict(%r)" % str(self)


# The class of each slug; those of the files in LATER when the files are loaded.
KINDS = {}
LATER = ("_filesystems", "_aws", "_gcp", "_sqlalchemy", "_shell", "_email")
NEEDED = object()


def kind_of(slug):
    import importlib

    for file in LATER:
        if slug in KINDS:
            break
        importlib.import_module("prefect." + file)
    return KINDS.get(slug, Block)


def default_of(kind, name):
    """The default of a field, which pydantic's Field may hold; NEEDED for none."""
    value = getattr(kind, name, NEEDED)
    if type(value).__name__ != "FieldInfo":
        return value
    if value.default_factory is not None:
        return value.default_factory()
    is_open = value.default is Ellipsis or type(value.default).__name__ in ("PydanticUndefinedType", "UndefinedType")
    return NEEDED if is_open else value.default


def filled(kind, given):
    """All fields of a block: those that are given, as their annotations say, and the defaults of the others."""
    from ._schema import hints_of

    hints = {}
    for base in reversed(kind.__mro__):
        hints.update(hints_of(base) if "__annotations__" in base.__dict__ else {})
    found = {}
    for name, is_needed in kind.fields().items():
        if name not in given and not is_needed:
            found[name] = default_of(kind, name) if hasattr(kind, name) else None
        elif name in given:
            found[name] = as_hinted(given[name], hints.get(name))
    # What the class does not know is kept.
    return dict(found, **{name: value for name, value in given.items() if name not in found})


def as_hinted(value, hint):
    if isinstance(value, str) and "Secret" in str(hint):
        return SecretValue(value)
    if isinstance(value, dict) and "SecretDict" in str(hint):
        return SecretDict(value)
    if isinstance(value, dict):
        for kind in (hint,) + getattr(hint, "__args__", ()):
            if isinstance(kind, type) and issubclass(kind, (Block, Part)):
                return made(kind, value)
    return value


class Part:
    """Fields that are a value of a block: an object, and no block."""

    fields = classmethod(Block.fields.__func__)
    __init__ = Block.__init__
    dict = Block.dict
    __repr__ = Block.__repr__


def made(kind, data):
    """A block of what the server keeps of it."""
    block = kind.__new__(kind)
    block.__dict__.update(filled(kind, {key: value for key, value in data.items() if key != "block_type_slug"}))
    if hasattr(block, "block_initialization"):
        block.block_initialization()
    return block


def secretless(value):
    from ._engine import sendable

    if hasattr(value, "get_secret_value"):
        return value.get_secret_value()
    if isinstance(value, Block) and value._block_document_id:
        return {"$ref": {"block_document_id": str(value._block_document_id)}}
    if isinstance(value, (Block, Part)):
        return secretless(value.dict())
    if isinstance(value, dict):
        return {key: secretless(item) for key, item in value.items()}
    return sendable(value)


def data_of_block(block):
    return {key: secretless(value) for key, value in block.dict().items()}


# The server has the types and schemas of these from the beginning.
OF_SERVER = (__name__, "prefect._filesystems")


def type_and_schema(slug, kind=None):
    try:
        of_type = api().get("/block_types/slug/" + slug)
    except ObjectNotFound:
        if kind is None:
            raise
        name = kind._block_type_name or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__)
        description = inspect.getdoc(kind) if kind.__doc__ else None
        of_type = api().post("/block_types/", {"name": name, "slug": slug, "description": description})
    if kind is not None and kind.__module__ not in OF_SERVER:
        schema = api().post("/block_schemas/", {"block_type_id": of_type["id"], "fields": schema_of(kind), "capabilities": []})
        return of_type["id"], schema["id"]
    found = api().post("/block_schemas/filter", {"block_schemas": {"block_type_id": {"any_": [of_type["id"]]}}})
    if not found:
        raise ValueError("The block type %r has no schema." % slug)
    return of_type["id"], found[0]["id"]


def schema_of(kind):
    from ._schema import Schemas, hints_of, plain

    schemas = Schemas()
    properties = {}
    secrets = []
    for name, _ in kind.fields().items():
        hint = hints_of(kind).get(name)
        found = secrets_in(hint)
        try:
            keywords = keywords_of_secrets(found) if found else schemas.of(hint)
        except Exception:
            keywords = {}
        secrets += [name + path for path in found]
        default = default_of(kind, name)
        given = {} if default is NEEDED or default is None else {"default": plain(default)}
        properties[name] = dict({"title": name.title().replace("_", " ")}, **given, **keywords)
    needed = [name for name, is_needed in kind.fields().items() if is_needed]
    fields = {"title": kind.__name__, "type": "object", "properties": properties, "secret_fields": secrets}
    fields.update({"required": needed} if needed else {})
    fields.update({"definitions": schemas.definitions} if schemas.definitions else {})
    return dict(fields, block_type_slug=kind.get_block_type_slug(), block_schema_references={})


def keywords_of_secrets(paths):
    """The server knows a schema again by its fields without their secrets: one of before, with fewer secrets, has other keywords."""
    if paths == [""]:
        return {"type": "string", "writeOnly": True, "format": "password"}
    return {"type": "object", "description": "Its values are secrets." if paths == [".*"] else "Some of its fields are secrets."}


def secrets_in(hint, around=()):
    """Where a field's value has secrets: "" for the whole of it, ".*" for all within, ".inner" for a field of a part or a block."""
    from ._schema import hints_of

    if isinstance(hint, type) and issubclass(hint, (Block, Part)):
        inner = {} if hint in around else {name: hints_of(hint).get(name) for name in hint.fields()}
        return ["." + name + path for name, each in inner.items() for path in secrets_in(each, (*around, hint))]
    found = sorted({path for each in getattr(hint, "__args__", None) or () for path in secrets_in(each, around)})
    origin = getattr(hint, "__origin__", None)
    if "SecretDict" in str(hint) or origin is dict and (found or "Secret" in str(hint)):
        return [".*"]
    # A list is shown, or hidden, as a whole.
    if origin in (list, tuple, set) and found or not found and "Secret" in str(hint):
        return [""]
    return found


def save_document(slug, data, name, overwrite=False, kind=None):
    type_id, schema_id = type_and_schema(slug, kind)
    body = {"name": name, "data": data, "block_type_id": type_id, "block_schema_id": schema_id, "is_anonymous": name is None}
    try:
        return api().post("/block_documents/", body)
    except ApiError as error:
        if error.status != 409:
            raise
    if not overwrite:
        raise ValueError("You are attempting to save values with a name that is already in use for this block type. If you would like to overwrite the values that are saved, then save with `overwrite=True`.")
    found = api().get("/block_types/slug/%s/block_documents/name/%s" % (slug, name))
    api().patch("/block_documents/" + found["id"], {"data": data, "block_schema_id": schema_id})
    return found


class Secret(Block):
    _block_type_slug = "secret"
    value: "SecretStr"

    def get(self):
        return self.value.get_secret_value() if hasattr(self.value, "get_secret_value") else self.value


class JSON(Block):
    _block_type_slug = "json"
    value: "Any"


class String(Block):
    _block_type_slug = "string"
    value: str


class DateTime(Block):
    _block_type_slug = "date-time"
    value: "Any"


class Notifier(Block):
    url: "SecretStr"

    def notify(self, body, subject=None):
        import json
        import urllib.request

        url = self.url.get_secret_value() if hasattr(self.url, "get_secret_value") else self.url
        text = "*%s*\n%s" % (subject, body) if subject else body
        request = urllib.request.Request(url, json.dumps({"text": text}).encode(), {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=30).close()
        return compatible(None)


class SlackWebhook(Notifier):
    _block_type_slug = "slack-webhook"


class MicrosoftTeamsWebhook(Notifier):
    _block_type_slug = "ms-teams-webhook"


class CustomWebhook(Block):
    _block_type_slug = "custom-webhook"
    name: str
    url: str


class PagerDutyWebHook(Block):
    _block_type_slug = "pager-duty-webhook"
    integration_key: "SecretStr"
    api_key: "SecretStr"


class Infrastructure(Block):
    env: "Optional[dict]" = None
    labels: "Optional[dict]" = None
    name: "Optional[str]" = None
    command: "Optional[list]" = None

    def to_api(self):
        return {key: secretless(value) for key, value in self.dict().items() if value is not None}


class Process(Infrastructure):
    _block_type_slug = "process"
    stream_output: "Optional[bool]" = True
    working_dir: "Optional[str]" = None


class DockerContainer(Infrastructure):
    _block_type_slug = "docker-container"
    image: "Optional[str]" = None


class KubernetesJob(Infrastructure):
    _block_type_slug = "kubernetes-job"
    image: "Optional[str]" = None
    namespace: "Optional[str]" = None
