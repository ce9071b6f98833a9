// The routes of orch's own agents.
import type { Reader } from "#db/connect.ts";
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/pools/agents.ts";
import { cancellingRuns, type PoolQueues, poolQueuesOf } from "../../agents/scope.ts";
import { isCurrent } from "../../attempts/store.ts";
import { processStarts, readFlowRuns } from "../../flow-runs/store.ts";
import { handle, type Route, reply } from "../../http/route.ts";
import type { ServerContext } from "../../kernel/context.ts";
import type { ServerEvent } from "../../kernel/event-hub.ts";
import { pageOf } from "../../kernel/paging.ts";
import { heldList } from "../../long-polls/held-list.ts";
import { preferenceApplied } from "../../long-polls/prefer-wait.ts";
import { handBack } from "../../orchestration/hand-back.ts";
import { byTime, dueRunsOfPool, idsOf, nextDue } from "../../work-queues/due-runs.ts";
import { createPollNote } from "../../work-queues/polls.ts";
import { createHeldRequests } from "../../work-queues/wait.ts";

const MOST_CANCELLATIONS = 200;

export function agentRoutes(context: ServerContext): Route[] {
  const { db, clock, settings } = context;
  const heldRequests = createHeldRequests(context);
  return [
    handle(wire.getMatchingRuns, async ({ body }, request) => {
      const { limit } = pageOf({ limit: body.limit, offset: 0 }, settings);
      let polled: string[] = [];
      const scope = (q: Reader) => {
        const found = poolQueuesOf(q, body);
        if (body.work_pool_name && found.length === 0) {
          throw new OrchError("not_found", `Work pool "${body.work_pool_name}" not found.`);
        }
        polled = found.flatMap(({ queues }) => queues.map(({ id }) => id));
        return found;
      };
      const note = createPollNote(context, request, () => polled);
      const due = await heldRequests.ask(request, {
        key: JSON.stringify([body.work_pool_name, body.work_queue_names, body.work_queue_prefixes]),
        before: body.scheduled_before,
        limit,
        due: (before, most) => db.read((q) => dueRunsOfPools(q, scope(q), before, most)),
        next: (after) => db.read((q) => nextDue(q, queuesOf(scope(q)), after)),
        onHold: note,
      });
      const found = await db.read((q) => {
        const pools = new Map(queuesOf(scope(q)).map(({ id, work_pool_id }) => [id, work_pool_id ?? ""]));
        const queueIds = new Map(due.map(({ id, work_queue_id }) => [id, work_queue_id]));
        return readFlowRuns(q, idsOf(due), clock.now()).map(({ work_pool_name: _, ...run }) => {
          const work_queue_id = queueIds.get(run.id) ?? "";
          return { work_pool_id: pools.get(work_queue_id) ?? "", work_queue_id, flow_run: { ...run, work_queue_id } };
        });
      });
      note();
      return reply(200, found, preferenceApplied(request.headers));
    }),
    handle(wire.getCancellations, async ({ body }, request) => {
      const found = await heldList(context, request, {
        look: () =>
          db.read((q) => {
            const asked = { except: body.except_flow_run_ids, only: body.flow_run_ids };
            const ids = cancellingRuns(q, poolQueuesOf(q, body), asked, MOST_CANCELLATIONS);
            const starts = processStarts(q, ids);
            return readFlowRuns(q, ids, clock.now()).map((run) => ({
              ...run,
              process_start: starts.get(run.id) ?? null,
            }));
          }),
        matters: isCancelling,
      });
      return reply(200, found, preferenceApplied(request.headers));
    }),
    handle(wire.handBackRuns, ({ body }, { write }) =>
      write((tx) => {
        const no_longer_yours: string[] = [];
        const handed_back: string[] = [];
        for (const [id, token] of Object.entries(body.attempts)) {
          if (!isCurrent(tx, id, token)) no_longer_yours.push(id);
          else if (handBack(tx, context, id, token)) handed_back.push(id);
        }
        return { handed_back, no_longer_yours };
      }),
    ),
  ];
}

function isCancelling(event: ServerEvent): boolean {
  return event.type === "foreign-write" || (event.type === "flow-run-state" && event.state_type === "CANCELLING");
}

function queuesOf(scope: readonly PoolQueues[]): PoolQueues["queues"] {
  return scope.flatMap(({ queues }) => queues);
}

/** Each pool by its own limits and priorities; between pools those due first come first. */
function dueRunsOfPools(q: Reader, scope: readonly PoolQueues[], before: string | null, limit: number) {
  const bounds = { before, after: null, limit };
  const runs = scope.map(({ pool, queues }) => dueRunsOfPool(q, pool, queues, bounds));
  return (runs.length > 1 ? runs.flat().toSorted(byTime) : runs.flat()).slice(0, limit);
}
