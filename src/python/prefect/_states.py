"""States of runs, with the values that runs return."""
import enum
import inspect
import os
import uuid

from ._api import PrefectException
from ._records import Record, now, record, time_of


class StateType(str, enum.Enum):
    SCHEDULED = "SCHEDULED"
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    CRASHED = "CRASHED"
    PAUSED = "PAUSED"
    CANCELLING = "CANCELLING"

    def __repr__(self):
        return "StateType." + self.name


FINAL = ("COMPLETED", "FAILED", "CANCELLED", "CRASHED")
NOTHING = object()


class FailedRun(PrefectException):
    """A run that failed, and left no exception of its own."""


class CrashedRun(PrefectException):
    pass


class CancelledRun(PrefectException):
    pass


class UnfinishedRun(PrefectException, RuntimeError):
    pass


class MissingResult(PrefectException, ValueError):
    pass


class State:
    """`data` is what travels; `value` is the value or the exception itself, where this process has it."""

    def __init__(self, type, name=None, message=None, data=None, state_details=None, timestamp=None, id=None, value=NOTHING):
        self.type = StateType(type)
        self.name = name or self.type.value.title()
        self.message = message
        self.data = data
        self.state_details = state_details if isinstance(state_details, Record) else record(Record, state_details or {})
        self.timestamp = timestamp or now()
        self.id = id or uuid.uuid4()
        self.value = value
        # Whether a run has ended in it, rather than a person having made it.
        self.is_of_run = False

    def is_scheduled(self):
        return self.type == StateType.SCHEDULED

    def is_pending(self):
        return self.type == StateType.PENDING

    def is_running(self):
        return self.type == StateType.RUNNING

    def is_completed(self):
        return self.type == StateType.COMPLETED

    def is_failed(self):
        return self.type == StateType.FAILED

    def is_crashed(self):
        return self.type == StateType.CRASHED

    def is_cancelled(self):
        return self.type == StateType.CANCELLED

    def is_cancelling(self):
        return self.type == StateType.CANCELLING

    def is_paused(self):
        return self.type == StateType.PAUSED

    def is_final(self):
        return self.type.value in FINAL

    def result(self, raise_on_failure=True, fetch=None):
        """What the run has returned. Raises what it raised, unless it should be given instead. In async code `fetch` makes it awaited."""
        from ._steps import in_loop

        return self.fetched(raise_on_failure) if fetch and in_loop() else self.outcome(raise_on_failure)

    async def fetched(self, raise_on_failure):
        return self.outcome(raise_on_failure)

    def outcome(self, raise_on_failure):
        failed = self.is_final() and not self.is_completed()
        value = self.value
        if value is NOTHING and self.data is not None:
            from ._results import read_result

            value = self.value = read_result(self.data)
        if failed and raise_on_failure:
            raise error_of(self, value)
        if failed and value is NOTHING:
            return error_of(self, value)
        if value is NOTHING:
            raise MissingResult("State data is missing. Typically, this occurs when result persistence is disabled and the state has been retrieved from the API.")
        return value

    def copy(self, update=None):
        fields = dict(type=self.type, name=self.name, message=self.message, data=self.data, value=self.value)
        return State(**dict(fields, **(update or {})))

    def dict(self):
        names = ("type", "name", "message", "id", "timestamp", "data", "state_details")
        return {name: getattr(self, name) for name in names}

    def to_api(self):
        details = {key: getattr(value, "isoformat", lambda: value)() for key, value in self.state_details.dict().items() if value is not None}
        return {"type": self.type.value, "name": self.name, "message": self.message, "data": self.data, "state_details": details}

    def __str__(self):
        return self.shown(repr)

    def in_log(self):
        """As `str`, for people: line breaks of the message are line breaks, and none ends it."""
        return self.shown(lambda message: "'%s'" % message.strip())

    def shown(self, quoted):
        shown = [quoted(self.message)] if self.message else []
        if self.type.value.lower() != self.name.lower():
            shown.append("type=%s" % self.type.value)
        return "%s(%s)" % (self.name, ", ".join(shown))

    def __repr__(self):
        result = described(self.data) if self.data is not None else None if self.value is NOTHING else repr(self.value)
        return "%s(message=%r, type=%s, result=%s)" % (self.name, self.message, self.type.value, result)


def described(data):
    """What travels of a value, as Prefect shows its results."""
    kinds = {"unpersisted": "UnpersistedResult", "literal": "LiteralResult", "reference": "PersistedResult"}
    kind = kinds.get(data.get("type")) if isinstance(data, dict) else None
    if kind is None:
        return repr(data)
    order = ["type", "artifact_type", "artifact_description"]
    names = order + [name for name in data if name not in order]
    return "%s(%s)" % (kind, ", ".join("%s=%r" % (name, data.get(name)) for name in names))


def error_of(state, value):
    if isinstance(value, BaseException):
        return value
    if isinstance(value, State) and not value.is_completed():
        return error_of(value, value.value)
    kinds = {"CRASHED": CrashedRun, "CANCELLED": CancelledRun}
    kind = kinds.get(state.type.value, FailedRun)
    if isinstance(value, (list, tuple, set)) and value and all(isinstance(item, State) for item in value):
        first = next((item for item in value if not item.is_completed()), None)
        if first is not None:
            return error_of(first, first.value)
    return kind(value if isinstance(value, str) else state.message or "Run %s." % state.type.value.lower())


