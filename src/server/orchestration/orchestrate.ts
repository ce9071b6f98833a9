// How rules are combined: in order, the first verdict decides; after the state is stored, hooks run in reverse order.
import type { State } from "#wire/runs/states.ts";
import type { RunRecord } from "../states/run-record.ts";
import type { NewState } from "../states/store.ts";
import type { Policy, Rule, Transition, Verdict } from "./rules/rule.ts";

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
  const { initial, proposed, undo } = transition;
  const from = initial?.type ?? null;
  const entered: Rule<Run>[] = [];
  let verdict: Verdict | undefined;
  for (const rule of policy) {
    if (!rule.from.has(from) || !rule.to.has(proposed.type)) continue;
    verdict = rule.before?.(transition);
    if (verdict) break;
    entered.push(rule);
  }
  if (verdict) for (const step of undo.toReversed()) step();
  const next = verdict ? replacementOf(verdict) : proposed;
  if (!next) return { verdict: verdict ?? ACCEPT, state: initial, stored: false };

  const state = store(next);
  if (!verdict) for (const rule of entered.toReversed()) rule.after?.(transition);
  for (const rule of policy.toReversed()) rule.always?.(transition, next.type);
  return { verdict: verdict ?? ACCEPT, state, stored: true };
}

const ACCEPT = { status: "ACCEPT" } as const;

function replacementOf(verdict: Verdict): NewState | undefined {
  return verdict.status === "REJECT" ? verdict.replacement : undefined;
}
