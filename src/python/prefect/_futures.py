"""Task runs that are under way, and how their results become the inputs of others."""
import threading

from . import _states as states
from ._api import api
from ._steps import Wait


class Future:
    """A task run that is under way."""

    def __init__(self, task, run):
        self.task = task
        self.task_run = run
        self.state = None
        self.error = None
        self.done = threading.Event()

    @property
    def name(self):
        return self.task_run.name

    def end(self, state=None, error=None):
        self.state, self.error = state, error
        self.done.set()

    def wait(self, timeout=None):
        """The final state; None when the time is over before."""
        if self.task.isasync and in_loop():
            return self.wait_async()
        if not self.done.wait(timeout):
            return None
        if self.error is not None:
            raise self.error
        return self.state

    def result(self, timeout=None, raise_on_failure=True):
        if self.task.isasync and in_loop():
            return self.result_async(raise_on_failure)
        state = self.wait(timeout)
        if state is None:
            raise TimeoutError("Call timed out before task finished.")
        return state.result(raise_on_failure=raise_on_failure)

    async def wait_async(self):
        await Wait(self).there()
        if self.error is not None:
            raise self.error
        return self.state

    async def result_async(self, raise_on_failure=True):
        return (await self.wait_async()).result(raise_on_failure=raise_on_failure)

    def get_state(self):
        return self.state or states.state_from_api(api().get("/task_runs/%s" % self.task_run.id)["state"])

    def __repr__(self):
        return "PrefectFuture(%r)" % self.name


def in_loop():
    import sys

    loops = sys.modules.get("asyncio")
    if loops is None:
        return False
    try:
        loops.get_running_loop()
        return True
    except RuntimeError:
        return False


class UpstreamFailed(Exception):
    pass


def futures_in(value, found=None):
    """All futures in a value: in lists, tuples, sets and dicts too."""
    found = [] if found is None else found
    if isinstance(value, Future):
        if value not in found:
            found.append(value)
    elif isinstance(value, allow_failure):
        futures_in(value.value, found)
    elif isinstance(value, dict):
        for item in value.values():
            futures_in(item, found)
    elif isinstance(value, (list, tuple, set)):
        for item in value:
            futures_in(item, found)
    return found


class annotated:
    """Says how an argument of a task is taken."""

    def __init__(self, value):
        self.value = value

    def unwrap(self):
        return self.value


class unmapped(annotated):
    """An argument that each of the mapped runs gets whole."""

    def __getitem__(self, _):
        return self.value


class allow_failure(annotated):
    """An argument that may have failed: then it is the exception."""


class quote(annotated):
    """An argument that is not searched for futures."""

    def unquote(self):
        return self.value


def resolved(value, may_fail=False):
    """The value with the results of futures in their places. Raises UpstreamFailed."""
    if isinstance(value, allow_failure):
        return resolved(value.value, True)
    if isinstance(value, unmapped):
        return resolved(value.value, may_fail)
    if isinstance(value, quote):
        return value.value
    if isinstance(value, Future):
        state = value.state
        if state is None or not state.is_completed():
            if may_fail and state is not None:
                return state.result(raise_on_failure=False)
            raise UpstreamFailed("Upstream task run '%s' did not reach a 'COMPLETED' state." % value.task_run.id)
        return state.result()
    if isinstance(value, states.State) and value.is_of_run:
        if not value.is_completed() and not may_fail:
            raise UpstreamFailed("Upstream state %s is not 'COMPLETED'." % value)
        return value.result(raise_on_failure=False)
    if type(value) in (list, tuple, set):
        return type(value)(resolved(item, may_fail) for item in value)
    if type(value) is dict:
        return {key: resolved(item, may_fail) for key, item in value.items()}
    return value
