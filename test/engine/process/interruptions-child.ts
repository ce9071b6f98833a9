// A process that runs one flow against the fake server and prints, as its last line, what the server then knows.
import { runFlowHere } from "#engine/direct.ts";
import { Interruption } from "#engine/session/interruption.ts";
import { systemClock } from "#lib/clock.ts";
import { flow, getRunLogger, sleep, task } from "#sdk/index.ts";
import { FakeApi } from "../fake-api.ts";
import { SETTINGS } from "../settings.ts";

const api = new FakeApi(systemClock);
const nap = task(async function nap() {
  await sleep(60);
});
const waiting = async () => {
  getRunLogger().info("started");
  console.log("READY");
  await nap();
};

const FLOWS: Record<string, () => unknown> = {
  waiting,
  cancelled: () => {
    const run = api.flowRuns[0];
    if (run?.state) Object.assign(run.state, { type: "CANCELLING", name: "Cancelling" });
    return waiting();
  },
  exits: () => {
    getRunLogger().info("about to exit");
    process.exit(3);
  },
  "exits in a try": async () => {
    try {
      process.exit(4);
    } catch {
      await sleep(60);
    }
  },
  "exits with no code": () => process.exit(),
  "throws in a timer": async () => {
    setTimeout(() => {
      throw new RangeError("from a timer");
    }, 1);
    await sleep(60);
  },
  "rejects unhandled": async () => {
    void Promise.reject(new Error("nobody looked"));
    await sleep(60);
  },
};

const name = process.argv[2] ?? "";
const options = { client: api.client, clock: systemClock, settings: SETTINGS, output: () => {} };
const code = await runFlowHere(options, flow(FLOWS[name] as () => unknown, { name: "a" }), []).then(
  () => 0,
  (error) => (error instanceof Interruption ? error.exitCode : 99),
);
const runs = api.runs.map(({ name, state }) => ({ name, type: state?.type, message: state?.message }));
console.log(JSON.stringify({ runs, logs: api.messages() }));
process.exit(code);
