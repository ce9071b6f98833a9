"""Task runs that are under way, and how their results become the inputs of others."""
import threading
import time

from . import _states as states
from ._api import PrefectException, api
from ._steps import Wait, in_loop, running_loop


STANDSTILL = "Task run %r goes on in the event loop, and a call without 'await' would stop that. Await it first: value = await future.result()"


class Future:
    """A task run that is under way."""

    def __init__(self, task, run, is_awaited=False):
        self.task = task
        # Whether `wait` and `result` are awaited: those of async tasks in async flows are.
        self.is_awaited = is_awaited
        self.task_run = run
        # Where an awaited one goes on, and what the thread of another waits for.
        self.loop = running_loop() if is_awaited else None
        self.waits_for = None
        self.state = None
        self.error = None
        self.done = threading.Event()

    @property
    def name(self):
        return self.task_run.name

    @property
    def asynchronous(self):
        return self.is_awaited

    def end(self, state=None, error=None):
        self.state, self.error = state, error
        self.done.set()

    def wait(self, timeout=None):
        """The final state; None when the time is over before."""
        if self.is_awaited and in_loop():
            return self.wait_async(timeout)
        return self.settled(timeout)

    def settled(self, timeout=None):
        """As `wait`, in this thread: it never gives a coroutine."""
        if not (self.done_in_loop(timeout) if in_loop() else self.done.wait(timeout)):
            return None
        if self.error is not None:
            raise self.error
        return self.state

    def done_in_loop(self, timeout):
        """Waits in the thread of an event loop. Raises where that would never end, as what is waited for goes on in the same loop."""
        end = None if timeout is None else time.monotonic() + timeout
        while not self.done.wait(0.02 if end is None else max(0, min(0.02, end - time.monotonic()))):
            if end is not None and time.monotonic() >= end:
                return False
            last = self
            while last is not None and not last.done.is_set():
                if last.loop is running_loop():
                    raise RuntimeError(STANDSTILL % last.name)
                last = last.waits_for
        return True

    def result(self, timeout=None, raise_on_failure=True):
        if self.is_awaited and in_loop():
            return self.result_async(timeout, raise_on_failure)
        return value_of(self.settled(timeout), raise_on_failure)

    async def wait_async(self, timeout=None):
        await Wait(self, timeout).there()
        return self.settled(0)

    async def result_async(self, timeout=None, raise_on_failure=True):
        return value_of(await self.wait_async(timeout), raise_on_failure)

    def get_state(self):
        return self.get_state_async() if self.is_awaited and in_loop() else self.state_now()

    async def get_state_async(self):
        return self.state_now()

    def state_now(self):
        return self.state or states.state_from_api(api().get("/task_runs/%s" % self.task_run.id)["state"])

    def __repr__(self):
        return "PrefectFuture(%r)" % self.name


def value_of(state, raise_on_failure):
    if state is None:
        raise TimeoutError("Call timed out before task finished.")
    return state.result(raise_on_failure=raise_on_failure)


Future.__name__ = Future.__qualname__ = "PrefectFuture"


class UpstreamFailed(PrefectException):
    """An input's run has not completed."""


UpstreamFailed.__module__, UpstreamFailed.__name__ = "prefect.exceptions", "UpstreamTaskError"


def futures_in(value, found=None, seen=None):
    """All futures in a value: in lists, tuples, sets, dicts and fields too."""
    found = [] if found is None else found
    seen = set() if seen is None else seen
    if isinstance(value, Future):
        if value not in found:
            found.append(value)
    elif isinstance(value, allow_failure):
        futures_in(value.value, found, seen)
    elif type(value) is dict or type(value) in (list, tuple, set):
        for item in value.values() if type(value) is dict else value:
            futures_in(item, found, seen)
    elif id(value) not in seen:  # objects may refer to each other
        fields = fields_of(value)
        seen.update([id(value)] if fields else [])
        for item in fields.values():
            futures_in(item, found, seen)
    return found


def fields_of(value):
    """Those of a dataclass, or of a model of pydantic's; empty for others."""
    names = getattr(type(value), "__dataclass_fields__", None) or getattr(type(value), "__fields__", None)
    own = getattr(value, "__dict__", None)
    return {name: own[name] for name in names if name in own} if names and own else {}


def inside(value):
    """What is directly in a collection. Only in plain ones: a named tuple is one value."""
    if isinstance(value, annotated):
        return [value.value]
    if type(value) in (list, tuple, set):
        return list(value)
    return [each for item in value.items() for each in item] if type(value) is dict else list(fields_of(value).values())


def listed(wait_for):
    """One future may stand alone."""
    return list(wait_for or ()) if hasattr(wait_for, "__iter__") or not wait_for else [wait_for]


def with_states(value):
    """The value with the states of futures in their places."""
    if isinstance(value, Future):
        return value.settled()
    if type(value) in (list, tuple, set):
        return type(value)(with_states(item) for item in value)
    if type(value) is dict:
        return {key: with_states(item) for key, item in value.items()}
    return value


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
    if futures_in(fields_of(value)):
        import copy

        # A copy, also of what is frozen.
        value = copy.copy(value)
        value.__dict__.update({name: resolved(item, may_fail) for name, item in fields_of(value).items()})
    return value
