"""Executes flow and task runs: proposes their states to the API, calls their functions, tries again.

A run is a generator of steps, which a driver of `_steps.py` does.
"""
import logging

from . import _states as states
from ._api import NoLongerYours, api
from ._context import TaskRunContext, current_tags, in_flow, in_task
from ._futures import Future, UpstreamFailed, futures_in, listed, resolved, with_states
from ._inputs import inputs_of, note_source
from ._log import capture_prints, flow_run_logger, get_logger, task_run_logger
from ._records import FlowRun, TaskRun, now, record, time_of
from ._steps import Abort, Call, Pause, Sleep, TerminationSignal, TimedOut, Wait
from ._values import Checked, ParameterTypeError, call_with


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
                found.data = found.data if state.data is None else state.data  # which says more than the answer
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
    logger.debug("Received non-final state %r when proposing final state 'Failed' and will attempt to run again..." % state.name)
    moment = time_of(getattr(state.state_details, "scheduled_time", None))
    if moment is not None:
        yield Sleep((moment - now()).total_seconds())
    return (yield from proposed(path, states.Running()))


def failed(error, what, mark):
    return states.Failed(message="%s encountered an exception%s%s" % (what, mark, states.last_line(error)), value=error)


def timed_out(what, seconds):
    message = "%s exceeded timeout of %s seconds TimeoutError\n" % (what, seconds)
    return states.Failed(name="TimedOut", message=message, value=TimeoutError())


def crash_message(error):
    if isinstance(error, SystemExit):
        return "Execution was aborted by Python system exit call."
    if isinstance(error, (KeyboardInterrupt, TerminationSignal)):
        return "Execution was aborted by an interrupt signal."
    if type(error).__name__ == "CancelledError" or isinstance(error, TimedOut):
        return "Execution was cancelled by the runtime environment."
    if isinstance(error, ConnectionError) and str(error).startswith("Request to "):
        return str(error)
    return "Execution was interrupted by an unexpected exception: %s" % states.last_line(error)


def report_crash(path, error, logger):
    message = crash_message(error)
    # A cancellation ends the process too, and is no crash.
    is_asked = isinstance(error, (TerminationSignal, KeyboardInterrupt))
    logger.error(message if is_asked else "Crash detected! %s" % message)
    try:
        api().call("POST", path + "/set_state", {"state": states.Crashed(message=message).to_api()}, patience=10)
    except Exception as problem:
        logger.error("The crash could not be reported: %s" % problem)


def call_hooks(kind, subject, run, state, logger):
    """The hooks of a flow or a task for the state, called as Prefect does: `kind`, `kind`_run and state by their names."""
    hooks = subject.on_completion if state.is_completed() else subject.on_failure if state.is_failed() else None
    if not hooks:
        return
    from ._results import settled

    for hook in hooks:
        name = getattr(hook, "__name__", repr(hook))
        logger.info("Running hook %r in response to entering state %r" % (name, state.name))
        try:
            value = hook(**{kind: subject, kind + "_run": run, "state": state})
            settled(value)
        except Exception as error:
            logger.error("An error was encountered while running hook %r\n%s" % (name, states.user_traceback(error)))
        else:
            logger.info("Hook %r finished running successfully" % name)


def flow_steps(flow, frame, checked, wait_for=None):
    """One flow run, from its parameters to its final state."""
    run, logger = frame.flow_run, frame.logger
    path = "/flow_runs/%s" % run.id
    try:
        parameters = checked.get()
    except Exception as error:
        said = "%s: %s\n" % (type(error).__name__, error) if isinstance(error, ParameterTypeError) else states.last_line(error)
        message = "Validation of flow parameters failed with error: " + said
        logger.error(message)
        return (yield from proposed(path, states.Failed(message=message, value=error)))
    frame.parameters = parameters
    try:
        yield from inputs_done(listed(wait_for))
    except UpstreamFailed as error:
        return (yield from proposed(path, states.Pending(name="NotReady", message=str(error)), force=True))
    with in_flow(frame):  # a function may ask for the parameters
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
        enter(run, state)
        # Calls are counted from the beginning: tasks that have completed are found by it, and not run again.
        frame.children, frame.dynamic_keys, frame.sources, frame.pauses = [], {}, {}, 0
        try:
            call = Call(flow.fn, args, kwargs, lambda: in_flow(frame), flow.timeout_seconds)
            value = yield call
            yield from all_done(frame)
            final = states.returned(with_states(value), frame.children)
        except call.too_late:
            yield from all_done(frame)
            final = timed_out("Flow run", flow.timeout_seconds)
        except (NoLongerYours, TimedOut):
            raise
        except Exception as error:
            logger.error("Encountered exception during execution:\n%s" % states.user_traceback(error))
            yield from all_done(frame)
            final = failed(error, "Flow run", ". ")
        keep(final, flow, frame)
        state = yield from proposed(path, final)
        if state.is_scheduled():
            state = yield from retried(path, state, logger)
    if state.is_final():
        call_hooks("flow", flow, run, state, logger)
        say_end(state, logger)
    return state


def enter(run, state):
    run.state, run.state_type, run.state_name = state, state.type, state.name


def say_end(state, logger):
    level = logging.INFO if state.is_completed() else logging.ERROR
    logger.log(level, "Finished in state %s" % state, extra={"shown": "Finished in state %s" % state.in_log()})


def inputs_done(value):
    """The value with the results of futures in their places, which are waited for. Raises UpstreamFailed."""
    for upstream in futures_in(value):
        yield Wait(upstream)
    return resolved(value)


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


