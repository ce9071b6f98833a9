"""What the API answers, as objects: fields are attributes, ids are UUIDs, times are datetimes."""
import datetime
import re
import uuid

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$")
ID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")


class Record:
    """`run.name`, `run["name"]`, `run.dict()`."""

    def __init__(self, **fields):
        self.__dict__.update(fields)

    def __getitem__(self, name):
        return self.__dict__[name]

    def dict(self):
        return dict(self.__dict__)

    def __eq__(self, other):
        return isinstance(other, Record) and self.__dict__ == other.__dict__

    __hash__ = object.__hash__

    def __repr__(self):
        return "%s(%s)" % (type(self).__name__, ", ".join("%s=%r" % item for item in self.__dict__.items()))


class FlowRun(Record):
    pass


class TaskRun(Record):
    pass


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def time_of(text):
    """A moment of the API; None for none."""
    if not isinstance(text, str):
        return text
    head, _, rest = text.replace("Z", "+00:00").partition("+")
    whole, _, fraction = head.partition(".")
    return datetime.datetime.fromisoformat("%s.%s+%s" % (whole, (fraction + "000000")[:6], rest))


KEPT = ("parameters", "context", "data", "job_variables", "task_inputs", "state")


def record(kind, answer):
    """An object of this kind; what users gave stays as it is."""
    fields = {}
    for name, value in answer.items():
        if name not in KEPT and isinstance(value, str):
            if (name == "id" or name.endswith("_id")) and ID.match(value):
                value = uuid.UUID(value)
            elif name == "state_type":
                from ._states import StateType

                value = StateType(value)
            elif TIME.match(value):
                value = time_of(value)
        fields[name] = value
    return kind(**fields)
