// The sentence about a run that has nothing else to show.
import { expect, test } from "bun:test";
import { stateSentence } from "#cli/flow-run/state-sentence.ts";
import type { State } from "#wire/runs/states.ts";

const CASES: [name: string, message: string | null, sentence: string][] = [
  ["Scheduled", null, "Its state is Scheduled."],
  [
    "Skipped",
    "Skipped: flow run 'a' was still under way (overlap: skip).",
    "Its state is Skipped: flow run 'a' was still under way (overlap: skip).",
  ],
  ["Failed", "Error: no\n    at x.ts:1", "Its state is Failed: Error: no."],
];

for (const [name, message, sentence] of CASES) {
  test(`commands 3: of a run in the state ${name}`, () => {
    const state = { name, message } as State; // all that is read of it
    expect(stateSentence({ state })).toBe(sentence);
  });
}
