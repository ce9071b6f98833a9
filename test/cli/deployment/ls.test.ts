// `orch deployment ls`: schedules in words, queues, last and next runs.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
beforeAll(async () => {
  terminal = testTerminal();
  const spec = (name: string, more: string) =>
    `name: ${name}\nflow_name: work\n${more}infrastructure: {type: process}\nentrypoint: a.ts:a\npath: /srv\n`;
  writeFileSync(
    join(terminal.folder, "a.yaml"),
    spec("daily", "work_queue_name: test\nschedule: {cron: '0 9 * * 1-5', timezone: Europe/Berlin}\n"),
  );
  writeFileSync(join(terminal.folder, "b.yaml"), spec("idle", ""));
  await terminal.orch("deployment", "apply", "a.yaml", "b.yaml");
  const { id } = JSON.parse((await terminal.orch("deployment", "run", "work/daily", "--json")).out);
  await terminal.orch("flow-run", "cancel", id);
});
afterAll(() => terminal.close());

test("C15: a row has the schedule in words, the queue and the last run", async () => {
  const { out } = await terminal.orch("deployment", "ls", "--wide");
  expect(out).toMatch(/┃ Name +┃ Schedule +┃ Queue ┃ Last Run +┃ Next Run +┃ ID +┃/);
  expect(out).toMatch(
    /│ work\/daily │ Every week, on Monday to Friday, at 09:00 \(Europe\/Berlin\) │ test +│ Cancelled [^│]+│ +│/,
  );
  expect(out).toMatch(/│ work\/idle +│ +│ none +│ +│ +│/);
});

test("C15: JSON has the flow's name, the last run and the next", async () => {
  const [daily, idle] = JSON.parse((await terminal.orch("deployment", "ls", "--json")).out);
  expect(daily).toMatchObject({ flow_name: "work", last_run: { state_name: "Cancelled" }, next_run: null });
  expect(idle).toMatchObject({ flow_name: "work", last_run: null, next_run: null });
});

test("a schedule that is paused says so, and goes on in words", async () => {
  await terminal.orch("deployment", "pause-schedule", "work/daily");
  const { out } = await terminal.orch("deployment", "ls", "--wide");
  expect(out).toContain("│ paused: Every week, on Monday to Friday, at 09:00 (Europe/Berlin) │");
});

test("a policy has a column only where a deployment sets it", async () => {
  await terminal.orch("deployment", "set-schedule", "work/daily", "--overlap", "skip");
  const { out } = await terminal.orch("deployment", "ls", "--wide");
  expect(out).toMatch(/┃ Schedule +┃ Overlap ┃ Queue ┃/);
});
