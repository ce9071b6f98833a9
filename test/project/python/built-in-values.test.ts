// What the built-in Python engine makes of values: parameters, fields of blocks, inputs of tasks, and what flows return.
import { describe, expect, test } from "bun:test";
import { played, python } from "./played.ts";

describe.skipIf(python === undefined)("python 4: the built-in engine", () => {
  test("looks through a list that a task returned once for all that is mapped over it", async () => {
    const program = `
import json, types
from prefect import task, unmapped, _engine as own

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
});
