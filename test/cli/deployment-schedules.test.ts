// Schedules of deployments by command, in this process.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { withApi } from "#cli/api.ts";
import type { ClockNotes } from "#domain/schedules/clock-notes.ts";
import { loadSettings } from "#settings/load.ts";
import { updateDeployment } from "#wire/deployments/deployments.ts";
import { type TestTerminal, testTerminal } from "./io.ts";

let terminal: TestTerminal;
beforeAll(async () => {
  terminal = testTerminal();
  const source = 'import { flow } from "orch";\nexport const f = flow(async function f() {});\n';
  writeFileSync(join(terminal.folder, "f.ts"), source);
  await terminal.orch("deployment", "build", "-n", "d", "-a", "--skip-upload", "f.ts:f");
});
afterAll(() => terminal.close());

const ANCHORED = { interval: 3600, anchor_date: "2026-01-01T00:00:00+00:00", timezone: "Asia/Tokyo" };

const deployment = (...words: string[]) => terminal.orch("deployment", ...words);
const inspect = async () => JSON.parse((await deployment("inspect", "f/d", "--json")).out);

describe("set-schedule", () => {
  const SET: [words: string[], schedule: object][] = [
    [["--cron", "0 9 * * *"], { cron: "0 9 * * *", timezone: null, day_or: true }],
    [["--cron", "0 9 1 * 1", "--day_or", "false"], { day_or: false }],
    [
      ["--cron", "0 9 1 * 1", "--day_or", "Yes", "--timezone", "Europe/Berlin"],
      { day_or: true, timezone: "Europe/Berlin" },
    ],
    [["--cron", "0 9 1 * 1", "--day-or=no"], { day_or: false }],
    [["--interval", "90 min"], { interval: 5400 }],
    [["--interval", "1h30m"], { interval: 5400 }],
    [["--interval", "PT2H"], { interval: 7200 }],
    [["--interval", "01:00:00"], { interval: 3600 }],
    [["--interval", "1d", "--timezone", "Europe/Vienna"], { interval: 86_400, timezone: "Europe/Vienna" }],
    [["--interval", "90.5"], { interval: 90.5, timezone: "UTC" }],
    [["--interval", "60", "--anchor-date", "2026-01-01"], { anchor_date: "2026-01-01T00:00:00+00:00" }],
    [["--rrule", "FREQ=DAILY"], { rrule: "FREQ=DAILY", timezone: "UTC" }],
    [["--rrule", '{"rrule": "FREQ=DAILY", "timezone": "Asia/Tokyo"}'], { timezone: "Asia/Tokyo" }],
    [
      ["--rrule", '{"rrule": "FREQ=DAILY", "timezone": "Asia/Tokyo"}', "--timezone", "Europe/Paris"],
      { timezone: "Europe/Paris" },
    ],
  ];
  for (const [words, schedule] of SET) {
    test(words.join(" "), async () => {
      expect(await deployment("set-schedule", "f/d", ...words)).toEqual({
        code: 0,
        out: "Updated deployment schedule!",
        err: "",
      });
      expect((await inspect()).schedule).toMatchObject(schedule);
    });
  }
  test("--json prints the deployment", async () => {
    const { out } = await deployment("set-schedule", "f/d", "--cron", "0 8 * * *", "--json");
    expect(JSON.parse(out)).toMatchObject({ name: "d", schedule: { cron: "0 8 * * *" } });
  });

  const CHANGED: [before: string[], words: string[], schedule: object][] = [
    [["--cron", "0 9 1 * 1"], ["--timezone", "Asia/Tokyo"], { cron: "0 9 1 * 1", timezone: "Asia/Tokyo" }],
    [
      ["--cron", "0 9 1 * 1", "--timezone", "Asia/Tokyo"],
      ["--day-or", "no"],
      { timezone: "Asia/Tokyo", day_or: false },
    ],
    [["--rrule", "FREQ=DAILY"], ["--timezone", "Asia/Tokyo"], { rrule: "FREQ=DAILY", timezone: "Asia/Tokyo" }],
    [["--interval", "1h", "--anchor-date", "2026-01-01"], ["--timezone", "Asia/Tokyo"], ANCHORED],
    [["--interval", "1h", "--timezone", "Asia/Tokyo"], ["--anchor-date", "2026-01-01"], ANCHORED],
  ];
  for (const [before, words, schedule] of CHANGED) {
    test(`${words.join(" ")} alone changes ${before.join(" ")}`, async () => {
      await deployment("set-schedule", "f/d", ...before);
      expect(await deployment("set-schedule", "f/d", ...words)).toMatchObject({ code: 0, err: "" });
      expect((await inspect()).schedule).toMatchObject(schedule);
    });
  }
  test("what only changes a schedule is refused where there is none, or one of another kind", async () => {
    const none = "'f/d' has no schedule that could be changed: give one with --cron, --interval or --rrule.";
    await deployment("set-schedule", "f/d", "--none");
    expect((await deployment("set-schedule", "f/d", "--timezone", "UTC")).err).toBe(none);
    await deployment("set-schedule", "f/d", "--cron", "0 9 * * *");
    const refused = async (...words: string[]) => (await deployment("set-schedule", "f/d", ...words)).err;
    expect(await refused("--anchor-date", "2026-01-01")).toContain("only be provided with an interval schedule");
    expect(await refused("--timezone", "Mars/X")).toContain('Invalid timezone: "Mars/X"');
    await deployment("set-schedule", "f/d", "--interval", "1h");
    expect(await refused("--day-or", "no")).toContain("only be provided with a cron schedule");
    expect(await refused("--anchor-date", "soon")).toContain("must be a valid date string, not 'soon'");
  });

  const ONE = "Exactly one of `--interval`, `--rrule`, or `--cron` must be provided.";
  test("the name is looked at first, then the options, then what is there", async () => {
    expect((await deployment("set-schedule", "nameless")).err).toContain("Invalid deployment name 'nameless'.");
    expect((await deployment("set-schedule", "f/none")).err).toContain("Exactly one of");
    expect((await deployment("set-schedule", "f/none", "--cron", "x")).err).toContain("Invalid cron string");
    expect((await deployment("set-schedule", "f/none", "--interval", "5")).err).toContain("'f/none' not found!");
  });
  for (const interval of ["0", "-5", "0.00009", "soon"]) {
    test(`an interval of ${interval} is a usage error`, async () => {
      const { code, err } = await deployment("set-schedule", "f/d", "--interval", interval);
      expect([code, err]).toEqual([2, expect.stringContaining(`Invalid value for '--interval': '${interval}'`)]);
    });
  }

  const REFUSED: [words: string[], sentence: string][] = [
    [[], ONE],
    [["--cron", "* * * * *", "--interval", "5"], ONE],
    [
      ["--cron", "* * * * *", "--anchor-date", "2026-01-01"],
      "An anchor date can only be provided with an interval schedule",
    ],
    [["--interval", "5", "--anchor-date", "soon"], "The anchor date must be a valid date string, not 'soon'."],
    [["--interval", "5", "--day_or", "true"], "`--day-or` can only be provided with a cron schedule"],
    [["--cron", "* * * * *", "--day_or", "perhaps"], "--day-or must be true or false, not 'perhaps'."],
    [["--rrule", "DTSTART;TZID=Europe/Paris:20260101T000000\nRRULE:FREQ=DAILY"], "The TZID of a rule is ignored."],
    [["--cron", "nonsense"], 'Invalid cron string: "nonsense": it has 1 field instead of five'],
    [["--cron", "0 25 * * *"], "'25' is no hour (0 to 23)."],
    [["--rrule", "FREQ=NEVER"], "Invalid RRule string \"FREQ=NEVER\": invalid 'FREQ': NEVER. FREQ is one of YEARLY,"],
    [["--rrule", '{"rule": "FREQ=DAILY"}'], '"rrule" and "timezone", not "rule". Did you mean \'rrule\'?'],
    [["--cron", "* * * * *", "--timezone", "Mars/X"], 'Invalid timezone: "Mars/X". Zones have names such as'],
  ];
  for (const [words, sentence] of REFUSED) {
    test(`${JSON.stringify(words)} is refused, and the schedule stays`, async () => {
      const before = await inspect();
      const { code, err } = await deployment("set-schedule", "f/d", ...words);
      expect([code, err]).toEqual([1, expect.stringContaining(sentence)]);
      expect(await inspect()).toEqual(before);
    });
  }
});

