"""Says what this engine does not offer, and the way to the one that does."""
import sys


def missing(name):
    way = "%s -m pip install 'prefect>=2,<3'" % sys.executable
    return ImportError("%s is not offered by orch's built-in Python engine. Install Prefect, and the run is executed by it: %s" % (name, way))
