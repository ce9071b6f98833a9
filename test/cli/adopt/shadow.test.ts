// `orch adopt --shadow URL`: the dates of a living server beside orch's own.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { connectPrefect } from "#cli/adopt/server/prefect-api.ts";
import { compareSchedules } from "#cli/adopt/shadow.ts";
import { shadowReport } from "#cli/adopt/shadow-report.ts";
import { manualClock } from "../../clock.ts";
import { type TestTerminal, testTerminal } from "../io.ts";
import { createFakePrefect, type FakePrefect, type Item } from "./fake-prefect.ts";

let terminal: TestTerminal;
let fake: FakePrefect;
beforeEach(() => {
  terminal = testTerminal();
  fake = createFakePrefect();
  fake.lists["/flows/filter"] = [{ id: "f", name: "say-hi" }];
});
afterEach(() => {
  fake.stop();
  terminal.close();
});

const NOW = Date.parse("2027-03-26T00:00:00Z");
const CRON = { cron: "0 9 * * *", timezone: "Europe/Berlin", day_or: true };
/** Over the change of clocks on the 28th. */
const DATES = ["2027-03-26T08:00:00", "2027-03-27T08:00:00", "2027-03-28T07:00:00", "2027-03-29T07:00:00"];

function withDeployment(more: Item, dates: readonly string[]): void {
  const id = crypto.randomUUID();
  const made = { id, created: "2027-01-01T00:00:00+00:00", flow_id: "f", name: "daily", is_schedule_active: true };
  fake.lists["/deployments/filter"] = [{ ...made, ...more }];
  fake.lists["/flow_runs/filter"] = dates.map((date, index) => ({
    ...{ id: String(index), deployment_id: id, auto_scheduled: true, expected_start_time: `${date}+00:00` },
  }));
}
async function compared() {
  const api = await connectPrefect(fake.url, { apiKey: null, clock: manualClock() });
  return (await compareSchedules(api, NOW)).compared;
}

test("shadow: the same dates, over a change of clocks", async () => {
  withDeployment({ schedule: CRON }, DATES);
  expect(await compared()).toEqual([
    { deployment: "say-hi/daily", same: 4, only_prefect: [], only_orch: [], note: null },
  ]);
});

test("shadow: each date that one has alone", async () => {
  withDeployment({ schedule: CRON }, ["2027-03-26T09:00:00", ...DATES.slice(1)]);
  expect(await compared()).toMatchObject([
    {
      same: 3,
      only_prefect: ["2027-03-26T09:00:00.000000+00:00"],
      only_orch: ["2027-03-26T08:00:00.000000+00:00"],
    },
  ]);
});

test("shadow: intervals as the server writes them", async () => {
  const schedule = { interval: 90.5, anchor_date: "2027-03-25T23:59:00+00:00", timezone: "UTC" };
  withDeployment({ schedule }, ["2027-03-26T00:00:30.500000", "2027-03-26T00:02:01"]);
  expect(await compared()).toMatchObject([{ same: 2, only_prefect: [], only_orch: [] }]);
});

test("shadow: several schedules of one deployment, each as far as the server has got with it", async () => {
  const [daily, rare] = [CRON, { ...CRON, cron: "30 9 * * *" }];
  const schedules = [
    { schedule: daily, active: true },
    { schedule: rare, active: true },
    { schedule: { ...CRON, cron: "0 3 * * *" }, active: false },
  ];
  withDeployment({ schedules, paused: false }, [...DATES, "2027-03-26T08:30:00"]);
  expect(await compared()).toMatchObject([{ same: 5, only_prefect: [], only_orch: [] }]);
});

test("shadow: what is paused is left alone, and what has no runs yet is said", async () => {
  withDeployment({ schedule: CRON, is_schedule_active: false }, DATES);
  expect(await compared()).toEqual([]);
  withDeployment({ schedule: CRON }, []);
  expect(await compared()).toMatchObject([{ same: 0, note: "Prefect has scheduled no runs of it" }]);
});

