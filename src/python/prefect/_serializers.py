"""How values are written as bytes: for results that are kept."""
import base64


def qualified(thing):
    return thing.__module__ + "." + thing.__qualname__


def named(path):
    """What a dotted path leads to: a module, or a name in one."""
    import importlib

    module, _, name = path.rpartition(".")
    if module:
        found = importlib.import_module(module)
        if hasattr(found, name):
            return getattr(found, name)
    return importlib.import_module(path)


class Serializer:
    """Has `dumps` and `loads`. `Serializer(type="json")` is the one of the name; subclasses with a `type` have a name too."""

    type = None
    # The options, with their defaults.
    options = {}

    def __new__(cls, *args, type=None, **options):
        if cls is Serializer and type not in KINDS:
            raise ValueError("There is no result serializer %r. There are: %s." % (type, ", ".join(sorted(KINDS))))
        return object.__new__(KINDS[type] if cls is Serializer else cls)

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        if cls.type:
            KINDS[cls.type] = cls

    def __init__(self, type=None, **given):
        known = dict(self.options)
        for base in reversed(self.__class__.__mro__):
            names = [name for name in getattr(base, "__dict__", {}).get("__annotations__", {}) if name != "type"]
            known.update({name: getattr(self.__class__, name, None) for name in names})
        unknown = [name for name in given if name not in known]
        if unknown:
            raise ValueError("%s: extra fields not permitted" % unknown[0])
        self.__dict__.update(known, **given)

    def dumps(self, value):
        raise NotImplementedError

    def loads(self, blob):
        raise NotImplementedError

    def dict(self):
        inner = {key: value.dict() if isinstance(value, Serializer) else value for key, value in self.__dict__.items()}
        return dict(inner, type=self.type)


KINDS = {}


class PickleSerializer(Serializer):
    """By `pickle`, and by cloudpickle for what that cannot write, where it is installed. `picklelib` names another library."""

    type = "pickle"
    options = {"picklelib": "pickle", "picklelib_version": None}

    def __init__(self, **given):
        super().__init__(**given)
        self.picklelib_version = getattr(named(self.picklelib), "__version__", None)

    def dumps(self, value):
        library = named(self.picklelib)
        try:
            return base64.encodebytes(library.dumps(value))
        except Exception:
            if self.picklelib != "pickle":
                raise
            try:
                import cloudpickle
            except ImportError:
                cloudpickle = None
            if cloudpickle is None:
                raise
            # What cloudpickle writes is read by pickle too, where cloudpickle is installed.
            return base64.encodebytes(cloudpickle.dumps(value))

    def loads(self, blob):
        return named(self.picklelib).loads(base64.decodebytes(blob))


ENCODER, DECODER = "prefect.serializers.prefect_json_object_encoder", "prefect.serializers.prefect_json_object_decoder"


class JSONSerializer(Serializer):
    """By `json`; objects of classes are written with the name of their class."""

    type = "json"
    options = {"jsonlib": "json", "object_encoder": ENCODER, "object_decoder": DECODER, "dumps_kwargs": {}, "loads_kwargs": {}}

    def __init__(self, **given):
        super().__init__(**given)
        if "default" in self.dumps_kwargs:
            raise ValueError("`default` cannot be provided. Use `object_encoder` instead.")
        if "object_hook" in self.loads_kwargs:
            raise ValueError("`object_hook` cannot be provided. Use `object_decoder` instead.")

    def dumps(self, value):
        more = {"default": named(self.object_encoder)} if self.object_encoder else {}
        text = named(self.jsonlib).dumps(value, **dict(self.dumps_kwargs, **more))
        return text.encode() if isinstance(text, str) else text

    def loads(self, blob):
        more = {"object_hook": named(self.object_decoder)} if self.object_decoder else {}
        return named(self.jsonlib).loads(blob.decode(), **dict(self.loads_kwargs, **more))


def prefect_json_object_encoder(value):
    if isinstance(value, BaseException):
        return {"__exc_type__": qualified(type(value)), "message": str(value)}
    from ._schema import plain

    try:
        return {"__class__": qualified(type(value)), "data": plain(value)}
    except TypeError:
        raise TypeError("Object of type '%s' is not JSON serializable" % type(value).__name__) from None


def prefect_json_object_decoder(found):
    if "__class__" in found:
        from ._fitting import fitted

        return fitted(found["data"], named(found["__class__"]))
    if "__exc_type__" in found:
        return named(found["__exc_type__"])(found["message"])
    return found


class CompressedSerializer(Serializer):
    """Another serializer's bytes, compressed by `compressionlib`."""

    type = "compressed"
    options = {"serializer": None, "compressionlib": "lzma"}

    def __init__(self, **given):
        super().__init__(**given)
        inner = self.serializer
        if inner is None:
            raise ValueError("serializer: field required")
        if isinstance(inner, dict):
            inner = Serializer(**inner)
        self.serializer = Serializer(type=inner) if isinstance(inner, str) else inner

    def dumps(self, value):
        return base64.encodebytes(named(self.compressionlib).compress(self.serializer.dumps(value)))

    def loads(self, blob):
        return self.serializer.loads(named(self.compressionlib).decompress(base64.decodebytes(blob)))


class CompressedPickleSerializer(CompressedSerializer):
    type = "compressed/pickle"
    options = dict(CompressedSerializer.options, serializer="pickle")


class CompressedJSONSerializer(CompressedSerializer):
    type = "compressed/json"
    options = dict(CompressedSerializer.options, serializer="json")
