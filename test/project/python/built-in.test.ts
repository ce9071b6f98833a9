// Parts of the built-in Python engine by themselves, called by this machine's Python.
import { describe, expect, test } from "bun:test";
import { resolve } from "node:path";
import { pythonHere } from "../../binary/python-here.ts";

const python = pythonHere();

/** What the program prints last, as JSON. */
async function played(program: string): Promise<unknown> {
  const env = { PATH: "/usr/bin:/bin", PYTHONPATH: resolve("src/python"), PYTHONDONTWRITEBYTECODE: "1" };
  const child = Bun.spawn([python as string, "-c", program], { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  expect([await child.exited, err]).toEqual([0, ""]);
  return JSON.parse(out.trimEnd().split("\n").at(-1) ?? "");
}

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
});