test("shadow: a schedule that orch cannot compute", async () => {
  withDeployment({ schedule: { cron: "61 9 * * *", timezone: "UTC", day_or: true } }, DATES.slice(0, 1));
  const [one] = await compared();
  expect([one?.only_prefect.length, one?.note]).toEqual([
    1,
    expect.stringMatching(/^orch cannot compute its schedule/),
  ]);
});

test("shadow: the command says which differ, exits with 1, and makes no home", async () => {
  withDeployment({ schedule: { ...CRON, cron: "0 9 * * 1" } }, ["2126-06-04T12:00:00"]);
  const { code, out } = await terminal.orch("adopt", "--shadow", fake.url);
  expect(out).toContain("say-hi/daily: 2126-06-04T12:00:00.000000+00:00 is scheduled by Prefect alone.");
  const printed = JSON.parse((await terminal.orch("adopt", "--shadow", fake.url, "--json")).out);
  expect([code, printed.differences > 0, existsSync(terminal.home)]).toEqual([1, true, false]);
  withDeployment({ schedule: CRON, is_schedule_active: false }, []);
  const none = await terminal.orch("adopt", "--shadow", fake.url);
  expect([none.code, none.out]).toEqual([0, expect.stringContaining("has an active schedule")]);
});

test("shadow: what the server cannot send is named and left out, the rest is compared, and the exit code is 1", async () => {
  const DAY = 86_400_000;
  const next = Math.ceil((Date.now() - DAY / 2) / DAY) * DAY + DAY / 2;
  const dates = [0, 1, 2].map((days) => new Date(next + days * DAY).toISOString().slice(0, 19));
  withDeployment({ schedule: { cron: "0 12 * * *", timezone: "UTC", day_or: true } }, dates);
  const [whole = {}] = fake.lists["/deployments/filter"] ?? [];
  fake.lists["/deployments/filter"] = [whole, { ...whole, id: "broken", name: "broken" }];
  const beside = Array.from({ length: 7 }, (_, index) => ({ id: `f${index}`, name: `flow-${index}` }));
  fake.lists["/flows/filter"] = [...beside, { id: "f", name: "say-hi" }];
  for (const id of ["broken", "f3", "1"]) fake.unsendable.add(id);
  const { code, out } = await terminal.orch("adopt", "--shadow", fake.url);
  expect(code).toBe(1);
  expect(out).toContain(`say-hi/daily: ${dates[1]}.000000+00:00 would be scheduled by orch alone.`);
  expect(out).toContain("1 date differs, 2 are the same.");
  expect(out).toContain(
    "Prefect's server fails with 1 of its flows (the one between 'flow-2' (f2) and 'flow-4' (f4)), and its own log says why: not compared.",
  );
  expect(out).toContain("fails with 1 of its flow runs (the one between 0 and 2), and");
  expect(out).toContain("their dates may be listed as orch's alone.");
  expect(out).toContain("fails with 1 of its deployments (the one after 'daily' (");
  const printed = JSON.parse((await terminal.orch("adopt", "--shadow", fake.url, "--json")).out);
  expect(printed.lacking.map(({ table, count }: { table: string; count: number }) => [table, count])).toEqual([
    ...[
      ["flows", 1],
      ["flow_runs", 1],
      ["deployments", 1],
    ],
  ]);
  fake.unsendable.clear();
  fake.lists["/deployments/filter"] = [whole];
  expect((await terminal.orch("adopt", "--shadow", fake.url, "--json")).code).toBe(0);
});

test("shadow: of many that the server cannot send, ten are named", () => {
  const names = Array.from({ length: 1200 }, (_, index) => `n${index}`);
  const lacking = [{ table: "flow_runs", why: "", count: names.length, names }];
  const [line] = shadowReport({ compared: [], lacking }, "URL", 80);
  expect(line).toStartWith(
    "Prefect's server fails with 1,200 of its flow runs (n0; n1; n2; n3; n4; n5; n6; n7; n8; n9 and 1,190 more), and",
  );
});

test("shadow: a file is no server", async () => {
  const { code, err } = await terminal.orch("adopt", "--shadow", "prefect.db");
  expect([code, err]).toEqual([1, expect.stringMatching(/^--shadow compares with a running server/)]);
});
