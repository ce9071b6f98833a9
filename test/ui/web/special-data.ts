// Records that special states of pages need, beside those that are seeded: long names, runs in every state, schemas with rules.
import type { Seeded } from "../seed.ts";
import type { WebWorld } from "./world.ts";

export interface SpecialData extends Seeded {
  /** A run with a long name, long tags and long parameters, and its deployment. */
  long: string;
  longDeployment: string;
  /** Runs that ended badly, and one that nothing takes. */
  crashed: string;
  late: string;
  /** Deployments without parameters, and with parameters that have rules. */
  bare: string;
  ruled: string;
}

const LONG = "a-long-name-that-goes-on-and-on-".repeat(5);
const STATES = [
  ["SCHEDULED", "Scheduled"],
  ["SCHEDULED", "Late"],
  ["SCHEDULED", "AwaitingRetry"],
  ["PENDING", "Pending"],
  ["RUNNING", "Running"],
  ["RUNNING", "Retrying"],
  ["PAUSED", "Paused"],
  ["COMPLETED", "Completed"],
  ["COMPLETED", "Cached"],
  ["FAILED", "Failed"],
  ["FAILED", "TimedOut"],
  ["CRASHED", "Crashed"],
  ["CANCELLING", "Cancelling"],
  ["CANCELLED", "Cancelled"],
  ["CANCELLED", "Skipped"],
] as const;

const RULES = {
  type: "object",
  properties: {
    code: { type: "string", minLength: 3, position: 0, default: "abc", description: "Three letters of the airport." },
    price: { type: "number", multipleOf: 0.05, position: 1, default: 1.5 },
    names: { type: "array", items: { type: "string" }, uniqueItems: true, position: 2 },
    is_dry: { type: "boolean", default: true, position: 3 },
    colour: { enum: ["red", "green"], default: "red", position: 4 },
  },
};

export async function addSpecialData({ data, send }: WebWorld): Promise<SpecialData> {
  const flow_id = (await send("POST", "/flows/", { name: `flow-${LONG}` })).id;
  const deploy = async (body: object) =>
    (await send("POST", "/deployments/", { flow_id, path: "/code", entrypoint: "flows.py:report", ...body })).id;
  const parameters = { text: LONG.repeat(20), list: Array.from({ length: 30 }, (_, at) => `${at}-${LONG}`) };
  const tags = ["long", LONG, `another-${LONG}`];
  const longDeployment = await deploy({
    name: `long-${LONG}`,
    tags,
    parameters,
    description: LONG.repeat(8),
    work_queue_name: LONG,
  });
  const make = async (body: object) => (await send("POST", "/flow_runs/", { flow_id, ...body })).id;
  const message = `Flow run encountered an exception. ValueError: ${LONG}`;
  const state = { type: "FAILED", name: "Failed", message };
  const long = await make({ name: `run-${LONG}`, deployment_id: longDeployment, tags, parameters, state });
  for (const [type, name] of STATES) {
    const said = type === "FAILED" || type === "CRASHED" ? { message: `${name}: no such table: orders` } : {};
    await make({ name: `is-${name.toLowerCase()}`, tags: ["states"], state: { type, name, ...said } });
  }
  const crashed = await make({ name: "crashed-run", state: { type: "CRASHED", message: "Its process was killed." } });
  const due = { type: "SCHEDULED", name: "Late", state_details: { scheduled_time: new Date().toISOString() } };
  const bare = await deploy({
    name: "bare",
    work_queue_name: "lonely",
    parameter_openapi_schema: { type: "object", properties: {} },
  });
  const late = (await send("POST", `/deployments/${bare}/create_flow_run`, { name: "late-run", state: due })).id;
  const ruled = await deploy({ name: "ruled", parameter_openapi_schema: RULES, parameters: { code: "ber" } });
  await send("POST", "/variables/", {
    name: "long_name_".repeat(20),
    value: LONG.repeat(6),
    tags: ["long-tag-".repeat(8)],
  });
  return { ...data, long, longDeployment, crashed, late, bare, ruled };
}
