"""Executes flow and task runs: proposes their states to the API, calls their functions, tries again.

A run is a generator of steps: calls of user functions and waits. One driver does them in this thread, another in an event
loop, so that runs of both kinds follow one order.
"""
import contextlib
import logging
import threading
import time

from . import _states as states
from ._api import NoLongerYours, api
from ._context import TaskRunContext, current_tags, in_flow, in_task
from ._log import capture_prints, flow_run_logger, task_run_logger
from ._records import FlowRun, TaskRun, now, record, time_of
from ._values import call_with, validated


class Abort(BaseException):
    """The server wants this run not to go on here."""


class Pause(BaseException):
    """The run is paused, and its process ends."""


class TimedOut(Exception):
    pass


class TerminationSignal(BaseException):
    """SIGTERM, as a cancellation or a stop of the machine sends it."""


class Call:
    """A step: the call of a user function, within its time limit."""

    def __init__(self, fn, args, kwargs, inside, seconds=None):
        self.fn, self.args, self.kwargs, self.inside, self.seconds = fn, args, kwargs, inside, seconds

    def here(self):
        with self.inside():
            with limited(self.seconds):
                value = self.fn(*self.args, **self.kwargs)
                if states.is_coroutine_function(self.fn):
                    import asyncio

                    value = asyncio.run(value)
                return value

    async def there(self):
        import asyncio

        with self.inside():
            value = self.fn(*self.args, **self.kwargs)
            if not hasattr(value, "__await__"):
                return value
            if not self.seconds:
                return await value
            began = time.monotonic()
            try:
                return await asyncio.wait_for(value, self.seconds)
            except asyncio.TimeoutError:
                if time.monotonic() - began < self.seconds:
                    raise
                raise TimedOut() from None


class Sleep:
    """A step: nothing for some seconds."""

    def __init__(self, seconds):
        self.seconds = max(0, seconds)

    def here(self):
        time.sleep(self.seconds)

    async def there(self):
        import asyncio

        await asyncio.sleep(self.seconds)


class Wait(Sleep):
    """A step: until a future is done."""

    def __init__(self, future):
        self.future = future

    def here(self):
        self.future.wait()

    async def there(self):
        import asyncio

        while not self.future.done.is_set():
            await asyncio.sleep(0.005)


def drive(steps):
    """The run's final state, with all steps done in this thread."""
    send, value = steps.send, None
    while True:
        try:
            step = send(value)
        except StopIteration as end:
            return end.value
        try:
            send, value = steps.send, step.here()
        except BaseException as error:
            send, value = steps.throw, error


async def drive_async(steps):
    send, value = steps.send, None
    while True:
        try:
            step = send(value)
        except StopIteration as end:
            return end.value
        try:
            send, value = steps.send, await step.there()
        except BaseException as error:
            send, value = steps.throw, error


@contextlib.contextmanager
def limited(seconds):
    """Raises TimedOut in this thread when the time is over."""
    if not seconds:
        yield
        return
    import ctypes

    thread = threading.get_ident()
    lock = threading.Lock()
    is_over = []

    def end():
        with lock:
            if not is_over:
                is_over.append("late")
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(TimedOut))

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    began = time.monotonic()
    timer.start()
    try:
        yield
        if time.monotonic() - began >= seconds:
            raise TimedOut()
    finally:
        with lock:
            is_over.append("done")
        timer.cancel()


def proposed(path, state, force=False):
    """Proposes a state until the server has decided; the state that the run is in then. Raises Abort."""
    while True:
        answer = api().post(path + "/set_state", {"state": state.to_api(), "force": force})
        status = answer["status"]
        details = answer.get("details") or {}
        if status == "ACCEPT":
            accepted = answer.get("state")
            if accepted:
                found = states.state_from_api(accepted, state.value)
                found.is_of_run = True
                return found
            return state
        if status == "WAIT":
            yield Sleep(details.get("delay_seconds") or 0)
        elif status == "ABORT":
            raise Abort(details.get("reason") or "the server has aborted the run")
        else:
            found = states.state_from_api(answer["state"])
            found.is_of_run = True
            return found


def retried(path, state, logger):
    """A failed run that is tried again, from its next time on."""
    logger.info("Received non-final state %r when proposing final state 'Failed' and will attempt to run again..." % state.name)
    moment = time_of(getattr(state.state_details, "scheduled_time", None))
    if moment is not None:
        yield Sleep((moment - now()).total_seconds())
    return (yield from proposed(path, states.Running()))


def failed(error, what):
    return states.Failed(message="%s encountered an exception. %s" % (what, states.last_line(error)), value=error)


