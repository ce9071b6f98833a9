import { describe, expect, test } from "bun:test";
import { shownTime, table as tableLayout } from "#cli/terminal/output.ts";
import { relativeTime } from "#lib/text/words-of-time.ts";

const table = (...args: Parameters<typeof tableLayout>) => String(tableLayout(...args));

describe("a table", () => {
  const id = "76a9f1ac-4d8c-4a92-8869-615bec502685";

  test("is drawn as the documentation page shows it", () => {
    expect(table("Deployments", ["Name", "ID"], [["Cat Facts/catfact", id]], 80).split("\n")).toEqual([
      "                        Deployments",
      `┏${"━".repeat(19)}┳${"━".repeat(38)}┓`,
      `┃ Name${" ".repeat(13)} ┃ ID${" ".repeat(34)} ┃`,
      `┡${"━".repeat(19)}╇${"━".repeat(38)}┩`,
      `│ Cat Facts/catfact │ ${id} │`,
      `└${"─".repeat(19)}┴${"─".repeat(38)}┘`,
    ]);
  });

  test("C13: ids give way first, as far as they differ; then words go on below", () => {
    const other = "76a9f1ac-4d8c-4a92-8869-615bec502686";
    const rows = [
      [id.replace("76a9f1ac", "76a9f1ad"), "a"],
      [other, "b"],
    ];
    expect(table("T", ["ID", "Name"], rows, 40)).toContain("│ 76a9f1ad │ a    │\n│ 76a9f1ac │ b    │");
    const lines = table("T", ["ID", "When"], [[id, "a very long time that does not fit"]], 32).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBe(32);
    expect(lines.slice(4, 6)).toEqual([
      "│ 76a9f1ac │ a very long time  │",
      "│          │ that does not fit │".replace(" │", " │"),
    ]);
  });

  test("C13: a name is never cut or broken: rows that do not fit stand by themselves, with whole ids", () => {
    const rows = [["say-hello to-everybody/marvin", "x", id]];
    expect(table("T", ["Name", "State", "ID"], rows, 30)).toBe(
      `T\n\n• say-hello to-everybody/marvin\n  State  x\n  ID     ${id}`,
    );
  });

  test("rows that are too wide for a box take two lines, aligned with the head, with their ids shortened", () => {
    const head = ["Name", "Flow", "State", "When", "ID"];
    const rows = [
      ["fair-pigeon", "nightly-report/platform-12", "Scheduled", "2 minutes ago", id],
      ["日本語", "etl/a", "Completed", "", id.replace("76a9f1ac", "76a9f1ad")],
    ];
    expect(table("Flow Runs", head, rows, 60).split("\n")).toEqual([
      "Flow Runs",
      "",
      "  Name         Flow                        State",
      "  When           ID",
      "─".repeat(52),
      "• fair-pigeon  nightly-report/platform-12  Scheduled",
      "  2 minutes ago  76a9f1ac",
      "• 日本語       etl/a                       Completed",
      "                 76a9f1ad",
    ]);
  });

  test("in rows of two lines a text breaks between words, and a cell of many lines stands by itself", () => {
    const head = ["Name", "Schedule", "Last Run", "Next Run"];
    const row = [
      "churn-model/data-3",
      "Every week, on Monday to Friday, at 07:30",
      "Completed 12 hours ago",
      "in 8 hours",
    ];
    expect(table("T", head, [row], 60).split("\n").slice(5)).toEqual([
      "• churn-model/data-3  Every week, on Monday to Friday, at",
      "                      07:30",
      "  Completed 12 hours ago  in 8 hours",
    ]);
    expect(table("T", head, [["churn-model/data-3", "one\ntwo", ...row.slice(1, 3)]], 40)).toContain("  | two");
  });

  test("C13: a text that commands do not take breaks anywhere", () => {
    expect(table("T", ["Value"], [["x".repeat(30)]], 20)).toContain(`│ ${"x".repeat(16)} │\n│ ${"x".repeat(14)}   │`);
  });

  test("leaves an id whole that is as wide as another column", () => {
    expect(table("T", ["ID", "Name"], [[id, id]], 60)).toContain(`│ ${id} │`);
  });

  test("has its caption below, in the middle", () => {
    const lines = table("T", ["Name"], [["abcd"]], 80, "(**)").split("\n");
    expect(lines.at(-1)).toBe("  (**)");
  });

  test("counts what letters take on the screen, not how many they are", () => {
    const lines = table("T", ["Name"], [["日本"], ["abcd"], ["👩‍👩‍👧‍👧"]], 80).split("\n");
    expect(lines.slice(4, 7)).toEqual(["│ 日本 │", "│ abcd │", "│ 👩‍👩‍👧‍👧   │"]);
    expect(table("T", ["Value"], [["日本日本日本"]], 14)).toContain("│ 日本日本日 │\n│ 本         │");
    expect(table("日本", ["Name of it"], [], 80).split("\n")[0]).toBe("     日本");
  });

  test("shows each line of a cell of many", () => {
    expect(table("T", ["Name"], [["a\nb"]], 80)).toContain("│ a    │\n│ b    │");
  });

  test("is as wide as it must be when nothing can give way", () => {
    expect(table("T", ["ID"], [[id]], 10)).toContain(id);
  });
});

const TIMES: [seconds: number, words: string][] = [
  [0, "now"],
  [-1, "1 second ago"],
  [-59, "59 seconds ago"],
  [-60, "1 minute ago"],
  [-7_200, "2 hours ago"],
  [-86_400 * 8, "1 week ago"],
  [90, "in 1 minute"],
  [86_400 * 400, "in 1 year"],
];
for (const [seconds, words] of TIMES) {
  test(`${seconds} s from now is "${words}"`, () => expect(relativeTime(1e12 + seconds * 1000, 1e12)).toBe(words));
}

test("times are shown in UTC, to the millisecond", () => {
  expect(shownTime("2026-11-23T06:34:15.396005+00:00")).toBe("2026-11-23 06:34:15.396");
});
