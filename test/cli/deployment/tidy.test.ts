// Registering a deployment removes the snapshots that nobody needs any more; so does a server.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startApp } from "#cli/server/running-app.ts";
import { testSettings } from "../../settings.ts";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
beforeEach(() => {
  terminal = testTerminal();
  edit("one");
});
afterEach(() => terminal.close());

const edit = (text: string) =>
  writeFileSync(
    join(terminal.folder, "a.ts"),
    `import { flow } from "orch";\nexport const sayHi = flow(async function sayHi() { return "${text}"; });\n`,
  );
const build = (...words: string[]) =>
  terminal.orch("deployment", "build", "a.ts:sayHi", "-n", "a", "-q", "test", ...words);
const folder = () => join(terminal.home, "storage/snapshots");
const names = () => readdirSync(folder()).filter((name) => !name.startsWith("."));
const age = (name: string) => utimesSync(join(folder(), name), 1, 1);

async function twoBuilds(): Promise<[first: string, second: string]> {
  await build("-a");
  const [first = ""] = names();
  edit("two");
  await build("-a");
  return [first, names().find((name) => name !== first) ?? ""];
}

test("a snapshot that no deployment names goes once it is old, with the next build", async () => {
  const [first, second] = await twoBuilds();
  expect(names().toSorted()).toEqual([first, second].toSorted());
  for (const name of names()) age(name);
  expect((await build()).code).toBe(0);
  expect(names()).toEqual([second]);
});

test("and with the next apply", async () => {
  const [first, second] = await twoBuilds();
  age(first);
  expect((await terminal.orch("deployment", "apply", "sayHi-deployment.yaml")).code).toBe(0);
  expect(names()).toEqual([second]);
});

test("a server does so by itself, and says it", async () => {
  const [first, second] = await twoBuilds();
  for (const name of [first, second]) age(name);
  const said = Promise.withResolvers<string>();
  const settings = testSettings({ ORCH_HOME: terminal.home, ORCH_LOCAL_STORAGE_PATH: join(terminal.home, "storage") });
  const server = await startApp({ settings, host: "127.0.0.1", port: 0, services: true, ui: false, log: said.resolve });
  expect(await said.promise).toBe("Removed 1 snapshot(s) that no deployment uses.");
  await server.stop();
  expect(names()).toEqual([second]);
});

test("what a server elsewhere was told of is kept for it, until it needs it no more", async () => {
  const other = testTerminal();
  const settings = testSettings({ ORCH_HOME: other.home });
  const server = await startApp({ settings, host: "127.0.0.1", port: 0, services: true, ui: false, log: () => {} });
  const here = terminal;
  const there = testTerminal({ ORCH_API_URL: `${server.listener.url}/api`, ORCH_HOME: here.home });
  try {
    await build();
    const [first = ""] = names();
    const applied = await there.orch("deployment", "apply", join(here.folder, "sayHi-deployment.yaml"));
    expect([applied.code, applied.err]).toEqual([0, ""]);
    age(first);
    edit("two");
    await build("-a");
    expect(names()).toContain(first);
    await there.orch("deployment", "apply", join(here.folder, "sayHi-deployment.yaml"));
    expect(names()).toHaveLength(1);
    expect(names()).not.toContain(first);
  } finally {
    await server.stop();
    other.close();
    there.close();
  }
});

test("applying a file whose snapshot is gone is refused with the way out", async () => {
  await build();
  const [name = ""] = names();
  age(name);
  edit("two");
  await build("-o", "other.yaml");
  expect(existsSync(join(folder(), name))).toBe(false);
  const { code, err } = await terminal.orch("deployment", "apply", "sayHi-deployment.yaml");
  expect([code, err]).toEqual([
    1,
    expect.stringContaining("names is not there any more. 'orch deployment apply --upload'"),
  ]);
  expect((await terminal.orch("deployment", "apply", "--upload", "sayHi-deployment.yaml")).code).toBe(0);
});
