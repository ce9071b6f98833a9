// Where those ask who wait for a change.
import * as wire from "#wire/changes.ts";
import { isFull } from "../concurrency-limits/slots.ts";
import type { ServerContext } from "../context.ts";
import type { ServerEvent } from "../events.ts";
import { readFlowRun } from "../flow-runs/store.ts";
import { heldList } from "../held.ts";
import { handle, type Route, reply } from "../http/router.ts";
import { preferenceApplied } from "../work-queues/wait.ts";

export function changeRoutes(context: ServerContext): Route[] {
  const { db, clock } = context;
  return [
    handle(wire.getChangedFlowRun, async ({ body: { flow_run_id, state_id } }, request) => {
      const found = await heldList(context, request, {
        look: async () => {
          const run = await db.read((q) => readFlowRun(q, flow_run_id, clock.now()));
          return run && run.state_id !== state_id ? [run] : [];
        },
        matters: (event) => isOf(event, flow_run_id),
      });
      return reply(200, found, preferenceApplied(request.headers));
    }),
    handle(wire.getFreeSlots, async ({ body: { tags } }, request) => {
      const found = await heldList(context, request, {
        look: async () => ((await db.read((q) => isFull(q, tags))) ? [] : tags),
        matters: ({ type }) => type === "foreign-write" || type === "slots-freed",
      });
      return reply(200, found, preferenceApplied(request.headers));
    }),
  ];
}

function isOf(event: ServerEvent, id: string): boolean {
  return event.type === "foreign-write" || (event.type === "flow-run-state" && event.flow_run_id === id);
}
