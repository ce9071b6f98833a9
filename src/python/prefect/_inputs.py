"""Finds which task runs a value came from: those are the inputs of the task run that takes it."""
from . import _states as states
from ._futures import Future, inside


def inputs_of(value, frame):
    """The task runs that a value came from: of its futures, of its states, and of objects that tasks of the flow have returned."""
    found, seen = {}, set()

    def visit(item):
        if id(item) in seen:
            return  # objects may refer to each other
        if not isinstance(item, (str, bytes, int, float)):
            seen.add(id(item))
        if isinstance(item, Future):
            found[str(item.task_run.id)] = True
        elif isinstance(item, states.State):
            run = getattr(item.state_details, "task_run_id", None)
            found.update({str(run): True} if run else {})
        elif id(item) in frame.sources:
            found[frame.sources[id(item)][0]] = True
        for inner in inside(item):
            visit(inner)

    visit(value)
    return [{"input_type": "task_run", "id": run} for run in found]


# Objects of these kinds are the same wherever they come from, and so are small integers.
SHARED = (bool, type(None), type(...), type(NotImplemented))


def inputs_of_each(lists, parameters, frame):
    """
    The inputs of all calls of one `map`: of what each gets of its lists, and of all that was gone through for it. What is the same
    for all calls is looked through once: a list of many rows may have come from one task.
    """
    shared = {}
    for name, value in parameters.items():
        is_whole = name not in lists or isinstance(value, Future) or id(value) in frame.sources
        shared[name] = inputs_of(value, frame) if is_whole else []
    for at in range(len(next(iter(lists.values())))):
        yield {name: joined(inputs_of(lists[name][at], frame) if name in lists else [], rest) for name, rest in shared.items()}


def joined(inputs, others):
    return inputs + [each for each in others if each not in inputs]


def note_source(value, run, frame):
    """That the task run has returned the value, and what is directly in it."""
    for item in [value, *inside(value)]:
        if type(item) not in SHARED and not (isinstance(item, int) and -5 <= item <= 256):
            frame.sources[id(item)] = (str(run.id), item)  # which keeps the object, and so its id
