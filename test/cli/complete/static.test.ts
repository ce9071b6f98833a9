// Completion of what is known without the API: states, their types, infrastructures.
import { expect, test } from "bun:test";
import { complete } from "#cli/complete/complete.ts";

async function offered(...words: string[]): Promise<string[]> {
  const lines: string[] = [];
  const out = (line: unknown) => void lines.push(String(line).split("\t")[0] ?? "");
  await complete(words, { out, env: { HOME: "/nonexistent" }, cwd: "/" });
  return lines;
}

const CASES: [words: string[], offered: string[]][] = [
  [["flow-run", "ls", "--state", "La"], ["Late"]],
  [
    ["task-run", "ls", "--state=Can"],
    ["--state=Cancelled", "--state=Cancelling"],
  ],
  [["flow-run", "ls", "--state-type", "CR"], ["CRASHED"]],
  [["deployment", "build", "--overlap", "c"], ["cancel-older"]],
  [
    ["deployment", "set-schedule", "a/b", "--catchup", ""],
    ["all", "last", "none", "within 6h"],
  ],
  [["deployment", "build", "-i", "pro"], ["process"]],
  [["deployment", "build", "--infra", "kub"], ["kubernetes-job"]],
];
for (const [words, expected] of CASES) {
  test(`C25: orch ${words.join(" ")}`, async () => {
    expect((await offered(...words)).toSorted()).toEqual(expected);
  });
}
