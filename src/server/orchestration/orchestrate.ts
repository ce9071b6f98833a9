// How rules are combined: in order, the first verdict decides; after the state is stored, hooks run in reverse order.
import type { State } from "#wire/states.ts";
import type { NewState } from "../states/store.ts";
import type { Policy, Rule, RunRecord, Transition, Verdict } from "./rule.ts";

export interface Outcome {
  verdict: Verdict | { status: "ACCEPT" };
  /** The state now current: the stored one, or the unchanged one. */
  state: State | null;
  stored: boolean;
}

/**
 * Takes a proposal through a policy; `store` keeps what comes out of it.
 * Rules are picked by the types of the initial and of the originally proposed state.
 */
export function orchestrate<Run extends RunRecord>(
  policy: Policy<Run>,
  transition: Transition<Run>,
  store: (state: NewState) => State,
): Outcome {
  const { initial, proposed } = transition;
  const from = initial?.type ?? null;
  const entered: Rule<Run>[] = [];
  for (const rule of policy) {
    if (!rule.from.has(from) || !rule.to.has(proposed.type)) continue;
    const verdict = rule.before?.(transition);
    if (verdict) return decide(verdict, transition, store);
    entered.push(rule);
  }
  const state = store(proposed);
  for (const rule of entered.toReversed()) rule.after?.(transition);
  return { verdict: { status: "ACCEPT" }, state, stored: true };
}

function decide(verdict: Verdict, { undo, initial }: Transition, store: (state: NewState) => State): Outcome {
  for (const step of undo.toReversed()) step();
  if (verdict.status !== "REJECT" || !verdict.replacement) return { verdict, state: initial, stored: false };
  return { verdict, state: store(verdict.replacement), stored: true };
}
