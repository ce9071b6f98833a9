"""Flows and tasks: functions that are run as flow and task runs when they are called."""
import functools
import inspect
import io

from . import _states as states
from ._api import PrefectException
from ._context import FlowRunContext, current_flow, current_task
from ._engine import crash_message, create_flow_run, create_task_run, flow_steps, report_crash, sendable, task_steps
from ._futures import Future, unmapped
from ._inputs import inputs_of_each
from ._log import SHIPPER
from ._refusals import refuse_later, refuse_name, refuse_reserved
from ._runners import ConcurrentTaskRunner
from ._steps import Abort, Pause, Wait, drive, drive_async, in_loop, run_to_end
from ._values import Checked, bind, validated


class Flow:
    """A flow. Called, it runs: here and now, as a subflow within another flow."""

    def __init__(
        self,
        fn,
        name=None,
        version=None,
        flow_run_name=None,
        retries=0,
        retry_delay_seconds=0,
        task_runner=None,
        description=None,
        timeout_seconds=None,
        validate_parameters=True,
        persist_result=None,
        result_storage=None,
        result_serializer=None,
        cache_result_in_memory=True,
        log_prints=None,
        on_completion=None,
        on_failure=None,
        **later
    ):
        refuse_later("flow", later)
        if not callable(fn):
            raise TypeError("'fn' must be callable")
        refuse_name(name)
        functools.update_wrapper(self, fn)
        self.fn = fn
        self.name = name or fn.__name__.replace("_", "-")
        self.version = version or file_version(fn)
        self.description = description or inspect.getdoc(fn)
        self.flow_run_name = flow_run_name
        self.retries, self.retry_delay_seconds = retries or 0, retry_delay_seconds or 0
        self.task_runner = task_runner() if isinstance(task_runner, type) else task_runner or ConcurrentTaskRunner()
        self.timeout_seconds = float(timeout_seconds) if timeout_seconds else None
        self.should_validate_parameters = validate_parameters
        self.persist_result, self.result_storage, self.result_serializer = persist_result, result_storage, result_serializer
        self.cache_result_in_memory, self.log_prints = cache_result_in_memory, log_prints
        self.on_completion, self.on_failure = on_completion, on_failure
        self.isasync = states.is_coroutine_function(fn)
        refuse_reserved(fn)

    @property
    def parameters(self):
        """The schema of the parameters."""
        from ._records import Record
        from ._schema import schema_of

        return Record(**schema_of(self.fn))

    def validate_parameters(self, parameters):
        """These parameters as the flow gets them. Raises ParameterTypeError."""
        return {name: value for name, value in validated(self.fn, parameters).items() if name in parameters}

    def serialize_parameters(self, parameters):
        """These parameters as the API gets them."""
        return {name: sendable(value) for name, value in parameters.items()}

    def with_options(self, **changes):
        return Flow(**changed(self, FLOW_OPTIONS, changes))

    def __call__(self, *args, return_state=False, wait_for=None, **kwargs):
        given = bind(self.fn, args, kwargs)
        parent = None if current_task() else current_flow()
        if wait_for and parent is None:
            raise ValueError("Only flows run as subflows can wait for dependencies.")
        if self.isasync and (parent is None or parent.flow.isasync or in_loop() and not parent.is_in_loop):
            return self.run_async(given, parent, wait_for, return_state)
        run, logger, checked, state = drive(create_flow_run(self, given, parent, wait_for))
        state = self.end(state, parent) if state else self.run_checked(run, logger, checked, parent, wait_for)
        return self.outcome(state, return_state)

    async def run_async(self, given, parent, wait_for, return_state):
        run, logger, checked, state = await drive_async(create_flow_run(self, given, parent, wait_for))
        if state is None:
            frame, steps = self.begin(run, logger, checked, parent, wait_for)
            with crashes_reported(frame):
                state = await drive_async(steps)
        return self.outcome(self.end(state, parent), return_state)

    def run_here(self, run, logger, given):
        """The final state of a run that is there already."""
        return self.run_checked(run, logger, Checked(self, given))

    def run_checked(self, run, logger, checked, parent=None, wait_for=None):
        frame, steps = self.begin(run, logger, checked, parent, wait_for)
        with crashes_reported(frame):
            # All steps of an async flow are done in its loop: tasks that it has submitted go on there.
            state = run_to_end(drive_async(steps)) if self.isasync else drive(steps)
        return self.end(state, parent)

    def begin(self, run, logger, checked, parent, wait_for):
        from ._api import setting

        frame = FlowRunContext(self, run, logger, checked.parameters, parent)
        inherited = parent.log_prints if parent else setting("LOGGING_LOG_PRINTS", "").lower() in ("true", "1")
        frame.log_prints = inherited
        return frame, flow_steps(self, frame, checked, wait_for)

    def end(self, state, parent):
        if parent is None:
            SHIPPER.flush()
        else:
            parent.children.append(state)
        return state

    def outcome(self, state, return_state):
        if return_state:
            return state
        if state.is_paused():
            return state
        return state.result()

    def to_deployment(self, name=None, **options):
        from ._serving import to_deployment

        return to_deployment(self, name, **options)

    def serve(self, name=None, pause_on_shutdown=True, print_starting_message=True, limit=None, **options):
        """Registers a deployment and runs what is due of it, until the process is stopped."""
        from ._serving import serve

        serve(self.to_deployment(name, **options), pause_on_shutdown=pause_on_shutdown, print_starting_message=print_starting_message, limit=limit)

    def deploy(self, *args, **options):
        from ._missing import missing

        raise missing("flow.deploy()")

    @staticmethod
    def from_source(*args, **options):
        from ._missing import missing

        raise missing("flow.from_source()")


