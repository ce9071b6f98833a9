// A server of the real Prefect 2.10.4 on a real PostgreSQL, taken over by its address: each endpoint answers as before. One run in it
// is such that the real server fails with each page that has it.
import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "../binary/sandbox.ts";
import { startPeer } from "../packages/peers.ts";
import { FILL, FLOWS } from "./adopt-programs.ts";
import { answers, caller, expectAlike, freePort, incomplete, killGroup, listening, tables } from "./adopted.ts";
import { environment, possible } from "./prefect.ts";

/** Runs one statement; a run that has started and was never expected to cannot be sent. */
const SQL = `
import asyncio, sys, asyncpg
async def main():
    connection = await asyncpg.connect(host=sys.argv[1], user="postgres", database="postgres")
    await connection.execute(sys.argv[2])
    await connection.close()
asyncio.run(main())
`;

test.skipIf(!possible)(
  "adopt: a server of the real 2.10.4 on PostgreSQL",
  async () => {
    const postgresql = await startPeer("PostgreSQL");
    if (!postgresql) {
      console.log("Skipped: PostgreSQL is not installed here.");
      return;
    }
    const sandbox = createSandbox();
    const bin = join(environment ?? "", "bin");
    const url = `http://127.0.0.1:${freePort()}`;
    const prefectHome = join(sandbox.home, ".prefect");
    mkdirSync(prefectHome);
    writeFileSync(join(sandbox.folder, "flows.py"), FLOWS);
    writeFileSync(join(sandbox.folder, "fill.py"), FILL);
    writeFileSync(join(sandbox.folder, "sql.py"), SQL);
    const loops = ["SCHEDULER", "LATE_RUNS", "FLOW_RUN_NOTIFICATIONS", "CANCELLATION_CLEANUP", "PAUSE_EXPIRATIONS"];
    const env = {
      ...{ HOME: sandbox.home, PATH: `${bin}:/usr/bin:/bin`, PREFECT_HOME: prefectHome, PREFECT_API_URL: `${url}/api` },
      ...Object.fromEntries(loops.map((loop) => [`PREFECT_API_SERVICES_${loop}_ENABLED`, "false"])),
      PREFECT_API_DATABASE_CONNECTION_URL: `postgresql+asyncpg://postgres@/postgres?host=${postgresql.address}`,
      PYTHONWARNINGS: "ignore",
    };
    const start = (words: string[]) =>
      Bun.spawn(words, {
        ...{ cwd: sandbox.folder, env, detached: true, stdin: "ignore", stdout: "ignore", stderr: "pipe" },
      });
    const python = async (...words: string[]) => {
      const child = start([join(bin, "python"), ...words]);
      const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
      expect(code === 0 ? "" : said).toBe("");
    };
    const server = start([join(bin, "prefect"), "server", "start", "--port", new URL(url).port]);
    try {
      await listening(url);
      await python("fill.py");
      const before = await answers(caller(url));
      const filter = { flow_runs: { name: { any_: ["stuck"] } } };
      const [stuck] = (await caller(url)("POST", "/flow_runs/filter", filter)) as { expected_start_time: string }[];

      const setStuck = (moment: string) =>
        python(
          "sql.py",
          postgresql.address,
          `update flow_run set expected_start_time = ${moment} where name = 'stuck'`,
        );
      await setStuck("null");
      const first = await sandbox.orch(["adopt", url, "--json"]);
      expect([first.code, first.stderr.startsWith("1 object of")]).toEqual([1, true]);
      expect(incomplete(first.stdout)).toEqual(["flow_run"]);
      const [note] = tables(first.stdout).find(({ table }) => table === "flow_run")?.notes ?? [];
      expect(note?.names).toEqual([expect.stringMatching(/^the one (between|after|before) '/)]);

      await setStuck(`'${stuck?.expected_start_time}'`);
      const second = await sandbox.orch(["adopt", url, "--json"]);
      expect([second.stderr, second.code]).toEqual(["", 0]);
      const taken = tables(second.stdout).flatMap((line) => (line.taken > 0 ? [[line.table, line.taken]] : []));
      expect(taken).toEqual([
        ["flow_run", 1],
        ["flow_run_state", 2],
      ]);
      expect((await sandbox.orch(["adopt", url])).stdout).toContain("Nothing to do: ");

      const orch = sandbox.start(["server", "start", "--port", "0", "--no-services"]);
      const [, address = ""] = await orch.until(/running at (http:\S+?),/);
      expectAlike(await answers(caller(address)), before);
    } finally {
      killGroup(server.pid);
      await server.exited;
      await Promise.all([sandbox.close(), postgresql.close()]);
    }
  },
  600_000,
);
