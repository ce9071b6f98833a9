// Which answers are another program's, and which of servers of other releases.
import { expect, test } from "bun:test";
import type { Client } from "#client/client.ts";
import { refusingForeign } from "#client/foreign-answers.ts";
import { isMisaddressed } from "#client/transport.ts";
import { readHealth, readServerVersion } from "#wire/admin.ts";
import { listFlows, readFlow } from "#wire/deployments/flows.ts";
import { deleteFlowRun, setFlowRunState } from "#wire/runs/flow-runs.ts";

type Call = (client: Client) => Promise<unknown>;
const id = "0189a2b4-0000-4000-8000-000000000000";
const health: Call = (client) => client.call(readHealth, {});
const version: Call = (client) => client.call(readServerVersion, {});
const flow: Call = (client) => client.call(readFlow, { params: { id } });
const flows: Call = (client) => client.call(listFlows, { body: {} });
const remove: Call = (client) => client.call(deleteFlowRun, { params: { id } });
const propose: Call = (client) =>
  client.call(setFlowRunState, { params: { id }, body: { state: { type: "RUNNING" }, force: false } });

const CASES: [what: string, call: Call, answer: unknown, isTaken: boolean][] = [
  ["an object", flow, { id, name: "a", of_another_release: 1 }, true],
  ["an object", flow, { id }, true],
  ["an object", flow, { status: "ok" }, false],
  ["an object", flow, { id: 7, name: "a" }, false],
  ["an object", flow, [], false],
  ["an object", flow, null, false],
  ["a list", flows, [], true],
  ["a list", flows, [{ id, name: "a" }], true],
  ["a list", flows, [{ name: "a" }], false],
  ["a list", flows, { status: "ok" }, false],
  ["an object without an id", propose, { status: "ACCEPT", details: {} }, true],
  ["an object without an id", propose, { message: "hello" }, false],
  ["true or false", health, true, true],
  ["true or false", health, "ok", false],
  ["a text", version, "0.8.4", true],
  ["a text", version, { version: 1 }, false],
  ["nothing", remove, null, true],
];
for (const [what, call, answer, isTaken] of CASES) {
  test(`where ${what} is expected, ${JSON.stringify(answer)} is ${isTaken ? "taken" : "another program's"}`, async () => {
    const client = refusingForeign({ description: "http://there/api", call: async () => answer as never });
    if (isTaken) expect(await call(client)).toEqual(answer);
    else {
      const error = await call(client).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect([isMisaddressed(error), String(error)]).toEqual([true, expect.stringContaining("it sends other JSON")]);
    }
  });
}
