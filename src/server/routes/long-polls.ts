// Long-poll routes: wait for a flow run to change state or for a concurrency slot.
import * as wire from "#wire/long-polls.ts";
import { isFull } from "../concurrency-limits/slots.ts";
import { readFlowRun } from "../flow-runs/store.ts";
import { handle, type Route, reply } from "../http/route.ts";
import type { ServerContext } from "../kernel/context.ts";
import type { ServerEvent } from "../kernel/event-hub.ts";
import { heldList } from "../long-polls/held-list.ts";
import { preferenceApplied } from "../long-polls/prefer-wait.ts";

export function longPollRoutes(context: ServerContext): Route[] {
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
