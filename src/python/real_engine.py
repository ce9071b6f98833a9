"""Runs the flow run of this process by the Prefect that is installed, as `python -m prefect.engine` does.

The code of the flow lies in the current folder already, so Prefect is kept from fetching it again: it might lack the package
for the storage. All else is its own. Prefect's own engine is run from the top, in the module `__main__`.
"""
import functools
import os
import runpy
import sys


def without_fetching(load):
    @functools.wraps(load)
    async def load_here(flow_run, *args, **options):
        sys.path.insert(0, ".")
        return await load(flow_run, *args, **dict(options, ignore_storage=True))

    return load_here


sys.path[0] = os.getcwd()
deployments = __import__("prefect.deployments", fromlist=["deployments"])
deployments.load_flow_from_flow_run = without_fetching(deployments.load_flow_from_flow_run)
sys.argv[1:] = []
runpy._run_module_as_main("prefect.engine")
