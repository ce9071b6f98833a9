"""Makes the schema of a block of people's own: its fields, and which of them are secrets."""
from ._blocks import NEEDED, Block, Part, default_of


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

    if isinstance(hint, type) and (issubclass(hint, (Block, Part)) or hasattr(hint, "__fields__")):
        names = hint.fields() if issubclass(hint, (Block, Part)) else hint.__fields__
        inner = {} if hint in around else {name: hints_of(hint).get(name) for name in names}
        return ["." + name + path for name, each in inner.items() for path in secrets_in(each, (*around, hint))]
    found = sorted({path for each in getattr(hint, "__args__", None) or () for path in secrets_in(each, around)})
    origin = getattr(hint, "__origin__", None)
    if "SecretDict" in str(hint) or origin is dict and (found or "Secret" in str(hint)):
        return [".*"]
    # A list is shown, or hidden, as a whole.
    if origin in (list, tuple, set) and found or not found and "Secret" in str(hint):
        return [""]
    return found
