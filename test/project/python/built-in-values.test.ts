// What the built-in Python engine makes of values: parameters, fields of blocks, inputs of tasks, and what flows return.
import { describe, expect, test } from "bun:test";
import { played, python } from "./played.ts";

describe.skipIf(python === undefined)("python 4: the built-in engine", () => {
  test("looks through a list that a task returned once for all that is mapped over it", async () => {
    const program = `
import json, types
from prefect import task, unmapped, _inputs as own

looked, begun = [], []
whole = own.inside
own.inside = lambda value: looked.append(1) or whole(value)
rows, shared, plain = [{"n": n} for n in range(200)], [{"n": n} for n in range(200)], [object()] * 200
frame = types.SimpleNamespace(sources={})
own.note_source(rows, types.SimpleNamespace(id="of-rows"), frame)
own.note_source(shared, types.SimpleNamespace(id="of-shared"), frame)

@task
def process(row, other, more, name="n"):
    pass
process.frame, process.is_awaited = lambda: frame, lambda frame: False
process.begin = lambda each, wait_for, inputs: begun.append([each["row"], {name: [one["id"] for one in found] for name, found in inputs.items()}])
looked.clear()
process.map(rows, plain, unmapped(shared))
print(json.dumps([len(looked) < 3000, len(begun), begun[3]]))`;
    const inputs = { row: ["of-rows"], other: [], more: ["of-shared"], name: [] };
    expect(await played(program)).toEqual([true, 200, [{ n: 3 }, inputs]]);
  });

  test("checks parameters once: a generator among them is read for the flow that gets it", async () => {
    const program = `
import json
from typing import List
from prefect import flow, _engine as own, _objects

got, posted = [], []
class Api:
    def post(self, path, body):
        posted.append(body)
        return {"id": "f", "name": "n"}
own.api = Api
@flow
def counts(items: List[int]):
    pass
counts.run_checked = lambda run, logger, checked, parent, wait_for: got.append(checked.get())
counts.outcome = lambda state, return_state: None
counts(str(n) for n in range(3))
print(json.dumps([posted[-1]["parameters"], got]))`;
    const items = { items: [0, 1, 2] };
    expect(await played(program)).toEqual([items, [items]]);
  });

  test("takes None for a field whose default is None, and refuses it elsewhere", async () => {
    const program = `
import dataclasses, json
from prefect.blocks.core import Block
from prefect._fitting import fitted

class Place(Block):
    token: str = None
    name: str = "x"
@dataclasses.dataclass
class Row:
    n: int
    at: int = None
    of: int = 3
def refused(make):
    try:
        make()
    except ValueError:
        return True
rows = [fitted({"n": 1, "at": None}, Row).at, refused(lambda: fitted({"n": 1, "of": None}, Row))]
print(json.dumps([Place(token=None).token, refused(lambda: Place(name=None)), rows]))`;
    expect(await played(program)).toEqual([null, true, [null, true]]);
  });

  test("keeps the kind of a collection of states that a flow returns", async () => {
    const program = `
import collections, json
from prefect import _states as own

Two = collections.namedtuple("Two", "first second")
class Many(list):
    def __init__(self, items, name):
        super().__init__(items)
def state():
    found = own.Completed(value=1)
    found.is_of_run = True
    return found
returned = [own.returned(value).value for value in (Two(state(), state()), Many([state()], "x"), (state(),))]
print(json.dumps([[type(value).__name__, len(value)] for value in returned]))`;
    expect(await played(program)).toEqual([
      ["Two", 2],
      ["list", 1],
      ["tuple", 1],
    ]);
  });

  test("makes mappings, patterns and addresses of what pydantic 1 takes for them", async () => {
    const program = `
import collections, ipaddress, json, re, typing
from prefect._fitting import fitted

many = fitted({"a": ["1"]}, typing.DefaultDict[str, typing.List[int]])
kinds = [
    many["new"],
    fitted(collections.OrderedDict(a="1"), typing.Mapping[str, int]),
    fitted(collections.OrderedDict(a="1"), typing.Dict[str, int]),
    fitted({"a": 1}, collections.OrderedDict),
    fitted({"a": "1"}, typing.Counter[str]),
    fitted("a+", re.Pattern),
    fitted("a+", typing.Pattern),
    fitted("1.2.3.4", ipaddress.IPv4Address),
    fitted("::/0", ipaddress.IPv6Network),
    fitted("1.2.3.4/8", ipaddress.IPv4Interface),
]
words = []
for value, kind in (("(", re.Pattern), ("x", ipaddress.IPv6Interface)):
    try:
        fitted(value, kind)
    except (TypeError, ValueError) as error:
        words.append(str(error))
print(json.dumps([many, [type(value).__name__ for value in kinds], words]))`;
    const kinds = ["list", "OrderedDict", "dict", "OrderedDict", "Counter", "Pattern", "Pattern"];
    expect(await played(program)).toEqual([
      { a: [1], new: [] },
      [...kinds, "IPv4Address", "IPv6Network", "IPv4Interface"],
      ["Invalid regular expression", "value is not a valid IPv6 interface"],
    ]);
  });
});
