// The answer to a proposed state.
import type { OrchestrationResult } from "#wire/runs/states.ts";
import { type Reply, reply } from "../../http/route.ts";
import type { Proposed } from "../../orchestration/verdict.ts";

/** 201 when a state was written, also for a rejection with another state; else 200. */
export function verdictReply({ stored, ...result }: Proposed): Reply<OrchestrationResult> {
  return reply(stored ? 201 : 200, result);
}
