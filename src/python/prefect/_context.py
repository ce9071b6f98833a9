"""What runs around a call: the flow run, the task run, tags."""
import contextlib
import contextvars

_flow = contextvars.ContextVar("orch_flow", default=None)
_task = contextvars.ContextVar("orch_task", default=None)
_tags = contextvars.ContextVar("orch_tags", default=frozenset())


class MissingContextError(RuntimeError):
    """The call is not in a run."""


class FlowRunContext:
    """A flow run that executes in this process."""

    def __init__(self, flow, flow_run, logger, parameters):
        self.flow = flow
        self.flow_run = flow_run
        self.logger = logger
        self.parameters = parameters
        self.log_prints = False
        # What the flow has called, in order: its state follows from them if it returns nothing.
        self.children = []
        # How often each task was called.
        self.dynamic_keys = {}
        # Task runs by the ids of values that they returned: they are the inputs of others.
        self.sources = {}
        self.task_run = None

    @property
    def start_time(self):
        return self.flow_run.start_time

    @classmethod
    def get(cls):
        return _flow.get()


class TaskRunContext:
    """A task run that executes in this process."""

    def __init__(self, task, task_run, logger, parameters):
        self.task = task
        self.task_run = task_run
        self.logger = logger
        self.parameters = parameters
        self.log_prints = False

    @classmethod
    def get(cls):
        return _task.get()


def current_flow():
    return _flow.get()


def current_task():
    return _task.get()


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
