// The text format of Prometheus.
import { expect, test } from "bun:test";
import { line, metric } from "#server/metrics/text.ts";

test("a metric is its help, its type and a line for each sample", () => {
  const text = metric("orch_flow_runs", "gauge", "Runs.", [
    [{ state: "RUNNING" }, 3],
    [{ state: "FAILED" }, 0.5],
  ]);
  expect(text.split("\n")).toEqual([
    "# HELP orch_flow_runs Runs.",
    "# TYPE orch_flow_runs gauge",
    'orch_flow_runs{state="RUNNING"} 3',
    'orch_flow_runs{state="FAILED"} 0.5',
  ]);
});

const LINES: [labels: Record<string, string | number>, text: string][] = [
  [{}, "m 1"],
  [{ a: 1, b: "two" }, 'm{a="1",b="two"} 1'],
  [{ queue: 'the "fast" one' }, 'm{queue="the \\"fast\\" one"} 1'],
  [{ queue: "back\\slash" }, 'm{queue="back\\\\slash"} 1'],
  [{ queue: "two\nlines" }, 'm{queue="two\\nlines"} 1'],
];
for (const [labels, text] of LINES) {
  test(`${JSON.stringify(labels)} is written ${text}`, () => expect(line("m", labels, 1)).toBe(text));
}
