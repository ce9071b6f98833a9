// How rules are combined, with rules made for the test: they write down when they were asked.
import { describe, expect, test } from "bun:test";
import { orchestrate } from "#server/orchestration/orchestrate.ts";
import {
  ANY,
  anyBut,
  newState,
  type Rule,
  type Transition,
  types,
  type Verdict,
} from "#server/orchestration/rules/rule.ts";
import { newRunRecord } from "#server/states/run-record.ts";
import type { NewState } from "#server/states/store.ts";
import type { State, StateType } from "#wire/runs/states.ts";

const NOW = "2026-11-23T12:00:00.000000+00:00";

function setup(from: StateType | null, to: StateType) {
  const calls: string[] = [];
  const initial: State | null = from && { id: "old", data: null, ...newState(from, from, NOW) };
  const transition: Transition = {
    tx: {} as never, // the rules of this test need none
    context: {} as never, // as above
    now: NOW,
    run: newRunRecord("r"),
    initial,
    proposed: newState(to, to, NOW),
    undo: [],
  };
  const rule = (name: string, verdict?: Verdict, limits: Partial<Rule> = {}): Rule => ({
    from: ANY,
    to: ANY,
    before({ undo }) {
      calls.push(`${name} before`);
      undo.push(() => calls.push(`${name} undone`));
      return verdict;
    },
    after: () => calls.push(`${name} after`),
    ...limits,
  });
  const store = (state: NewState): State => {
    calls.push(`stored ${state.type}`);
    return { id: "new", ...state, data: null };
  };
  const run = (...policy: Rule[]) => orchestrate(policy, transition, store);
  return { calls, rule, run, transition, initial };
}

const ABORT: Verdict = { status: "ABORT", reason: "no" };
const REPLACED: Verdict = { status: "REJECT", reason: "rather", replacement: newState("SCHEDULED", "Instead", NOW) };

describe("a proposal", () => {
  test("that all rules let pass is stored; hooks follow in reverse order", () => {
    const { calls, rule, run } = setup("PENDING", "RUNNING");
    const outcome = run(rule("one"), rule("two"));
    expect(outcome).toMatchObject({ verdict: { status: "ACCEPT" }, stored: true, state: { id: "new" } });
    expect(calls).toEqual(["one before", "two before", "stored RUNNING", "two after", "one after"]);
  });

  test("passes an empty policy", () => {
    const { run } = setup(null, "PENDING");
    expect(run()).toMatchObject({ verdict: { status: "ACCEPT" }, stored: true, state: { type: "PENDING" } });
  });

  test("that a rule aborts leaves the state as it was; later rules are not asked, earlier ones undone", () => {
    const { calls, rule, run, initial } = setup("PENDING", "RUNNING");
    const outcome = run(rule("one"), rule("two"), rule("three", ABORT), rule("four"));
    expect(outcome).toEqual({ verdict: ABORT, stored: false, state: initial });
    expect(calls).toEqual(["one before", "two before", "three before", "three undone", "two undone", "one undone"]);
  });

  test("that has to wait leaves the state as it was", () => {
    const { run, rule, initial } = setup("SCHEDULED", "RUNNING");
    const wait: Verdict = { status: "WAIT", reason: "not yet", delay_seconds: 3 };
    expect(run(rule("one", wait))).toEqual({ verdict: wait, stored: false, state: initial });
  });

  test("that is rejected without another state leaves the state as it was", () => {
    const { run, rule, initial } = setup("CANCELLING", "RUNNING");
    const reject: Verdict = { status: "REJECT", reason: "no" };
    expect(run(rule("one", reject))).toEqual({ verdict: reject, stored: false, state: initial });
  });

  test("that is rejected for another state stores that one; no hook takes it for its own", () => {
    const { calls, rule, run } = setup("RUNNING", "FAILED");
    const outcome = run(rule("one"), rule("two", REPLACED), rule("three"));
    expect(outcome).toMatchObject({ verdict: REPLACED, stored: true, state: { name: "Instead" } });
    expect(calls).toEqual(["one before", "two before", "two undone", "one undone", "stored SCHEDULED"]);
  });
});

describe("a rule", () => {
  const cases: [string, Partial<Rule>, asked: boolean][] = [
    ["is asked when both types are its own", { from: types("RUNNING"), to: types("FAILED") }, true],
    ["is not asked about another initial type", { from: types("PENDING"), to: types("FAILED") }, false],
    ["is not asked about another proposed type", { from: types("RUNNING"), to: types("CRASHED") }, false],
    ["may leave some types out", { from: ANY, to: anyBut("CRASHED") }, true],
    ["that leaves this type out is not asked", { from: ANY, to: anyBut("FAILED", "CRASHED") }, false],
  ];
  for (const [what, limits, asked] of cases) {
    test(what, () => {
      const { calls, rule, run } = setup("RUNNING", "FAILED");
      run(rule("one", undefined, limits));
      expect(calls.includes("one before")).toBe(asked);
      expect(calls.includes("one after")).toBe(asked);
    });
  }

  test("of any initial state is asked about a run without a state too", () => {
    const { calls, rule, run } = setup(null, "PENDING");
    run(
      rule("one"),
      rule("two", undefined, { from: types(null) }),
      rule("three", undefined, { from: anyBut("FAILED") }),
    );
    expect(calls.filter((call) => call.endsWith("before"))).toEqual(["one before", "two before", "three before"]);
  });

  test("that always follows sees a replacement by the type it has, but nothing that was not stored", () => {
    const seen: StateType[] = [];
    const always: Rule = { from: types(), to: types(), always: (_, stored) => seen.push(stored) };
    const replaced = setup("RUNNING", "FAILED");
    replaced.run(replaced.rule("one", REPLACED), always);
    const accepted = setup("RUNNING", "COMPLETED");
    accepted.run(accepted.rule("one"), always);
    const aborted = setup("RUNNING", "COMPLETED");
    aborted.run(aborted.rule("one", ABORT), always);
    expect(seen).toEqual(["SCHEDULED", "COMPLETED"]);
  });
});
