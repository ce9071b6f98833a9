// What `work-queue preview` and `work-pool preview` show of the work to come.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
const made: { id: string; name: string }[] = [];

beforeAll(async () => {
  terminal = testTerminal();
  const yaml =
    "name: a\nflow_name: say-hi\nwork_queue_name: test\ninfrastructure: {type: process}\nentrypoint: a.ts:a\npath: /srv\n";
  writeFileSync(join(terminal.folder, "a.yaml"), yaml);
  await terminal.orch("deployment", "apply", "a.yaml");
  for (let n = 0; n < 3; n += 1) {
    const { out } = await terminal.orch("deployment", "run", "say-hi/a", "--json");
    made.push(JSON.parse(out));
  }
});
afterAll(() => terminal.close());
const orch = async (...words: string[]) => (await terminal.orch(...words)).out;
const ids = async (...words: string[]) =>
  JSON.parse(await orch(...words, "--json")).map(({ id }: { id: string }) => id);

test("the runs of a queue, with the names of their flows, those due first in front", async () => {
  const out = await orch("work-queue", "preview", "test");
  expect(out).toContain("Preview of Work Queue 'test'");
  expect(out).toMatch(/┃ When +┃ Name +┃ Flow +┃ ID +┃/);
  expect(out).toMatch(/│ (now|\d+ seconds? ago) +│ [a-z-]+ +│ say-hi\/a │ [0-9a-f-]{36} │/);
  const places = made.map(({ name }) => out.indexOf(name));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
});

test("the runs of a pool are those of its queues", async () => {
  const all = made.map(({ id }) => id);
  expect(await ids("work-pool", "preview", "default-agent-pool")).toEqual(all);
  expect(await ids("work-queue", "preview", "test", "-p", "default-agent-pool", "-h", "2")).toEqual(all);
});

test("only as many as may start", async () => {
  await orch("work-queue", "set-concurrency-limit", "test", "2");
  expect(await ids("work-queue", "preview", "test")).toHaveLength(2);
  await orch("work-pool", "set-concurrency-limit", "default-agent-pool", "1");
  expect(await ids("work-pool", "preview", "default-agent-pool")).toHaveLength(1);
  await orch("work-pool", "clear-concurrency-limit", "default-agent-pool");
  await orch("work-queue", "clear-concurrency-limit", "test");
});

test("a look does not count as an agent's", async () => {
  const { last_polled } = JSON.parse(await orch("work-queue", "inspect", "test", "--json"));
  expect(last_polled).toBeNull();
});

test("nothing to come says how to see further, or what holds the work back", async () => {
  const advice = "No runs found - try increasing how far into the future you preview with the --hours flag";
  expect(await orch("work-queue", "preview", "default")).toBe(advice);
  await orch("work-queue", "pause", "test");
  expect(await orch("work-queue", "preview", "test")).toContain("work queue 'test' is paused");
  await orch("work-queue", "resume", "test");
  await orch("work-queue", "set-concurrency-limit", "test", "0");
  expect(await orch("work-queue", "preview", "test")).toContain("has a concurrency limit of 0");
  await orch("work-pool", "pause", "default-agent-pool");
  expect(await orch("work-pool", "preview", "default-agent-pool")).toContain("is paused: 'orch work-pool resume");
});

test("hours that are none are refused; -h is hours, --help is help", async () => {
  expect((await terminal.orch("work-queue", "preview", "test", "-h", "x")).err).toContain("--hours must be a whole");
  expect(await orch("work-pool", "preview", "--help")).toContain("--hours");
  expect((await terminal.orch("work-queue", "preview")).err).toBe("Provide a work queue name.");
});
