"""Blocks: what the server keeps for flows, with its secrets."""
import datetime
import enum
import inspect
import re
import uuid

from ._api import ApiError, ObjectNotFound, api
from ._artifacts import compatible


class Block:
    """Fields are annotations of the class. `save` keeps a block on the server, `load` has it back."""

    _block_type_name = None
    _block_type_slug = None
    _block_document_id = None
    _block_document_name = None
    _is_anonymous = None
    _logo_url = _documentation_url = _description = _code_example = None

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
        self.__dict__.update(filled(type(self), fields, is_new=True))
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
            if not name:
                raise ValueError("A block is named as 'TYPE/NAME', and not as %r." % slug)
        try:
            found = api().get("/block_types/slug/%s/block_documents/name/%s?include_secrets=true" % (slug, name))
        except ObjectNotFound:
            raise ValueError("Unable to find block document named %s for block type %s" % (name, slug)) from None
        block = made(cls if cls is not Block else kind_of(slug), found["data"])
        block._block_document_id, block._block_document_name, block._is_anonymous = uuid.UUID(found["id"]), name, False
        return compatible(block)

    def save(self, name=None, overwrite=False, client=None):
        slug = self.get_block_type_slug()
        document = save_document(slug, data_of_block(self), name or self._block_document_name, overwrite, type(self))
        self._block_document_id, self._block_document_name = uuid.UUID(document["id"]), document.get("name")
        self._is_anonymous = False
        return compatible(self._block_document_id)

    @classmethod
    def register_type_and_schema(cls, client=None):
        return compatible(type_and_schema(cls.get_block_type_slug(), cls) and None)

    @classmethod
    def get_description(cls):
        return cls._description or (inspect.getdoc(cls) if cls.__doc__ else None)

    def dict(self):
        return {key: value for key, value in self.__dict__.items() if not key.startswith("_")}

    def json(self):
        import json

        return json.dumps({key: shown(value) for key, value in self.dict().items()})

    def copy(self, update=None):
        import copy

        found = copy.copy(self)
        found.__dict__.update(update or {})
        return found

    def __eq__(self, other):
        return type(self) is type(other) and self.dict() == other.dict()

    __hash__ = object.__hash__

    def __repr__(self):
        return "%s(%s)" % (type(self).__name__, ", ".join("%s=%r" % item for item in self.dict().items()))


class SecretValue:
    """A value that is shown as asterisks."""

    def __init__(self, value):
        self._value = value

    def get_secret_value(self):
        return self._value

    def __eq__(self, other):
        return isinstance(other, SecretValue) and self._value == other._value

    __hash__ = None

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


def filled(kind, given, is_new=False):
    """All fields of a block: those that are given, as their annotations say, and the defaults of the others. One that is new is refused a wrong value."""
    import copy

    from ._schema import hints_of

    hints = {}
    for base in reversed(kind.__mro__):
        hints.update(hints_of(base) if "__annotations__" in base.__dict__ else {})
    found = {}
    for name, is_needed in kind.fields().items():
        if name not in given and not is_needed:
            found[name] = copy.deepcopy(default_of(kind, name)) if hasattr(kind, name) else None
        elif name in given and given[name] is None and default_of(kind, name) is None:
            found[name] = None  # as in pydantic 1, whatever its annotation says
        elif name in given:
            try:
                found[name] = as_hinted(given[name], hints.get(name))
            except (TypeError, ValueError) as error:
                # The annotations of this package say less than its blocks take.
                if is_new and not kind.__module__.startswith("prefect."):
                    raise ValueError("1 validation error for %s\n%s\n  %s" % (kind.__name__, name, error)) from None
                found[name] = given[name]
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
    if hint is None or "Secret" in str(hint):
        return value
    from ._fitting import fitted

    return fitted(value, hint)


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
    if isinstance(value, (Block, Part)) or is_model(value):
        return secretless(value.model_dump() if hasattr(value, "model_dump") else value.dict())
    if isinstance(value, dict):
        return {key: secretless(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [secretless(item) for item in value]
    return sendable(value)


def shown(value):
    """As JSON, with secrets as asterisks."""
    from ._engine import sendable

    return sendable(value.dict() if isinstance(value, (Block, Part)) else value)


def is_model(value):
    return hasattr(value, "__fields__") and hasattr(value, "dict") and not isinstance(value, type)


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
        description = kind.get_description()
        looks = {"logo_url": kind._logo_url, "documentation_url": kind._documentation_url, "code_example": kind._code_example}
        of_type = api().post("/block_types/", dict(looks, name=name, slug=slug, description=description))
    if kind is not None and kind.__module__ not in OF_SERVER:
        from ._block_schemas import schema_of

        schema = api().post("/block_schemas/", {"block_type_id": of_type["id"], "fields": schema_of(kind), "capabilities": []})
        return of_type["id"], schema["id"]
    found = api().post("/block_schemas/filter", {"block_schemas": {"block_type_id": {"any_": [of_type["id"]]}}})
    if not found:
        raise ValueError("The block type %r has no schema." % slug)
    return of_type["id"], found[0]["id"]


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
    value: datetime.datetime


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


class ImagePullPolicy(enum.Enum):
    IF_NOT_PRESENT = "IF_NOT_PRESENT"
    ALWAYS = "ALWAYS"
    NEVER = "NEVER"


class KubernetesImagePullPolicy(enum.Enum):
    IF_NOT_PRESENT = "IfNotPresent"
    ALWAYS = "Always"
    NEVER = "Never"
