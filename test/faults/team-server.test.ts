// Runs docs/team-server.md as it is printed, on three machines: each has a separate home, PATH and folder.
import { afterAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Result, type Running, type Sandbox } from "../binary/sandbox.ts";
import { eventually } from "../eventually.ts";
import { freePort } from "../stores/free-port.ts";

/** The blocks of commands, with the heading they stand under. */
const BLOCKS = readFileSync("docs/team-server.md", "utf8")
  .split(/^## /m)
  .flatMap((section) =>
    [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, script = ""]) => ({
      ...{ step: section.split("\n")[0] ?? "", script: script.replace(/ +# .*$/gm, "") },
    })),
  );

const [yours, server, executing] = Array.from({ length: 3 }, () => createSandbox(["head", "base64"])) as [
  Sandbox,
  Sandbox,
  Sandbox,
]; // three
afterAll(async () => {
  await server.orch(["server", "stop"]);
  await Promise.all([yours, server, executing].map((machine) => machine.close()));
});

/** What the reader puts in. */
const given = { port: "", key: "" };

function block(at: number, step: RegExp): string {
  const found = BLOCKS[at] ?? { step: "", script: "" };
  expect(found.step).toMatch(step);
  return found.script
    .replaceAll("http://server:4200", `http://127.0.0.1:${given.port}`)
    .replaceAll("API_KEY=KEY", `API_KEY=${given.key}`)
    .replaceAll("/srv/flows", join(executing.folder, "mounted"));
}

async function ran(machine: Sandbox, script: string): Promise<Result> {
  const result = await machine.shell(`set -e\n${script}`, { ORCH_SERVER_API_PORT: given.port });
  expect([script, result.code, result.stderr]).toEqual([script, 0, ""]);
  return result;
}

/** The script without its last line, which is started: it goes on. */
async function started(machine: Sandbox, script: string, last: string): Promise<Running> {
  const lines = script.trimEnd().split("\n");
  expect(lines.pop()).toBe(last);
  await ran(machine, lines.join("\n"));
  const words = last.split(" ");
  return machine.start(words.slice(words.indexOf("orch") + 1), { ORCH_SERVER_API_PORT: "0" });
}

/** Waits for the end of the next run that the schedule made. */
async function nextScheduled(): Promise<{ name: string; state_type: string; auto_scheduled: boolean }> {
  const [next] = JSON.parse((await yours.orch(["flow-run", "ls", "--scheduled", "--json"])).stdout) as { id: string }[];
  await yours.orch(["flow-run", "watch", next?.id ?? "none"]);
  return JSON.parse((await yours.orch(["flow-run", "inspect", next?.id ?? "none", "--json"])).stdout);
}

test("installing c: from 'npx orch dev' to a team server, a backup and back", async () => {
  expect(BLOCKS).toHaveLength(7);
  given.port = String(await freePort());

  const dev = await started(yours, block(0, /^1\. On your machine/), "orch dev");
  await dev.until(/say-hi\/marvin/);
  await dev.stop("SIGINT");

  given.key = (await ran(server, block(1, /^2\. On the server/))).stdout.split("\n")[0] ?? "";
  const unnamed = await fetch(`http://127.0.0.1:${given.port}/api/admin/version`);
  expect([given.key.length, unnamed.status]).toEqual([32, 401]);

  const deployed = await ran(yours, block(2, /^3\. On your machine/));
  expect(deployed.stdout).toContain("All is well.");
  expect(existsSync(join(yours.home, ".orch/storage"))).toBe(false);

  const agent = await started(executing, block(3, /^4\. On the machine/), "orch agent start -q team");
  // Until its first question reaches the server a run says that nobody listens.
  await eventually(async () => {
    const queue = await yours.orch(["work-queue", "inspect", "team", "--json"]);
    return JSON.parse(queue.stdout).last_polled !== null;
  }, "the agent asks its queue");
  expect((await ran(yours, block(4, /^4\./))).stdout).toMatch(/finished in state Completed[\s\S]*say-hi\/team/);
  expect(await nextScheduled()).toMatchObject({ state_type: "COMPLETED", auto_scheduled: true });

  await yours.orch(["variable", "set", "kept", "1"]);
  await ran(server, block(5, /^5\. On the server/));
  expect(existsSync(join(server.folder, "nightly.db.key"))).toBe(true);
  await yours.orch(["variable", "set", "lost", "1"]);
  const refused = await server.orch(["server", "database", "restore", "nightly.db", "--yes"]);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("stop it first")]);
  await ran(server, block(6, /^5\./));
  const variables = JSON.parse((await yours.orch(["variable", "ls", "--json"])).stdout) as { name: string }[];
  expect(variables.map(({ name }) => name)).toEqual(["kept"]);
  await agent.until(/is back\./);
  expect((await ran(yours, "orch deployment run say-hi/team --watch")).stdout).toContain("finished in state Completed");
}, 120_000);