def crash_message(error):
    if isinstance(error, SystemExit):
        return "Execution was aborted by Python system exit call."
    if isinstance(error, (KeyboardInterrupt, TerminationSignal)):
        return "Execution was aborted by an interrupt signal."
    if type(error).__name__ == "CancelledError":
        return "Execution was cancelled by the runtime environment."
    if isinstance(error, ConnectionError) and str(error).startswith("Request to "):
        return str(error)
    return "Execution was interrupted by an unexpected exception: %s" % states.last_line(error)


def report_crash(path, error, logger):
    message = crash_message(error)
    logger.error("Crash detected! %s" % message)
    try:
        api().call("POST", path + "/set_state", {"state": states.Crashed(message=message).to_api()}, patience=10)
    except Exception as problem:
        logger.error("The crash could not be reported: %s" % problem)


def call_hooks(hooks, subject, run, state, logger):
    for hook in hooks or ():
        name = getattr(hook, "__name__", repr(hook))
        logger.info("Running hook %r in response to entering state %r" % (name, state.name))
        try:
            value = hook(subject, run, state)
            if hasattr(value, "__await__"):
                import asyncio

                asyncio.run(value)
        except Exception as error:
            logger.error("An error was encountered while running hook %r\n%s" % (name, states.user_traceback(error)))
        else:
            logger.info("Hook %r finished running successfully" % name)


def flow_steps(flow, frame, given):
    """One flow run, from its parameters to its final state."""
    run, logger = frame.flow_run, frame.logger
    path = "/flow_runs/%s" % run.id
    try:
        if not flow.should_validate_parameters:
            parameters = given
        else:
            parameters = validated(flow.fn, given)
    except Exception as error:
        message = "Validation of flow parameters failed with error: %s" % (error if type(error).__name__ == "ParameterTypeError" else states.last_line(error))
        logger.error(message)
        return (yield from proposed(path, states.Failed(message=message, value=error)))
    frame.parameters = parameters
    name = named(flow.flow_run_name, parameters)
    if name:
        api().patch(path, {"name": name})
        run.name = name
        logger.extra["flow_run_name"] = name
    frame.log_prints = flow.log_prints if flow.log_prints is not None else frame.log_prints
    if frame.log_prints:
        capture_prints()
    state = yield from proposed(path, states.Running())
    args, kwargs = call_with(flow.fn, parameters)
    while state.is_running():
        run.run_count = getattr(run, "run_count", 0) + 1
        run.state = state
        frame.children = []
        try:
            value = yield Call(flow.fn, args, kwargs, lambda: in_flow(frame), flow.timeout_seconds)
            yield from all_done(frame)
            final = states.returned(value, frame.children)
        except TimedOut:
            yield from all_done(frame)
            message = "Flow run exceeded timeout of %s seconds" % flow.timeout_seconds
            final = states.Failed(name="TimedOut", message=message)
        except NoLongerYours:
            raise
        except Exception as error:
            logger.error("Encountered exception during execution:\n%s" % states.user_traceback(error))
            yield from all_done(frame)
            final = failed(error, "Flow run")
        keep(final, flow, frame)
        state = yield from proposed(path, final)
        if state.is_scheduled():
            state = yield from retried(path, state, logger)
    if state.is_final():
        level = logging.INFO if state.is_completed() else logging.ERROR
        logger.log(level, "Finished in state %s" % state)
        call_hooks(flow.on_completion if state.is_completed() else flow.on_failure if state.is_failed() else (), flow, run, state, logger)
    return state


def all_done(frame):
    for child in list(frame.children):
        if isinstance(child, Future):
            yield Wait(child)


def keep(state, definition, frame):
    """Keeps the value of a state where other processes find it, if the run asks for that."""
    from ._results import data_of

    state.data = data_of(state, definition, frame)


def named(template, parameters):
    if callable(template):
        return template()
    return template.format(**parameters) if template else None


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


def create_task_run(task, frame, parameters, wait_for):
    flow_run = frame.flow_run
    key = task.task_key
    count = frame.dynamic_keys.get(key, 0)
    frame.dynamic_keys[key] = count + 1
    inputs = {name: inputs_of(value, frame) for name, value in parameters.items()}
    if wait_for:
        inputs["wait_for"] = inputs_of(list(wait_for), frame)
    delays = task.retry_delay_seconds
    policy = {"retries": task.retries, "retry_delay": delays, "retry_jitter_factor": task.retry_jitter_factor}
    body = {
        "name": "%s-%d" % (task.name, count),
        "flow_run_id": str(flow_run.id),
        "task_key": key,
        "dynamic_key": str(count),
        "task_version": task.version,
        "empirical_policy": policy,
        "tags": sorted(set(task.tags) | current_tags()),
        "task_inputs": inputs,
        "state": states.Pending().to_api(),
    }
    run = record(TaskRun, api().post("/task_runs/", body))
    frame.logger.info("Created task run %r for task %r" % (run.name, task.name))
    return run


def inputs_of(value, frame):
    return [{"input_type": "task_run", "id": str(future.task_run.id)} for future in futures_in(value)]