def state_from_api(answer, value=NOTHING):
    if answer is None:
        return None
    details = {key: item for key, item in (answer.get("state_details") or {}).items()}
    return State(
        **{"type": answer["type"], "name": answer.get("name"), "message": answer.get("message"), "data": answer.get("data")},
        state_details=details,
        timestamp=time_of(answer.get("timestamp")),
        id=uuid.UUID(answer["id"]) if answer.get("id") else None,
        value=value,
    )


def maker(type, name=None):
    def make(cls=State, **fields):
        data = fields.pop("data", None)
        if data is not None:
            fields["value"] = data
        return State(type=type, name=fields.pop("name", name), **fields)

    make.__name__ = name or type.title()
    return make


Pending = maker("PENDING")
Running = maker("RUNNING")
Completed = maker("COMPLETED")
Failed = maker("FAILED")
Crashed = maker("CRASHED")
Cancelled = maker("CANCELLED")
Cancelling = maker("CANCELLING")
Retrying = maker("RUNNING", "Retrying")
Paused = maker("PAUSED")


def Scheduled(cls=State, scheduled_time=None, **fields):
    moment = scheduled_time or now()
    return State(type="SCHEDULED", state_details={"scheduled_time": moment.isoformat()}, **fields)


def AwaitingRetry(cls=State, scheduled_time=None, **fields):
    return Scheduled(scheduled_time=scheduled_time, name="AwaitingRetry", **fields)


def Late(cls=State, scheduled_time=None, **fields):
    return Scheduled(scheduled_time=scheduled_time, name="Late", **fields)


def get_state_result(state, fetch=None, raise_on_failure=True):
    return state.result(raise_on_failure=raise_on_failure, fetch=fetch)


def is_state(value):
    return isinstance(value, State)


def get_state_exception(state):
    return state.result(raise_on_failure=False)


def raise_state_exception(state):
    if not state.is_completed():
        state.result()


def user_traceback(error):
    """The traceback without the frames of this package."""
    import traceback

    here = os.path.dirname(os.path.abspath(__file__)) + os.sep
    hidden = ("<frozen importlib",)
    step = error.__traceback__
    while step is not None and (step.tb_frame.f_code.co_filename.startswith(here) or step.tb_frame.f_code.co_filename.startswith(hidden)):
        step = step.tb_next
    shown = traceback.TracebackException(type(error), error, step)
    for part in chain_of(shown):
        part.stack = traceback.StackSummary.from_list([frame for frame in part.stack if not frame.filename.startswith(here)])
    return "".join(shown.format()).rstrip("\n")


def show_users_tracebacks():
    """What a program does not catch is shown without the frames of this package too."""
    import sys

    def show(kind, error, frames):
        try:
            print(user_traceback(error), file=sys.stderr)
        except Exception:
            sys.__excepthook__(kind, error, frames)

    # A program, or its debugger, may have its own way.
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = show


def chain_of(shown):
    while shown is not None:
        yield shown
        shown = shown.__cause__ or shown.__context__


def last_line(error):
    import traceback

    kind = type(error)
    text = "".join(traceback.format_exception_only(kind, error))
    if kind.__module__.startswith("prefect."):
        return text.replace("%s.%s" % (kind.__module__, kind.__name__), kind.__name__, 1)
    return text


def returned(value, children=()):
    """The final state of a run by what its function has returned. A state that a person made stands as it is."""
    from ._futures import Future

    if inspect.isgenerator(value):
        value = list(value)  # what runs return may be read twice
    if isinstance(value, State) and not value.is_of_run:
        if value.value is NOTHING and value.data is None:
            value.value = None
        return value
    given = value if isinstance(value, (list, tuple, set)) else [value]
    if given and all(isinstance(item, (Future, State)) for item in given):
        found = [item.settled() if isinstance(item, Future) else item for item in given]
        return of_states(found, like(value, found) if given is value else found[0])
    if value is None and children:
        return of_states([child.settled() if isinstance(child, Future) else child for child in children])
    return Completed(value=value)


def like(given, items):
    """The items as a collection of the same kind, as far as that is made of items alone."""
    if hasattr(given, "_make"):
        return given._make(items)
    return next(kind(items) for kind in (list, tuple, set) if isinstance(given, kind))


def of_states(states, value=NOTHING):
    value = states if value is NOTHING else value
    total = len(states)
    if all(state.is_completed() for state in states):
        return Completed(message="All states completed.", value=value)
    failed = [state for state in states if state.is_failed() or state.is_crashed()]
    cancelled = [state for state in states if state.is_cancelled()]
    if cancelled:
        return Cancelled(message="%d/%d states cancelled." % (len(cancelled), total), value=value)
    if failed:
        return Failed(message="%d/%d states failed." % (len(failed), total), value=value)
    open_ones = [state for state in states if not state.is_final()]
    return Failed(message="%d/%d states are not final." % (len(open_ones), total), value=value)


def is_coroutine_function(fn):
    return inspect.iscoroutinefunction(fn) or inspect.iscoroutinefunction(getattr(fn, "__call__", None))


for _kind in (FailedRun, CrashedRun, CancelledRun, UnfinishedRun, MissingResult):
    _kind.__module__ = "prefect.exceptions"
