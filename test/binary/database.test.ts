// The database of a home under a running server: copied while it writes, emptied by it, and never taken away from it.
import { Database as Sqlite } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createSandbox, type Running, type Sandbox } from "./sandbox.ts";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.close());
const database = (...words: string[]) => sandbox.orch(["server", "database", ...words]);
const path = () => join(sandbox.home, ".orch/orch.db");

async function startServer(): Promise<{ server: Running; url: string }> {
  const server = sandbox.start(["server", "start", "--port", "0"]);
  const [, url = ""] = await server.until(/running at (\S+),/);
  return { server, url };
}

async function makeVariable(url: string, name: string): Promise<void> {
  const body = JSON.stringify({ name, value: "1" });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${url}/api/variables/`, { method: "POST", headers, body });
  expect(answer.status).toBe(201);
}

test("R21: a server does not start on a database that was given a trigger, and says which", async () => {
  const { server } = await startServer();
  await server.stop();
  const sqlite = new Sqlite(path());
  sqlite.run("create trigger evil after insert on variable begin delete from flow; end");
  sqlite.close();
  const { code, stderr } = await sandbox.orch(["server", "start", "--port", "0"]);
  expect(stderr).toContain(`'${path()}' is not as orch makes its databases: trigger 'evil' is not orch's.`);
  expect(code).toBe(1);
});

describe("while a server of the home runs", () => {
  test("a backup has everything that was acknowledged before, and is whole", async () => {
    const { url } = await startServer();
    let made = 0;
    const stopping = new AbortController();
    const writing = (async () => {
      while (!stopping.signal.aborted) {
        await makeVariable(url, `v_${made}`);
        made += 1;
      }
    })();
    for (let round = 0; round < 3; round += 1) {
      const before = made;
      expect(await database("backup", "b.db", "--overwrite")).toMatchObject({ code: 0, stderr: "" });
      const copy = new Sqlite(join(sandbox.folder, "b.db"));
      expect(copy.query("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
      const { count } = copy.query("select count(*) as count from variable").get() as { count: number }; // one row
      expect(count).toBeGreaterThanOrEqual(before);
      copy.close();
    }
    stopping.abort();
    await writing;
    expect(made).toBeGreaterThan(0);
  });

  test("restore and vacuum are refused, reset is done by the server", async () => {
    const { server, url } = await startServer();
    await makeVariable(url, "a");
    await database("backup", "b.db");
    const refusal = `The server of this home is running at ${url}, as process ${server.pid}: stop it first, with 'orch server stop'.`;
    expect((await database("restore", "b.db", "--yes")).stderr).toStartWith(refusal);
    expect((await database("vacuum")).stderr).toStartWith(refusal);
    expect((await database("stats")).code).toBe(0);
    expect((await database("reset", "--yes")).stdout).toBe(`The database '${path()}' was reset.\n`);
    expect((await sandbox.orch(["variable", "ls", "--json"])).stdout).toBe("[]\n");
    expect(server.output()).not.toMatch(/error|rror:/);
    await makeVariable(url, "b");

    await server.stop();
    expect(await database("restore", "b.db", "--yes")).toMatchObject({ code: 0, stderr: "" });
    const variables = JSON.parse((await sandbox.orch(["variable", "ls", "--json"])).stdout);
    expect(variables).toMatchObject([{ name: "a" }]);
    expect(await database("vacuum")).toMatchObject({ code: 0, stderr: "" });
  });
});