def task_steps(task, run, frame, parameters, wait_for, future):
    """One task run, from its inputs to its final state."""
    logger = task_run_logger(run, task, frame.flow_run)
    context = TaskRunContext(task, run, logger, parameters)
    context.log_prints = task.log_prints if task.log_prints is not None else frame.log_prints
    if context.log_prints:
        capture_prints()
    path = "/task_runs/%s" % run.id
    try:
        for upstream in futures_in([list(parameters.values()), list(wait_for or ())]):
            yield Wait(upstream)
        try:
            parameters = context.parameters = {name: resolved(value) for name, value in parameters.items()}
            resolved(list(wait_for or ()))
        except UpstreamFailed as error:
            state = yield from proposed(path, states.Pending(name="NotReady", message=str(error)), force=True)
            return ended(future, state)
        name = named(task.task_run_name, parameters)
        if name:
            api().patch(path, {"name": name})
            run.name = name
            logger.extra["task_run_name"] = name
        key = task.cache_key_fn(context, parameters) if task.cache_key_fn else None
        begin = states.Running()
        begin.state_details.__dict__.update(cache_key=key, refresh_cache=task.refresh_cache)
        state = yield from proposed(path, begin)
        args, kwargs = call_with(task.fn, parameters)
        while state.is_running():
            run.run_count = getattr(run, "run_count", 0) + 1
            run.state = state
            try:
                value = yield Call(task.fn, args, kwargs, lambda: in_task(context), task.timeout_seconds)
                final = states.returned(value)
            except TimedOut:
                message = "Task run exceeded timeout of %s seconds" % task.timeout_seconds
                final = states.Failed(name="TimedOut", message=message)
            except NoLongerYours:
                raise
            except Exception as error:
                logger.error("Encountered exception during execution:\n%s" % states.user_traceback(error))
                final = failed(error, "Task run")
            if key is not None and final.is_completed():
                expires = now() + task.cache_expiration if task.cache_expiration else None
                final.state_details.__dict__.update(cache_key=key, cache_expiration=expires and expires.isoformat())
            keep(final, task, frame)
            state = yield from proposed(path, final)
            if state.is_scheduled():
                state = yield from retried(path, state, logger)
        if state.is_final():
            level = logging.INFO if state.is_completed() else logging.ERROR
            logger.log(level, "Finished in state %s" % state)
            hooks = task.on_completion if state.is_completed() else task.on_failure if state.is_failed() else ()
            call_hooks(hooks, task, run, state, logger)
        return ended(future, state)
    except BaseException as error:
        if not isinstance(error, (Abort, NoLongerYours, Pause)):
            report_crash(path, error, logger)
        if future is not None:
            future.end(states.Crashed(message=crash_message(error), value=error))
        raise


def ended(future, state):
    if future is not None:
        future.end(state)
    return state


def flow_id_of(name):
    return api().post("/flows/", {"name": name})["id"]


def create_flow_run(flow, given, parent):
    """A run of a flow that is called here: of its own, or of another flow's."""
    shown = {name: sendable(resolved_or_name(value)) for name, value in given.items()}
    policy = {"retries": flow.retries, "retry_delay": int(flow.retry_delay_seconds)}
    body = {
        "flow_id": flow_id_of(flow.name),
        "flow_version": flow.version,
        "parameters": shown,
        "state": states.Pending().to_api(),
        "tags": sorted(current_tags()),
        "empirical_policy": policy,
    }
    if parent is not None:
        body["parent_task_run_id"] = str(stand_in(flow, given, parent).id)
    run = record(FlowRun, api().post("/flow_runs/", body))
    logger = flow_run_logger(run, flow)
    if parent is None:
        logger.info("Created flow run %r for flow %r" % (run.name, flow.name))
    else:
        parent.logger.info("Created subflow run %r for flow %r" % (run.name, flow.name))
    return run, logger


def resolved_or_name(value):
    try:
        return resolved(value)
    except Exception:
        return None


def sendable(value):
    """A parameter as JSON; what JSON has no form of is shown as text."""
    from ._schema import plain

    try:
        return plain(value)
    except (TypeError, ValueError):
        return str(value)


def stand_in(flow, given, parent):
    """The task run that a subflow has in its parent."""
    key = flow.fn.__module__ + "." + flow.fn.__qualname__
    count = parent.dynamic_keys.get(key, 0)
    parent.dynamic_keys[key] = count + 1
    body = {
        "name": "%s-%d" % (flow.name, count),
        "flow_run_id": str(parent.flow_run.id),
        "task_key": key,
        "dynamic_key": str(count),
        "task_inputs": {name: inputs_of(value, parent) for name, value in given.items()},
        "state": states.Pending().to_api(),
    }
    return record(TaskRun, api().post("/task_runs/", body))