FLOW_OPTIONS = {name: name for name in inspect.signature(Flow.__init__).parameters if name not in ("self", "later")}
FLOW_OPTIONS["validate_parameters"] = "should_validate_parameters"


class Task:
    """A task. Called within a flow it runs as a task run; `submit` runs it beside the flow, `map` once for each item."""

    def __init__(
        self,
        fn,
        name=None,
        description=None,
        tags=None,
        version=None,
        cache_key_fn=None,
        cache_expiration=None,
        task_run_name=None,
        retries=0,
        retry_delay_seconds=0,
        retry_jitter_factor=None,
        persist_result=None,
        result_storage=None,
        result_serializer=None,
        result_storage_key=None,
        cache_result_in_memory=True,
        timeout_seconds=None,
        log_prints=None,
        refresh_cache=None,
        on_completion=None,
        on_failure=None,
        **later
    ):
        refuse_later("task", later)
        if not callable(fn):
            raise TypeError("'fn' must be callable")
        functools.update_wrapper(self, fn)
        self.fn = fn
        self.name = name or getattr(fn, "__name__", type(fn).__name__)
        self.description = description or inspect.getdoc(fn)
        self.tags = set(tags or ())
        self.version = version
        self.task_key = fn.__module__ + "." + getattr(fn, "__qualname__", type(fn).__qualname__)
        self.cache_key_fn, self.cache_expiration, self.refresh_cache = cache_key_fn, cache_expiration, refresh_cache
        self.task_run_name = task_run_name
        self.retries = retries or 0
        self.retry_delay_seconds = retry_delay_seconds(self.retries) if callable(retry_delay_seconds) else retry_delay_seconds
        if isinstance(self.retry_delay_seconds, list) and len(self.retry_delay_seconds) > 50:
            raise ValueError("Can not configure more than 50 retry delays per task.")
        if retry_jitter_factor is not None and retry_jitter_factor < 0:
            raise ValueError("`retry_jitter_factor` must be >= 0.")
        refuse_reserved(fn)
        self.retry_jitter_factor = retry_jitter_factor
        self.persist_result, self.result_storage, self.result_serializer = persist_result, result_storage, result_serializer
        self.result_storage_key = result_storage_key
        self.cache_result_in_memory, self.log_prints = cache_result_in_memory, log_prints
        self.timeout_seconds = float(timeout_seconds) if timeout_seconds else None
        self.on_completion, self.on_failure = on_completion, on_failure
        self.isasync = states.is_coroutine_function(fn)

    def __get__(self, instance, owner):
        """As a method: the task of its object."""
        return self if instance is None else BoundTask(self, instance)

    def with_options(self, **changes):
        return Task(**changed(self, TASK_OPTIONS, changes))

    def __call__(self, *args, return_state=False, wait_for=None, **kwargs):
        parameters = bind(self.fn, args, kwargs)
        frame = self.frame()
        run = create_task_run(self, frame, parameters, wait_for)
        future = Future(self, run)
        is_awaited = self.is_awaited(frame)
        frame.logger.info("Executing %r immediately..." % run.name)
        steps = task_steps(self, run, frame, parameters, wait_for, future)
        if is_awaited:
            return self.finish_async(steps, frame, return_state)
        return self.outcome(drive(steps), frame, return_state)

    async def finish_async(self, steps, frame, return_state):
        return self.outcome(await drive_async(steps), frame, return_state)

    def outcome(self, state, frame, return_state):
        frame.children.append(state)
        return state if return_state else state.result()

    def submit(self, *args, return_state=False, wait_for=None, **kwargs):
        future = self.begin(bind(self.fn, args, kwargs), wait_for)
        if future.is_awaited:
            return self.given_async(future, self.frame().flow.task_runner, return_state)
        return future.wait() if return_state else future

    async def given_async(self, future, runner, return_state):
        if return_state or runner.is_sequential:
            await Wait(future).there()
        return await future.wait_async() if return_state else future

    def begin(self, parameters, wait_for, inputs=None):
        frame = self.frame()
        run = create_task_run(self, frame, parameters, wait_for, inputs)
        future = Future(self, run, self.is_awaited(frame))
        frame.children.append(future)
        frame.logger.info(frame.flow.task_runner.says % run.name)
        steps = task_steps(self, run, frame, parameters, wait_for, future)
        try:
            frame.flow.task_runner.start(steps, future)
        except Exception as error:
            # No thread can be started.
            report_crash("/task_runs/%s" % run.id, error, frame.logger)
            future.end(states.Crashed(message=crash_message(error), value=error))
            raise
        return future

    def map(self, *args, return_state=False, wait_for=None, **kwargs):
        parameters = bind(self.fn, args, kwargs)
        # A default is whole for each, also one that could be gone through.
        given_names = inspect.signature(self.fn).bind(*args, **kwargs).arguments
        many = {name: value for name, value in parameters.items() if name in given_names and is_mapped(value)}
        if self.is_awaited(self.frame()):
            return self.map_async(parameters, many, wait_for, return_state)
        futures = self.begin_each(parameters, many, wait_for)
        return [future.wait() for future in futures] if return_state else futures

    async def map_async(self, parameters, many, wait_for, return_state):
        for value in many.values():
            if isinstance(value, Future):
                await Wait(value).there()
        futures = self.begin_each(parameters, many, wait_for)
        runner = self.frame().flow.task_runner
        return [await self.given_async(future, runner, return_state) for future in futures]

    def begin_each(self, parameters, many, wait_for):
        lists = {name: mapped_items(value) for name, value in many.items()}
        lengths = {name: len(items) for name, items in lists.items()}
        if not lists:
            raise MappingMissingIterable("map() needs a list or another iterable, and %s got none. Call the task, or submit() it." % self.name)
        if len(set(lengths.values())) > 1:
            raise MappingLengthMismatch("map() goes through its lists side by side, and they differ in length: %s." % ", ".join("%s has %d" % item for item in lengths.items()))
        futures = []
        for at, inputs in enumerate(inputs_of_each(lists, parameters, self.frame())):
            each = {name: lists[name][at] if name in lists else unwrapped(value) for name, value in parameters.items()}
            futures.append(self.begin(each, wait_for, inputs))
        return futures

    def is_awaited(self, frame):
        """Whether its calls are coroutines: not in a sync flow, though a loop may run around that."""
        return self.isasync and in_loop() and not frame.is_in_loop

    def frame(self):
        if current_task() is not None:
            raise RuntimeError("Tasks cannot be run from within tasks. Did you mean to call this task in a flow?")
        frame = current_flow()
        if frame is None:
            raise RuntimeError("Tasks cannot be run outside of a flow. To call the underlying task function outside of a flow use `task.fn()`.")
        return frame


