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

    def __init__(self, *args, **fields):
        names = self.fields()
        if args:
            fields = dict(zip(names, args), **fields)
        for name in names:
            if name not in fields and hasattr(type(self), name):
                fields[name] = getattr(type(self), name)
        missing = [name for name, is_needed in names.items() if is_needed and name not in fields]
        if missing:
            raise ValueError("%d validation error for %s\n%s\n  field required" % (len(missing), type(self).__name__, missing[0]))
        self.__dict__.update(fields)
        if hasattr(self, "block_initialization"):
            self.block_initialization()

    @classmethod
    def fields(cls):
        """The names of the fields, and whether each is needed."""
        found = {}
        for base in reversed(cls.__mro__):
            for name, hint in getattr(base, "__dict__", {}).get("__annotations__", {}).items():
                if not name.startswith("_"):
                    found[name] = not hasattr(cls, name) and "Optional" not in str(hint) and "None" not in str(hint)
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
        block = made(cls if cls is not Block else KINDS.get(slug, Block), found["data"])
        block._block_document_id, block._block_document_name = found["id"], name
        return compatible(block)

    def save(self, name=None, overwrite=False, client=None):
        slug = self.get_block_type_slug()
        data = {key: secretless(value) for key, value in self.__dict__.items() if not key.startswith("_")}
        document = save_document(slug, data, name or self._block_document_name, overwrite, type(self))
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


def made(kind, data):
    block = kind.__new__(kind)
    hints = {}
    for base in reversed(kind.__mro__):
        hints.update(getattr(base, "__dict__", {}).get("__annotations__", {}))
    for name in kind.fields():
        if hasattr(kind, name):
            block.__dict__[name] = getattr(kind, name)
    for name, value in data.items():
        is_secret = "Secret" in str(hints.get(name, "")) and isinstance(value, str)
        block.__dict__[name] = SecretValue(value) if is_secret else value
    if hasattr(block, "block_initialization"):
        block.block_initialization()
    return block


def secretless(value):
    from ._engine import sendable

    if hasattr(value, "get_secret_value"):
        return value.get_secret_value()
    if isinstance(value, dict):
        return {key: secretless(item) for key, item in value.items()}
    return sendable(value)


def type_and_schema(slug, kind=None):
    try:
        of_type = api().get("/block_types/slug/" + slug)
    except ObjectNotFound:
        if kind is None:
            raise
        name = kind._block_type_name or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__)
        description = inspect.getdoc(kind) if kind.__doc__ else None
        of_type = api().post("/block_types/", {"name": name, "slug": slug, "description": description})
    if kind is not None and kind._block_type_slug is None and kind.__module__ != __name__:
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
        is_secret = "Secret" in str(hint)
        try:
            keywords = {"type": "string", "writeOnly": True, "format": "password"} if is_secret else schemas.of(hint)
        except Exception:
            keywords = {}
        if is_secret:
            secrets.append(name)
        given = {"default": plain(getattr(kind, name))} if getattr(kind, name, None) is not None else {}
        properties[name] = dict({"title": name.title().replace("_", " ")}, **given, **keywords)
    needed = [name for name, is_needed in kind.fields().items() if is_needed]
    fields = {"title": kind.__name__, "type": "object", "properties": properties, "secret_fields": secrets}
    fields.update({"required": needed} if needed else {})
    fields.update({"definitions": schemas.definitions} if schemas.definitions else {})
    return dict(fields, block_type_slug=kind.get_block_type_slug(), block_schema_references={})


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


class Webhook(Block):
    url: "SecretStr"

    def notify(self, body, subject=None):
        import json
        import urllib.request

        url = self.url.get_secret_value() if hasattr(self.url, "get_secret_value") else self.url
        text = "*%s*\n%s" % (subject, body) if subject else body
        request = urllib.request.Request(url, json.dumps({"text": text}).encode(), {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=30).close()
        return compatible(None)


class SlackWebhook(Webhook):
    _block_type_slug = "slack-webhook"


class MicrosoftTeamsWebhook(Webhook):
    _block_type_slug = "ms-teams-webhook"


class CustomWebhook(Block):
    _block_type_slug = "custom-webhook"
    name: str
    url: str


class PagerDutyWebHook(Block):
    _block_type_slug = "pager-duty-webhook"
    integration_key: "SecretStr"
    api_key: "SecretStr"


class LocalFileSystem(Block):
    """A folder of this machine."""

    _block_type_slug = "local-file-system"
    basepath: "Optional[str]" = None

    def place(self, path):
        import os

        base = os.path.abspath(os.path.expanduser(self.basepath or "."))
        found = os.path.abspath(os.path.join(base, path))
        if os.path.commonpath([base, found]) != base:
            raise ValueError("Provided path %s is outside of the base path %s." % (found, base))
        return found

    def read_path(self, path):
        with open(self.place(path), "rb") as file:
            return compatible(file.read())

    def write_path(self, path, content):
        import os

        place = self.place(path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(content)
        return compatible(place)


class RemoteFileSystem(Block):
    _block_type_slug = "remote-file-system"
    basepath: str
    settings: "Optional[dict]" = None


class S3(Block):
    _block_type_slug = "s3"
    bucket_path: str
    aws_access_key_id: "Optional[SecretStr]" = None
    aws_secret_access_key: "Optional[SecretStr]" = None


class GCS(Block):
    _block_type_slug = "gcs"
    bucket_path: str
    service_account_info: "Optional[SecretStr]" = None
    project: "Optional[str]" = None


class Azure(Block):
    _block_type_slug = "azure"
    bucket_path: str
    azure_storage_connection_string: "Optional[SecretStr]" = None
    azure_storage_account_name: "Optional[SecretStr]" = None
    azure_storage_account_key: "Optional[SecretStr]" = None


class SMB(Block):
    _block_type_slug = "smb"
    share_path: str
    smb_host: str
    smb_username: "Optional[SecretStr]" = None
    smb_password: "Optional[SecretStr]" = None
    smb_port: "Optional[int]" = None


class GitHub(Block):
    _block_type_slug = "github"
    repository: str
    reference: "Optional[str]" = None
    access_token: "Optional[SecretStr]" = None
    include_git_objects: "Optional[bool]" = True


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


KINDS = {kind._block_type_slug: kind for kind in list(globals().values()) if isinstance(kind, type) and issubclass(kind, Block) and kind._block_type_slug}
