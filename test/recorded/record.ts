// `bun run record [NAME…]`: holds the conversations of all scenarios, or of those named, with the real Prefect 2.10.4,
// each with a server and a database of its own, and writes down what it answered.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prefectEnvironment } from "../bench/environment.ts";
import { freePort, served } from "../side-by-side/run.ts";
import { answersPath, SCENARIOS } from "./scenarios.ts";
import { converse, type Scenario } from "./talk.ts";

const prefect = await prefectEnvironment();
const wanted = process.argv.slice(2);

for (const [name, scenario] of Object.entries(SCENARIOS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const exchanges = await recorded(scenario);
  const lines = exchanges.map(({ exchange }) => JSON.stringify(exchange));
  await Bun.write(answersPath(name), `${lines.join("\n")}\n`);
  console.log(`${name}: ${lines.length} exchanges`);
}

async function recorded(scenario: Scenario) {
  const home = mkdtempSync(join(tmpdir(), "orch-record-"));
  const port = freePort();
  const bin = join(prefect, "bin");
  const off = ["SCHEDULER", "LATE_RUNS", "PAUSE_EXPIRATIONS", "CANCELLATION_CLEANUP", "FLOW_RUN_NOTIFICATIONS"];
  const env = {
    ...{ HOME: home, PREFECT_HOME: join(home, ".prefect"), PATH: `${bin}:/usr/bin:/bin`, PYTHONWARNINGS: "ignore" },
    PREFECT_API_BLOCKS_REGISTER_ON_START: "false",
    PREFECT_SERVER_ANALYTICS_ENABLED: "false",
    ...Object.fromEntries(off.map((loop) => [`PREFECT_API_SERVICES_${loop}_ENABLED`, "false"])),
  };
  const command = [join(bin, "prefect"), "server", "start", "--host", "127.0.0.1", "--port", String(port)];
  const server = await served(command, env, port);
  try {
    // A new database has the default pool, one that was cleared has it not: ours makes it when it is needed, too.
    const confirmed = { method: "POST", headers: { "content-type": "application/json" }, body: '{"confirm":true}' };
    await fetch(`${server.url}/admin/database/clear`, confirmed);
    return await converse(scenario, (_, path, init) => fetch(`${server.url}${path}`, { ...init, keepalive: false }));
  } finally {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