TASK_OPTIONS = {name: name for name in inspect.signature(Task.__init__).parameters if name not in ("self", "later")}


class BoundTask:
    def __init__(self, task, instance):
        self.task, self.instance = task, instance

    def __getattr__(self, name):
        return getattr(self.task, name)

    def __call__(self, *args, **kwargs):
        return self.task(self.instance, *args, **kwargs)

    def submit(self, *args, **kwargs):
        return self.task.submit(self.instance, *args, **kwargs)

    def map(self, *args, **kwargs):
        return self.task.map(unmapped(self.instance), *args, **kwargs)


class MappingLengthMismatch(PrefectException):
    """Lists to map over that differ in length."""


class MappingMissingIterable(PrefectException):
    """Nothing to map over."""


for _kind in (MappingLengthMismatch, MappingMissingIterable):
    _kind.__module__ = "prefect.exceptions"


def is_mapped(value):
    if isinstance(value, unmapped):
        return False
    value = getattr(value, "value", value) if type(value).__name__ in ("allow_failure", "quote") else value
    return isinstance(value, (Future, states.State)) or hasattr(value, "__iter__") and not isinstance(value, (str, bytes, io.IOBase))


def mapped_items(value):
    if type(value).__name__ == "allow_failure":
        return [type(value)(item) for item in value.value]
    if isinstance(value, Future):
        Wait(value).here()
        value = value.state.result()
    elif isinstance(value, states.State):
        value = value.result()
    return list(value)


