// R16 and R17 on the executable: what a run inherits, and whose files the files of a home are.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Sandbox } from "./sandbox.ts";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.close());

const FLOW = `import { flow } from "orch";
function sayKeys() {
  console.log("KEYS " + Object.keys(process.env).filter((name) => /_KEY$/.test(name)).toSorted().join(","));
  return { kept: true };
}
export default flow(sayKeys, { persistResult: true });
`;

/** Everything in the home that others have a right to. */
function openToOthers(home: string): string[] {
  const names = readdirSync(home, { recursive: true, encoding: "utf8" });
  return names.flatMap((name) => {
    const stats = lstatSync(join(home, name));
    return stats.isSymbolicLink() || (stats.mode & 0o077) === 0 ? [] : [`${name} ${(stats.mode & 0o777).toString(8)}`];
  });
}

for (const umask of ["000", "022", "077"]) {
  test(`R17: all of a home is its owner's alone with the umask ${umask}; R16: a run has the client's key only`, async () => {
    writeFileSync(join(sandbox.folder, "flow.ts"), FLOW);
    const script = [
      `umask ${umask}`,
      "orch deployment build flow.ts:default -n x -q q --apply",
      "orch profile create other",
      "orch config set ORCH_API_KEY=mine",
      "orch deployment run say-keys/x",
      "orch agent start -q q --run-once",
      "orch server database backup backup.db",
      "orch server database restore backup.db --yes",
      "ls -ld backup.db",
    ].join(" && ");
    const env = { ORCH_SERVER_API_KEY: "the server's", PREFECT_SERVER_API_KEY: "the server's" };
    const { code, stdout, stderr } = await sandbox.shell(script, env);
    expect([code, stderr.trim()]).toEqual([0, expect.stringMatching(/^No agent listens to the work queue 'q'.*$/)]);
    expect(stdout).toContain("KEYS ORCH_API_KEY,PREFECT_API_KEY\n");
    expect(stdout).toMatch(/^-rw------- /m);
    expect(openToOthers(join(sandbox.home, ".orch"))).toEqual([]);
  }, 120_000);
}

test("R17: what was open is narrowed by the server's start, and an open home is reported with what mends it", async () => {
  const home = join(sandbox.home, ".orch");
  mkdirSync(join(home, "storage"), { recursive: true });
  writeFileSync(join(home, "profiles.toml"), 'active = "default"\n');
  for (const [path, mode] of [
    ["", 0o777],
    ["storage", 0o775],
    ["profiles.toml", 0o644],
  ] as const) {
    chmodSync(join(home, path), mode);
  }
  const server = sandbox.start(["server", "start", "--port", "0"]);
  await server.until(/is running at/);
  expect(openToOthers(home)).toEqual([]);
  await server.stop();
  expect(server.output()).toContain(`'${home}' can be written by other users of this machine.`);
  expect(server.output()).toContain(`chmod 700 '${home}'`);
});
