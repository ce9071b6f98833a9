"""Logs of runs: to a standard stream at once, and to the API in batches."""
import contextlib
import datetime
import io
import logging
import os
import sys
import threading

from ._api import api, setting
from ._context import current_flow, current_task, MissingContextError

BATCH = 500
LARGEST = 1_000_000


class Shipper:
    """Sends records in the background, and all of them when the process ends."""

    def __init__(self):
        self.records = []
        self.condition = threading.Condition()
        self.thread = None
        self.is_sending = False

    def add(self, record):
        with self.condition:
            self.records.append(record)
            if self.thread is None:
                self.thread = threading.Thread(target=self.run, daemon=True, name="orch-logs")
                self.thread.start()
            if len(self.records) >= BATCH:
                self.condition.notify_all()

    def run(self):
        interval = float(setting("LOGGING_TO_API_BATCH_INTERVAL", "2"))
        while True:
            with self.condition:
                self.condition.wait(interval)
            self.send()

    def send(self):
        with self.condition:
            if self.is_sending:
                return
            self.is_sending = True
        try:
            while True:
                with self.condition:
                    batch, self.records = self.records[:BATCH], self.records[BATCH:]
                if not batch:
                    return
                try:
                    api().post("/logs/", batch)
                except Exception as error:
                    sys.__stderr__.write("%d log records could not be sent: %s\n" % (len(batch), error))
        finally:
            with self.condition:
                self.is_sending = False
                self.condition.notify_all()

    def flush(self):
        self.send()
        with self.condition:
            while self.is_sending or self.records:
                if not self.is_sending:
                    self.condition.release()
                    self.send()
                    self.condition.acquire()
                else:
                    self.condition.wait(0.05)


SHIPPER = Shipper()


class RunHandler(logging.Handler):
    def emit(self, record):
        try:
            message = self.format(record)
            flow_run_id = getattr(record, "flow_run_id", None)
            self.show(record, getattr(record, "shown", message))
            if flow_run_id is None or setting("LOGGING_TO_API_ENABLED", "true").lower() in ("false", "0"):
                return
            if len(message) > LARGEST:
                message = message[:LARGEST] + "…"
            moment = datetime.datetime.fromtimestamp(record.created, datetime.timezone.utc).isoformat()
            task_run_id = getattr(record, "task_run_id", None)
            entry = {"name": record.name, "level": record.levelno, "message": message, "timestamp": moment}
            SHIPPER.add(dict(entry, flow_run_id=str(flow_run_id), task_run_id=task_run_id and str(task_run_id)))
        except Exception:
            self.handleError(record)

    def show(self, record, message):
        """On the terminal, where a line may be worded for people: the API gets the words of Prefect's own engine."""
        moment = datetime.datetime.fromtimestamp(record.created)
        head = "%s.%03d | %-7s | " % (moment.strftime("%H:%M:%S"), record.msecs, record.levelname)
        of_task = getattr(record, "task_run_name", None)
        who = "Task run %r - " % of_task if of_task else ""
        if not who and getattr(record, "flow_run_name", None):
            who = "Flow run %r - " % record.flow_run_name
        # A flow that is called here logs where a TypeScript flow does.
        stream = sys.__stderr__ if "PREFECT__FLOW_RUN_ID" in os.environ else sys.__stdout__
        stream.write(head + (who or record.name + " - ") + message + "\n")
        stream.flush()


class RunLogger(logging.LoggerAdapter):
    def process(self, message, options):
        options["extra"] = dict(self.extra, **(options.get("extra") or {}))
        return message, options


def prepared(name):
    logger = logging.getLogger(name)
    root = logging.getLogger("prefect")
    if not root.handlers:
        root.addHandler(RunHandler())
        root.propagate = False
        level = setting("LOGGING_LEVEL", "INFO").upper()
        root.setLevel(int(level) if level.isdigit() else level)
        for other in setting("LOGGING_EXTRA_LOGGERS", "").split(","):
            if other.strip():
                logging.getLogger(other.strip()).addHandler(ContextHandler())
    return logger


class ContextHandler(RunHandler):
    """Of other libraries' loggers: their records are in the log of the run around them."""

    def emit(self, record):
        frame = current_task() or current_flow()
        if frame is not None:
            record.__dict__.update(frame.logger.extra)
        super().emit(record)


def flow_run_logger(run, flow=None):
    extra = {"flow_run_name": run.name, "flow_run_id": run.id, "flow_name": flow.name if flow else None}
    return RunLogger(prepared("prefect.flow_runs"), extra)


def task_run_logger(run, task, flow_run=None, flow=None):
    extra = {"task_run_id": run.id, "flow_run_id": run.flow_run_id, "task_run_name": run.name, "task_name": task.name}
    around = {"flow_run_name": flow_run.name if flow_run else None, "flow_name": flow.name if flow else None}
    return RunLogger(prepared("prefect.task_runs"), dict(extra, **around))


def get_logger(name=None):
    return prepared("prefect." + name if name and not name.startswith("prefect") else name or "prefect")


def get_run_logger(context=None, **extra):
    """The logger of the run around the call."""
    frame = current_task() or current_flow()
    if frame is None and all(logging.getLogger(name).disabled for name in DISABLED):
        return logging.getLogger("null")
    if frame is None:
        raise MissingContextError("There is no active flow or task run context.")
    return RunLogger(frame.logger.logger, dict(frame.logger.extra, **extra)) if extra else frame.logger


DISABLED = ("prefect.flow_run", "prefect.task_run")


@contextlib.contextmanager
def disable_run_logger():
    """Functions of tasks that log may be called without a run."""
    loggers = [logging.getLogger(name) for name in DISABLED]
    before = [logger.disabled for logger in loggers]
    try:
        for logger in loggers:
            logger.disabled = True
        yield
    finally:
        for logger, was_disabled in zip(loggers, before):
            logger.disabled = was_disabled


def capture_prints():
    """What a run prints is in its log, if the run asks for it."""
    import builtins

    plain = builtins.print
    if getattr(plain, "is_of_runs", False):
        return

    def print(*values, **options):
        frame = current_task() or current_flow()
        if frame is None or not frame.log_prints or options.get("file") not in (None, sys.stdout, sys.stderr):
            return plain(*values, **options)
        text = io.StringIO()
        plain(*values, **dict(options, file=text))
        frame.logger.info(text.getvalue().rstrip())

    print.is_of_runs = True
    builtins.print = print