def unwrapped(value):
    return value.value if isinstance(value, unmapped) else value


class crashes_reported:
    """Reports a run as crashed whose process, or whose engine, does not go on."""

    def __init__(self, frame):
        self.frame = frame

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        from ._api import NoLongerYours

        if error is None or isinstance(error, (Abort, Pause, NoLongerYours)):
            return False
        report_crash("/flow_runs/%s" % self.frame.flow_run.id, error, self.frame.logger)
        SHIPPER.flush()
        return False


def changed(definition, names, changes):
    unknown = [name for name in changes if name not in names]
    if unknown:
        raise TypeError("with_options() got an unexpected keyword argument %r" % unknown[0])
    found = {name: getattr(definition, attribute) for name, attribute in names.items()}
    found.update({name: value for name, value in changes.items() if value is not None})
    return found


def file_version(fn):
    try:
        import hashlib

        with open(inspect.getsourcefile(inspect.unwrap(fn)), "rb") as file:
            return hashlib.md5(file.read()).hexdigest()
    except (OSError, TypeError, ValueError):
        return None


def flow(__fn=None, **options):
    """Makes a function a flow: `@flow`, `@flow(name="…", retries=2)`."""
    if __fn is not None:
        return Flow(__fn, **options)
    return lambda fn: Flow(fn, **options)


flow.from_source = Flow.from_source


def task(__fn=None, **options):
    """Makes a function a task: `@task`, `@task(retries=3, retry_delay_seconds=10)`."""
    if __fn is not None:
        return Task(__fn, **options)
    return lambda fn: Task(fn, **options)
