"""Serves flows: registers their deployments, and runs an agent for them until it is stopped."""
import datetime
import os
import signal
import subprocess
import sys

from ._api import api
from ._results import settled

NO_SERVER = "serve() needs a server that schedules runs, and none is running. Start one: orch server start"


def to_deployment(flow, name, interval=None, cron=None, rrule=None, schedule=None, **fields):
    """A deployment of a flow, with the schedule that is given in any of four ways."""
    from ._deployments import Deployment
    from ._schedules import CronSchedule, IntervalSchedule, RRuleSchedule

    given = [value for value in (interval, cron, rrule, schedule) if value is not None]
    if len(given) > 1:
        raise ValueError("Only one of interval, cron, rrule, or schedule can be provided.")
    if interval is not None:
        schedule = IntervalSchedule(interval if isinstance(interval, datetime.timedelta) else datetime.timedelta(seconds=interval))
    elif cron is not None:
        schedule = CronSchedule(cron)
    elif rrule is not None:
        schedule = RRuleSchedule(rrule)
    schedules = fields.pop("schedules", None) or ()
    if len(schedules) == 1 and not given:
        schedule = getattr(schedules[0], "schedule", schedules[0])
    elif schedules:
        fields["schedules"] = schedules
    unknown = [field for field in fields if field not in Deployment.FIELDS]
    if unknown:
        from ._missing import missing

        raise missing("The option '%s' of serve() and to_deployment()" % unknown[0])
    return settled(Deployment.build_from_flow(flow, name or flow.name, schedule=schedule, load_existing=False, **fields))


def has_terminal():
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY))
    except OSError:
        return False
    return True


def serve(*deployments, pause_on_shutdown=True, print_starting_message=True, limit=None):
    """Runs what is due of these deployments, until the process is stopped. Their schedules pause then."""
    from ._testing import executable

    if "PREFECT__FLOW_RUN_ID" in os.environ:
        return  # the file is loaded for one of the runs
    if os.environ.get("ORCH__SERVICES") == "none":
        sys.exit(NO_SERVER)
    words = [executable(), "agent", "start"] + (["--limit", str(limit)] if limit else [])
    ids = []
    agent = None

    def stop(number, frame):
        if agent is None:
            sys.exit(128 + number)
        # Ctrl-C of a terminal reaches the agent by itself, which ends by the first.
        if number == signal.SIGTERM or not has_terminal():
            agent.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    try:
        for deployment in deployments:
            deployment.work_queue_name = "serve-%s-%s" % (deployment.flow_name, deployment.name)
            deployment.is_schedule_active = True if deployment.schedule else None
            ids.append(settled(deployment.apply()))
            words += ["-q", deployment.work_queue_name]
            if print_starting_message:
                name = "%s/%s" % (deployment.flow_name, deployment.name)
                print("Your flow '%s' is being served. Run it: orch deployment run '%s'" % (deployment.flow_name, name), flush=True)
        agent = subprocess.Popen(words, env=dict(os.environ, ORCH_PYTHON=sys.executable))
        code = agent.wait()
    finally:
        for key in ids if pause_on_shutdown else ():
            try:
                api().call("POST", "/deployments/%s/set_schedule_inactive" % key, {}, patience=5)
            except Exception as error:
                sys.stderr.write("The schedule could not be paused: %s\n" % error)
    if code not in (0, -signal.SIGTERM, -signal.SIGINT):
        sys.exit(code if code > 0 else 128 - code)
