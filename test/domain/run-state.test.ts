// States in the process: names, results, and groups of them.
import { expect, test } from "bun:test";
import { aggregate } from "#domain/aggregate.ts";
import { CancelledRun, CrashedRun, FailedRun, MissingResult, UnfinishedRun } from "#domain/run-errors.ts";
import { fromWire, RunState, toProposal } from "#domain/run-state.ts";
import type { StateType } from "#wire/runs/states.ts";

const of = (type: StateType, message?: string) => new RunState({ type, message: message ?? null });

const WITHOUT_RESULT: [StateType, unknown, string][] = [
  ["COMPLETED", MissingResult, "its result was not kept"],
  ["FAILED", FailedRun, "Run is in Failed state."],
  ["CRASHED", CrashedRun, "Run is in Crashed state."],
  ["CANCELLED", CancelledRun, "Run is in Cancelled state."],
  ["RUNNING", UnfinishedRun, "Run is in Running state, its result is not available."],
  ["PENDING", UnfinishedRun, "Run is in Pending state, its result is not available."],
];
for (const [type, kind, sentence] of WITHOUT_RESULT) {
  test(`the result of a ${type} run that has none is a ${(kind as { name: string }).name}`, () => {
    expect(() => of(type).result()).toThrow(kind as ErrorConstructor);
    expect(() => of(type).result()).toThrow(sentence);
  });
}

test("a failed state throws its own error, or its message", () => {
  const boom = new Error("boom");
  expect(() => new RunState({ type: "FAILED" }, { error: boom }).result()).toThrow(boom);
  expect(() => of("FAILED", "not today").result()).toThrow("not today");
});

const SHOWN: [RunState, string][] = [
  [of("COMPLETED"), "Completed()"],
  [of("FAILED", "boom"), "Failed('boom')"],
  [new RunState({ type: "FAILED", name: "TimedOut" }), "TimedOut(type=FAILED)"],
  [new RunState({ type: "COMPLETED", name: "Cached", message: "old" }), "Cached('old', type=COMPLETED)"],
];
for (const [state, text] of SHOWN) test(`shown as ${text}`, () => expect(`${state}`).toBe(text));

const FINAL: [StateType, boolean][] = [
  ["COMPLETED", true],
  ["FAILED", true],
  ["CRASHED", true],
  ["CANCELLED", true],
  ["RUNNING", false],
  ["CANCELLING", false],
  ["PAUSED", false],
];
for (const [type, final] of FINAL)
  test(`${type} is ${final ? "" : "not "}final`, () => expect(of(type).isFinal()).toBe(final));

const TYPE_NAMES: [unknown, string][] = [
  [1, "number"],
  ["a", "string"],
  [null, "null"],
  [undefined, "undefined"],
  [[1], "Array"],
  [{ a: 1 }, "Object"],
  [new Date(0), "Date"],
  [Object.create(null), "object"],
];
for (const [value, name] of TYPE_NAMES) {
  test(`a result of type ${name} is described, not sent`, () => {
    expect(toProposal(of("COMPLETED"), { value }).data).toEqual({
      type: "unpersisted",
      artifact_type: "result",
      artifact_description: `Unpersisted result of type \`${name}\``,
    });
  });
}

test("a run without a state counts as pending", () => {
  expect(fromWire(null).name).toBe("Pending");
});

const GROUPS: [StateType[], StateType, string][] = [
  [["COMPLETED", "COMPLETED"], "COMPLETED", "All states completed."],
  [["COMPLETED", "FAILED", "CRASHED"], "FAILED", "2/3 states failed."],
  [["FAILED", "CANCELLED"], "CANCELLED", "1/2 states cancelled."],
  [["COMPLETED", "PENDING"], "FAILED", "1/2 states are not final."],
];
for (const [types, type, message] of GROUPS) {
  test(`${types.join(" and ")} together are ${type}`, () => {
    const state = aggregate(types.map((each) => of(each)));
    expect([state.type, state.message]).toEqual([type, message]);
  });
}

test("a failed group throws the first failure", () => {
  const first = new Error("first");
  const states = [of("COMPLETED"), new RunState({ type: "FAILED" }, { error: first }), of("FAILED", "second")];
  expect(() => aggregate(states).result()).toThrow(first);
});
