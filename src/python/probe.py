"""Prints the version of Python, and that of the Prefect that it would import, as JSON."""
import json
import sys
from importlib.machinery import PathFinder


def installed():
    spec = PathFinder.find_spec("prefect")
    if spec is None or not spec.origin:
        return None
    import os
    import re

    folder = os.path.dirname(os.path.dirname(spec.origin))
    found = [re.match(r"prefect-(\d[^-]*?)(?:-py[\d.]+)?\.(?:dist|egg)-info$", name) for name in os.listdir(folder)]
    return next((match.group(1) for match in found if match), "unknown")


print(json.dumps({"python": "%d.%d.%d" % sys.version_info[:3], "prefect": installed()}))
