"""Says what this engine does not offer, and the way to the one that does."""
import sys


def said_missing(name):
    top = name.lstrip("'").partition(".")[0].rstrip("'")
    more = " " + top.replace("_", "-") if top.startswith("prefect_") else ""
    way = "%s -m pip install 'prefect>=2,<3'%s" % (sys.executable, more)
    return "%s is not offered by orch's built-in Python engine. Install Prefect, and the run is executed by it: %s" % (name, way)


def missing(name):
    return ImportError(said_missing(name))


def vendor(module, package, user):
    """The module of a package that `user` works by. Raises a sentence where it is not installed."""
    import importlib

    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        top = module.partition(".")[0]
        if error.name != module and not module.startswith(str(error.name) + ".") and error.name != top:
            raise
        message = "%s needs the package '%s', which is not installed: %s -m pip install %s" % (user, package, sys.executable, package)
        raise ImportError(message, name=package) from None