def create_task_run(task, frame, parameters, wait_for, inputs=None):
    """`inputs`: the task runs that its parameters came from, where they are known."""
    flow_run = frame.flow_run
    key = task.task_key
    count = frame.dynamic_keys.get(key, 0)
    frame.dynamic_keys[key] = count + 1
    inputs = dict(inputs) if inputs is not None else {name: inputs_of(value, frame) for name, value in parameters.items()}
    if wait_for:
        inputs["wait_for"] = inputs_of(listed(wait_for), frame)
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


def task_steps(task, run, frame, parameters, wait_for, future):
    """One task run, from its inputs to its final state."""
    logger = task_run_logger(run, task, frame.flow_run, frame.flow)
    context = TaskRunContext(task, run, logger, parameters)
    context.log_prints = task.log_prints if task.log_prints is not None else frame.log_prints
    if context.log_prints:
        capture_prints()
    path = "/task_runs/%s" % run.id
    try:
        try:
            parameters = context.parameters = yield from inputs_done(parameters)
            yield from inputs_done(listed(wait_for))
        except UpstreamFailed as error:
            state = yield from proposed(path, states.Pending(name="NotReady", message=str(error)), force=True)
            return ended(future, state)
        try:
            key = task.cache_key_fn(context, parameters) if task.cache_key_fn else None
        except Exception as error:
            report_crash(path, error, logger)
            return ended(future, states.Crashed(message=crash_message(error), data=error))
        begin = states.Running()
        begin.state_details.__dict__.update(cache_key=key, refresh_cache=task.refresh_cache)
        try:
            state = yield from proposed(path, begin)
        except Abort:
            # The flow is run again, and this task had ended before.
            state = states.state_from_api(api().get(path)["state"])
            if not state.is_final():
                raise
            state.is_of_run = True
            logger.info("Task run '%s' already finished." % run.id)
            return ended(future, state)
        args, kwargs = call_with(task.fn, parameters)
        is_named = False
        while state.is_running():
            run.run_count = getattr(run, "run_count", 0) + 1
            enter(run, state)
            try:
                call = Call(task.fn, args, kwargs, lambda: in_task(context), task.timeout_seconds, may_be_left=True)
                name = None if is_named else named(task.task_run_name, parameters)
                is_named = True
                if name:
                    api().patch(path, {"name": name})
                    run.name = name
                    logger.extra["task_run_name"] = name
                value = yield call
                final = states.returned(value)
            except call.too_late:
                final = timed_out("Task run", task.timeout_seconds)
            except (NoLongerYours, TimedOut):
                raise
            except Exception as error:
                logger.error("Encountered exception during execution:\n%s" % states.user_traceback(error))
                final = failed(error, "Task run", ": ")
            if key is not None and final.is_completed():
                expires = now() + task.cache_expiration if task.cache_expiration else None
                final.state_details.__dict__.update(cache_key=key, cache_expiration=expires and expires.isoformat())
            with in_task(context):  # the key of its storage may speak of it
                keep(final, task, frame)
            if final.value is not states.NOTHING:
                note_source(final.value, run, frame)
            state = yield from proposed(path, final)
            if state.is_scheduled():
                state = yield from retried(path, state, logger)
        if state.is_final():
            call_hooks("task", task, run, state, logger)
            say_end(state, logger)
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


def create_flow_run(flow, given, parent, wait_for=None):
    """A run of a flow that is called here, its logger, its parameters, and its state where it has ended before: the flow around is run again."""
    place = stand_in(flow, given, parent, wait_for) if parent is not None else None
    given = yield from inputs_done(given)
    checked = Checked(flow, given)
    shown = {name: sendable(value) for name, value in checked.parameters.items() if name in given}
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
        body["parent_task_run_id"] = str(place.id)
        state = states.state_from_api(place.state)
        if state.is_completed() or state.is_final() and parent.flow_run.run_count < 2:
            run, logger, state = earlier_run(flow, place)
            return run, logger, checked, state
    run = record(FlowRun, api().post("/flow_runs/", body))
    logger = flow_run_logger(run, flow)
    if parent is None:
        # As in Prefect, the log that the server keeps begins after it.
        get_logger("engine").info("Created flow run %r for flow %r" % (run.name, flow.name), extra={"flow_run_name": run.name})
    else:
        parent.logger.info("Created subflow run %r for flow %r" % (run.name, flow.name))
    return run, logger, checked, None


def earlier_run(flow, place):
    """The last flow run of the task run that stands for it in its parent."""
    wanted = {"flow_runs": {"parent_task_run_id": {"any_": [str(place.id)]}}, "sort": "EXPECTED_START_TIME_ASC"}
    run = record(FlowRun, api().post("/flow_runs/filter", wanted)[-1])
    state = states.state_from_api(run.state)
    state.is_of_run = True
    logger = flow_run_logger(run, flow)
    logger.log(logging.INFO if state.is_completed() else logging.ERROR, "Finished in state %s" % state)
    return run, logger, state


def sendable(value):
    """A parameter as JSON; what JSON has no form of is shown as text."""
    from ._schema import plain

    try:
        return plain(value)
    except (TypeError, ValueError):
        return str(value)


def stand_in(flow, given, parent, wait_for):
    """The task run that a subflow has in its parent."""
    key = flow.fn.__module__ + "." + flow.fn.__qualname__
    count = parent.dynamic_keys.get(key, 0)
    parent.dynamic_keys[key] = count + 1
    inputs = {name: inputs_of(value, parent) for name, value in given.items()}
    if wait_for:
        inputs["wait_for"] = inputs_of(listed(wait_for), parent)
    body = {
        "flow_run_id": str(parent.flow_run.id),
        "task_key": key,
        "dynamic_key": str(count),
        "empirical_policy": {"retries": 0, "retry_delay": 0},
        "task_inputs": inputs,
        "state": states.Pending().to_api(),
    }
    return record(TaskRun, api().post("/task_runs/", body))
