"""Pauses flow runs, and resumes them."""
from . import _states as states
from ._api import PrefectException, api
from ._artifacts import compatible
from ._context import current_flow, current_task, done_here
from ._engine import proposed
from ._steps import Pause, Sleep
from ._records import now


class FlowPauseTimeout(PrefectException):
    """A paused run was not resumed in time."""


PausedRun = Pause


def pause_flow_run(flow_run_id=None, timeout=300, poll_interval=10, reschedule=False, key=None):
    """Waits until the run is resumed; awaited in async flows. With `reschedule` the process ends, and another one goes on."""
    if flow_run_id is not None:
        return done_here(pause_other(flow_run_id, timeout, key))
    return done_here(pause_steps(timeout, poll_interval, reschedule, key))


def pause_steps(timeout, poll_interval, reschedule, key):
    import datetime

    frame = current_flow()
    if current_task() is not None:
        raise RuntimeError("Cannot pause task runs.")
    if frame is None:
        raise RuntimeError("Flow runs can only be paused from within a flow run.")
    frame.pauses += 1
    path = "/flow_runs/%s" % frame.flow_run.id
    end = now() + datetime.timedelta(seconds=timeout)
    details = {"pause_timeout": end.isoformat(), "pause_reschedule": reschedule, "pause_key": key or str(frame.pauses)}
    frame.logger.info("Pausing flow, execution will continue when this flow run is resumed.")
    answer = api().post(path + "/set_state", {"state": states.State("PAUSED", state_details=details).to_api(), "force": False})
    if answer["status"] == "REJECT":
        found = states.state_from_api(answer["state"])
        if found.is_running():
            return  # it was resumed already
    elif answer["status"] != "ACCEPT":
        raise RuntimeError("Flow run cannot be paused: %s" % (answer.get("details") or {}).get("reason"))
    if reschedule:
        raise Pause()
    while True:
        yield Sleep(min(poll_interval, max(0.1, (end - now()).total_seconds())))
        run = api().get(path)
        if run["state_type"] == "RUNNING":
            frame.logger.info("Resuming flow run execution!")
            return
        if run["state_type"] != "PAUSED" or now() >= end:
            raise FlowPauseTimeout("Flow run was paused and never resumed.")


def pause_other(flow_run_id, timeout, key):
    import datetime

    end = now() + datetime.timedelta(seconds=timeout)
    details = {"pause_timeout": end.isoformat(), "pause_reschedule": True, "pause_key": key}
    state = states.State("PAUSED", state_details=details)
    return (yield from proposed("/flow_runs/%s" % flow_run_id, state))


def resume_flow_run(flow_run_id, run_input=None):
    """Lets a paused run go on."""
    answer = api().post("/flow_runs/%s/resume" % flow_run_id, {})
    if answer["status"] != "ACCEPT":
        raise RuntimeError("Cannot resume this run: %s" % (answer.get("details") or {}).get("reason"))
    return compatible(None)