describe("pause-schedule and resume-schedule", () => {
  test("switch it off and on", async () => {
    await deployment("set-schedule", "f/d", "--cron", "0 9 * * *");
    expect((await deployment("pause-schedule", "f/d")).out).toBe("Paused schedule for deployment f/d");
    expect((await inspect()).is_schedule_active).toBe(false);
    expect((await deployment("resume-schedule", "f/d")).out).toBe("Resumed schedule for deployment f/d");
    expect((await inspect()).is_schedule_active).toBe(true);
  });
  test("--json prints the deployment", async () => {
    expect(JSON.parse((await deployment("pause-schedule", "f/d", "--json")).out)).toMatchObject({
      is_schedule_active: false,
    });
    await deployment("resume-schedule", "f/d");
  });
  for (const name of ["set-schedule", "pause-schedule", "resume-schedule", "preview"]) {
    const more = name === "set-schedule" ? ["--interval", "5"] : [];
    test(`${name} of what is no name, and of what is not there`, async () => {
      const bad = await deployment(name, "nameless", ...more);
      expect([bad.code, bad.err]).toEqual([1, expect.stringContaining("Expected '<flow-name>/<deployment-name>'")]);
      const none = await deployment(name, "f/none", ...more);
      expect([none.code, none.err]).toEqual([1, expect.stringContaining("Deployment 'f/none' not found!")]);
    });
  }
});

