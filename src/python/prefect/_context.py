"""What runs around a call: the flow run, the task run, tags."""
import contextlib
import contextvars

from ._api import PrefectException
from ._records import now
from ._steps import drive, drive_async, in_loop

_flow = contextvars.ContextVar("orch_flow", default=None)
_task = contextvars.ContextVar("orch_task", default=None)
_tags = contextvars.ContextVar("orch_tags", default=frozenset())


class MissingContextError(PrefectException, RuntimeError):
    """The call is not in a run."""


class RunContext:
    """What flow and task runs have both."""

    @property
    def client(self):
        from ._client import get_client

        return get_client()

    def dict(self):
        return {name: value for name, value in self.__dict__.items() if name in self.SHOWN}

    def copy(self, update=None):
        import copy

        found = copy.copy(self)
        found.__dict__.update(update or {})
        return found


class FlowRunContext(RunContext):
    """A flow run that executes in this process."""

    SHOWN = ("flow", "flow_run", "parameters", "log_prints", "start_time")

    def __init__(self, flow, flow_run, logger, parameters, parent=None):
        self.start_time = now()
        # The run of the flow that has called this one.
        self.parent = parent
        self.flow = flow
        self.flow_run = flow_run
        self.logger = logger
        self.parameters = parameters
        self.log_prints = False
        # What the flow has called, in order: its state follows from them if it returns nothing.
        self.children = []
        # How often each task was called.
        self.dynamic_keys = {}
        # Whether an event loop runs around a sync flow: its calls are not awaited.
        self.is_in_loop = in_loop() and not flow.isasync
        # How often the flow has paused: a pause that was resumed is known by its number.
        self.pauses = 0
        # Task runs by the ids of values that they returned: they are the inputs of others.
        self.sources = {}
        self.task_run = None

    @property
    def task_runner(self):
        return self.flow.task_runner

    @classmethod
    def get(cls):
        return _flow.get()


class TaskRunContext(RunContext):
    """A task run that executes in this process."""

    SHOWN = ("task", "task_run", "parameters", "log_prints", "start_time")

    def __init__(self, task, task_run, logger, parameters):
        self.start_time = now()
        self.task = task
        self.task_run = task_run
        self.logger = logger
        self.parameters = parameters
        self.log_prints = False

    @classmethod
    def get(cls):
        return _task.get()


class TagsContext:
    """The tags that `tags` has set around the call."""

    def __init__(self, current_tags=frozenset()):
        self.current_tags = set(current_tags)

    @classmethod
    def get(cls):
        return cls(_tags.get())


def current_flow():
    return _flow.get()


def current_task():
    return _task.get()


def done_here(steps):
    """What the steps give; in async flows, and where only a loop runs around, that is awaited."""
    frame = current_flow()
    is_awaited = in_loop() and (frame is None or frame.flow.isasync)
    return drive_async(steps) if is_awaited else drive(steps)


@contextlib.contextmanager
def in_flow(frame):
    first, second = _flow.set(frame), _task.set(None)
    try:
        yield frame
    finally:
        _flow.reset(first)
        _task.reset(second)


@contextlib.contextmanager
def in_task(frame):
    token = _task.set(frame)
    try:
        yield frame
    finally:
        _task.reset(token)


@contextlib.contextmanager
def tags(*names):
    """Runs that are created within have these tags."""
    token = _tags.set(_tags.get() | set(names))
    try:
        yield set(_tags.get())
    finally:
        _tags.reset(token)


def current_tags():
    return set(_tags.get())


def get_run_context():
    """The context of the task run around the call, or that of the flow run."""
    found = current_task() or current_flow()
    if found is None:
        raise MissingContextError("No run context available. You are not in a flow or task run context.")
    return found
