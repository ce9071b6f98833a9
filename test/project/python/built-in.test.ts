// Parts of the built-in Python engine by themselves, called by this machine's Python.
import { describe, expect, test } from "bun:test";
import { played, python } from "./played.ts";

describe.skipIf(python === undefined)("python 4: the built-in engine", () => {
  test("makes no task run for a deployment whose parameters cannot be sent", async () => {
    const program = `
import json
from prefect import _deployments as own, _futures

posted = []
class Api:
    def get(self, path): return {"id": "d", "flow_id": "f", "name": "n", "version": None}
    def post(self, path, body): posted.append(path); return {"id": "made"}

own.api, own.current_flow, own.current_task = Api, lambda: object(), lambda: None
own.stand_in = lambda *given: posted.append("stand-in")
future = _futures.Future.__new__(_futures.Future)
for value in (future, [future]):
    try:
        own.run_deployment("f/n", parameters={"n": value}, timeout=0)
    except TypeError:
        posted.append("refused")
print(json.dumps(posted))`;
    expect(await played(program)).toEqual(["refused", "refused"]);
  });

  test("interrupts no other thread where a task ends in the moment its time is over", async () => {
    const program = `
import contextlib, json, threading, types
from prefect import _steps as own

interrupted, threads = [], []
own.raise_in = lambda thread, kind: interrupted.append(thread)
class Late(threading.Event):
    """Tells that the time is over when the thread has ended."""
    def wait(self, seconds=None):
        threads[0].join()
        return False
def thread(**given):
    threads.append(threading.Thread(**given))
    return threads[0]
own.threading = types.SimpleNamespace(Event=Late, Thread=thread, Lock=threading.Lock)
call = own.Call(lambda: 3, (), {}, contextlib.nullcontext, 5, may_be_left=True)
print(json.dumps([call.here(), interrupted]))`;
    expect(await played(program)).toEqual([3, []]);
  });

  test("leaves a task that is too late, and writes nothing when it is interrupted", async () => {
    const program = `
import contextlib, json, threading, time
from prefect import _steps as own

found = []
def endless():
    found.append(threading.current_thread())
    while True:
        time.sleep(0.001)
try:
    own.Call(endless, (), {}, contextlib.nullcontext, 0.05, may_be_left=True).here()
except own.TimedOut:
    found[0].join(30)
    print(json.dumps(found[0].is_alive()))`;
    expect(await played(program)).toBe(false);
  });
});