describe("preview", () => {
  beforeEach(async () => {
    await deployment("set-schedule", "f/d", "--cron", "30 2 * * *", "--timezone", "Europe/Berlin");
  });

  test("shows the next runs in the schedule's zone", async () => {
    const { code, out } = await deployment("preview", "f/d", "-n", "3");
    expect(code).toBe(0);
    expect(out).toMatch(/┃ Europe\/Berlin +┃/);
    expect(out.match(/│ \d{4}-\d\d-\d\d 02:30 \+0[12]:00/g)).toHaveLength(3);
  });
  test("marks the change of the clocks, the same as a year of the schedule has", async () => {
    const { out } = await deployment("preview", "f/d", "-n", "366", "--json");
    const runs = JSON.parse(out) as ({ scheduled_time: string; local_time: string } & ClockNotes)[];
    expect(runs).toHaveLength(366);
    const marked = runs.filter(({ clock_change }) => clock_change !== 0);
    expect(marked.filter(({ clock_change }) => clock_change > 0)).toMatchObject([
      {
        clock_change: 60,
        moved_from: "02:30",
        repeated: null,
        scheduled_time: expect.stringContaining("T03:30:00+02:00"),
      },
    ]);
    expect(marked.filter(({ clock_change }) => clock_change < 0)).toMatchObject([
      { clock_change: -60, moved_from: null, repeated: "second" },
    ]);
  });
  test("of a paused schedule says that it is paused", async () => {
    await deployment("pause-schedule", "f/d");
    expect((await deployment("preview", "f/d")).err).toContain("The schedule is paused");
    await deployment("resume-schedule", "f/d");
  });
  test("of a schedule that has ended says so", async () => {
    // As of another client: set-schedule refuses it.
    const rrule = "DTSTART:20200101T000000\nRRULE:FREQ=DAILY;COUNT=2";
    const { settings } = loadSettings({ HOME: terminal.folder, ORCH_HOME: terminal.home }, { mending: false });
    await withApi(settings, async ({ client }) => {
      const { id } = await inspect();
      await client.call(updateDeployment, { params: { id }, body: { schedule: { rrule } } });
    });
    expect((await deployment("preview", "f/d")).out).toBe("The schedule of 'f/d' has no runs left.");
    expect((await deployment("preview", "f/d", "--json")).out).toBe("[]");
  });
  test("without a schedule says what gives one", async () => {
    await deployment("build", "-n", "none", "-a", "--skip-upload", "f.ts:f");
    expect((await deployment("preview", "f/none")).out).toContain("'orch deployment set-schedule' gives it one.");
    expect((await deployment("preview", "f/none", "--json")).out).toBe("[]");
    expect((await deployment("resume-schedule", "f/none")).err).toContain("It has no schedule yet");
  });
  test("of too many is refused", async () => {
    expect((await deployment("preview", "f/d", "-n", "1001")).code).toBe(1);
  });
});
