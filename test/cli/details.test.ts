// How `inspect` shows one thing: aligned, in words, nothing empty, nothing cut.
import { afterAll, describe, expect, test } from "bun:test";
import { details } from "#cli/details/draw.ts";
import { fieldsOf } from "#cli/details/fields.ts";
import { GROUPS } from "#cli/tree.ts";
import { testTerminal } from "./io.ts";

const NOW = Date.parse("2026-11-28T00:03:00Z");
const drawn = (record: object, width = 80) => String(details("x", [fieldsOf(record, { now: NOW })], width));

describe("C21: a record is shown in words", () => {
  test("names in one column, values in the next, empty ones left out", () => {
    expect(drawn({ id: "1", flow_id: "2", is_paused: false, name: "", tags: [], parameters: {}, filter: null })).toBe(
      "x\n\nID:       1\nFlow ID:  2\nPaused:   no",
    );
  });
  test("times relative and exact, durations with their unit", () => {
    const record = { created: "2026-11-28T00:00:00+00:00", total_run_time: 0.25, estimated_run_time: 0 };
    expect(drawn(record)).toMatch(/^Created: {9}3 minutes ago \(2026-11-2[78] \d\d:\d\d:00 \S+\)$/m);
    expect(drawn(record)).toEndWith("Total run time:  250 ms");
  });
  const DATA: [value: unknown, lines: string[]][] = [
    [{ a: "Ada", n: 5 }, ["a: Ada", "n: 5"]],
    [{ a: "5", b: "true", c: "", d: null }, ['a: "5"', 'b: "true"', 'c: ""', "d: null"]],
    [["a", 1], ["a, 1"]],
    [[{ a: 1 }], ['- {"a": 1}']],
    [{ deep: { list: ["one", { two: "three" }] } }, ['deep: {"list": ["one", {"two": "three"}]}']],
    [{ long: { list: "x".repeat(80) } }, ["long:", `  list:`, `    ${"x".repeat(69)}`, `    ${"x".repeat(11)}`]],
  ];
  for (const [value, lines] of DATA) {
    test(JSON.stringify(value).slice(0, 60), () => {
      expect(drawn({ data: value }).split("\n").slice(2).join("\n")).toBe(
        lines.map((line, at) => (at === 0 ? "Data:  " : " ".repeat(7)) + line).join("\n"),
      );
    });
  }
  test("long text goes on below its beginning, in the same column", () => {
    expect(drawn({ description: "one two three four five six" }, 37)).toBe(
      "x\n\nDescription:  one two three four five\n              six",
    );
  });
  test("a terminal gets the beginning of a long text inside of data, a pipe all of it", () => {
    const page = details("x", [[{ label: "Parameters", value: { rows: "x".repeat(31_000), n: 1 } }]], 80);
    expect(page.draw(true).split("\n").length).toBeLessThan(40);
    expect(page.draw(true).replaceAll(/\s+/g, " ")).toContain("x… (31000 characters; --json prints all) n: 1");
    expect(page.draw(false).replaceAll(/\s/g, "")).toContain("x".repeat(31_000));
  });
  test("text of others cannot pose as a field", () => {
    const value = "a\nState: Completed";
    expect(drawn({ message: value })).toBe("x\n\nMessage:  a\n          State: Completed");
  });
});

const terminal = testTerminal();
afterAll(() => terminal.close());

test("C21: no inspect command prints the notation of Python to people", async () => {
  const sources = [...new Bun.Glob("src/cli/**/*.ts").scanSync(".")];
  // What `deployment inspect` gives to a pipe is the documentation page's.
  for (const path of sources.filter((one) => !one.endsWith("/python-text.ts"))) {
    expect([path, (await Bun.file(path).text()).match(/DateTime\(|Timezone\(|"None"/)]).toEqual([path, null]);
  }
  for (const [group, { commands }] of Object.entries(GROUPS)) {
    for (const name of Object.keys(commands).filter((one) => /(^| )inspect$/.test(one))) {
      const path = `src/cli/${group}/${name.replace(" ", "/")}.ts`;
      expect([path, (await Bun.file(path).text()).includes("/details/")]).toEqual([path, true]);
    }
  }
});
