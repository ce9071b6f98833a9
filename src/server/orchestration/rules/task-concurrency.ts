// Slots of tags: a task run takes one of each limited tag before it runs and gives them back when it stops.
import { releaseSlots, takeSlots } from "../../concurrency-limits/slots.ts";
import type { TaskRunRecord } from "../../states/run-record.ts";
import { ANY, type Rule, types } from "./rule.ts";

const WAIT_SECONDS = 30;

export const secureConcurrencySlots: Rule<TaskRunRecord> = {
  from: ANY,
  to: types("RUNNING"),
  before({ tx, context, run, undo }) {
    const full = takeSlots(tx, context.clock, run.tags, run.id);
    if (!full) {
      undo.push(() => releaseSlots(tx, context.clock, run.tags, run.id));
      return undefined;
    }
    if (full.limit === 0) {
      const reason = `The concurrency limit on tag "${full.tag}" is 0 and will deadlock if the task tries to run again.`;
      return { status: "ABORT", reason };
    }
    const reason = `Concurrency limit for the ${full.tag} tag has been reached`;
    return { status: "WAIT", delay_seconds: WAIT_SECONDS, reason };
  },
};

/** A retry gives its slots back too, or it would wait for itself. */
export const releaseConcurrencySlots: Rule<TaskRunRecord> = {
  from: ANY,
  to: ANY,
  always({ tx, context, run }, stored) {
    if (stored === "RUNNING" || stored === "CANCELLING") return;
    if (!releaseSlots(tx, context.clock, run.tags, run.id)) return;
    tx.afterCommit(() => context.events.publish({ type: "slots-freed" }));
  },
};
