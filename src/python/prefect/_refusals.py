"""What a definition of a flow or a task is refused for."""
import inspect

NOT_IN_NAMES = ["/", "%", "&", ">", "<"]
# What later releases of Prefect 2 take and what changes nothing here.
HARMLESS = {"viz_return_value"}


def refuse_name(name):
    if name and any(character in name for character in NOT_IN_NAMES):
        from ._exceptions import InvalidNameError

        raise InvalidNameError("Name %r contains an invalid character. Must not contain any of: %s." % (name, NOT_IN_NAMES))


def refuse_reserved(fn):
    try:
        names = inspect.signature(fn).parameters
    except ValueError:
        return  # a function that tells nothing of its parameters
    for reserved in ("return_state", "wait_for"):
        if reserved in names:
            from ._exceptions import ReservedArgumentError

            raise ReservedArgumentError("%r is a reserved argument name and cannot be used." % reserved)


def refuse_later(kind, options):
    """Options that this engine does not know are named at the definition: without them a run would do something else."""
    from ._missing import missing

    for name in options:
        if name not in HARMLESS:
            raise missing("The option %r of @%s" % (name, kind))
