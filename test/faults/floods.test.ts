// A flow that prints 200,000 lines and never waits: all of them arrive, in order, with little memory, also when the server
// is killed meanwhile; and they are read back quickly.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "#wire/runs/logs.ts";
import type { Running } from "../binary/sandbox.ts";
import { createFleet } from "./fleet.ts";

const LINES = 200_000;
const READ_LINES = 110_000;
const MOST_MEMORY_KB = 150_000;
const MOST_READING_MS = 2_000;

const fleet = createFleet();
const peak = join(fleet.sandbox.home, "peak");
afterAll(() => fleet.sandbox.close());

const FLOOD = `
import { flow } from "orch";
import { readFileSync, writeFileSync } from "node:fs";
process.on("exit", () => {
  writeFileSync(${JSON.stringify(peak)}, /VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "");
});
export const work = flow(async function work() {
  for (let n = 0; n < ${LINES}; n += 1) console.log("line " + n + " of a loop that never waits, with some more words");
}, { logPrints: true });`;

let server: Running;
let deployment: string;

beforeAll(async () => {
  server = await fleet.startServer();
  deployment = await fleet.deploy(FLOOD);
  await fleet.startAgent();
});

async function startFlood(): Promise<string> {
  const state = { type: "SCHEDULED", state_details: { scheduled_time: new Date().toISOString() } };
  const { body } = await fleet.post(`/deployments/${deployment}/create_flow_run`, { state });
  return (body as { id: string }).id; // of a run
}

const logsOf = async (id: string, ...options: string[]) => {
  const { stdout, stderr, code } = await fleet.sandbox.orch(["flow-run", "logs", id, ...options], {
    env: { ORCH_API_URL: fleet.url },
  });
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
};

/** The printed lines by their number, in the order of the log. */
async function numbersOf(id: string): Promise<number[]> {
  const logs: Log[] = JSON.parse(await logsOf(id, "--json"));
  return logs.flatMap(({ message }) => /^line (\d+) /.exec(message)?.[1] ?? []).map(Number);
}

const EVERY = Array.from({ length: LINES }, (_, index) => index);

describe("T27: 200,000 lines in a loop that never waits", () => {
  let id: string;

  test("all arrive, in order, and the process stays small", async () => {
    id = await startFlood();
    const runs = await fleet.allFinal(120);
    expect(runs.find((run) => run.id === id)?.state_type).toBe("COMPLETED");
    await fleet.eventually(120, () => existsSync(peak));
    expect(Number(readFileSync(peak, "utf8"))).toBeWithin(1_000, MOST_MEMORY_KB);
    expect(Bun.deepEquals(await numbersOf(id), EVERY)).toBe(true);
  });

  test(`T28: ${READ_LINES} of them are read in less than 2 s`, async () => {
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const began = performance.now();
      const text = await logsOf(id, "--num-logs", String(READ_LINES));
      times.push(performance.now() - began);
      expect(text.split("\n")).toHaveLength(READ_LINES + 1);
    }
    // Other work of the machine only ever adds to it.
    expect(Math.min(...times)).toBeLessThan(MOST_READING_MS);
  });

  test("none is lost when the server is killed meanwhile and comes back", async () => {
    const second = await startFlood();
    await fleet.eventually(60, async () => {
      const { body } = await fleet.post("/logs/filter", { logs: { flow_run_id: { any_: [second] } }, limit: 1 });
      return (body as Log[]).length > 0;
    });
    await server.stop("SIGKILL");
    server = await fleet.startServer();
    await fleet.allFinal(120);
    // A batch whose answer was lost with the server is sent once more.
    const numbers = [
      ...new Set(
        await fleet.eventually(120, async () => {
          const found = await numbersOf(second);
          return new Set(found).size === LINES && found;
        }),
      ),
    ];
    expect(Bun.deepEquals(numbers, EVERY)).toBe(true);
  });
});
