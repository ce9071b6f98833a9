// The flow routes.
import * as wire from "#wire/deployments/flows.ts";
import * as store from "../../flows/store.ts";
import { checkFound, found } from "../../http/found.ts";
import { handle, type Route, reply } from "../../http/route.ts";
import { pageOf } from "../../kernel/paging.ts";
import type { RouteContext } from "../../slow-reads/slow-reads.ts";

const NOT_FOUND = "Flow not found";

export function flowRoutes({ db, clock, settings, events, slowReads }: RouteContext): Route[] {
  const changed = () => events.publish({ type: "record-changed" });
  return [
    handle(wire.createFlow, ({ body }, { write }) =>
      write((tx) => {
        const { flow, created } = store.createFlow(tx, clock, body.name, body.tags);
        if (created) tx.afterCommit(changed);
        return reply(created ? 201 : 200, flow);
      }),
    ),
    handle(wire.readFlow, async ({ params }) => found(await db.read((q) => store.readFlow(q, params.id)), NOT_FOUND)),
    handle(wire.readFlowByName, async ({ params }) =>
      found(await db.read((q) => store.readFlowByName(q, params.name)), NOT_FOUND),
    ),
    handle(wire.updateFlow, ({ params, body: { tags } }, { write }) =>
      write((tx) => {
        const known = tags ? store.updateFlowTags(tx, clock, params.id, tags) : store.readFlow(tx, params.id);
        checkFound(Boolean(known), NOT_FOUND);
        tx.afterCommit(changed);
      }),
    ),
    handle(wire.deleteFlow, ({ params }, { write }) =>
      write((tx) => {
        checkFound(store.deleteFlow(tx, params.id), NOT_FOUND);
        tx.afterCommit(() => events.publish({ type: "runs-due-changed" }));
      }),
    ),
    handle(wire.listFlows, ({ body }) =>
      slowReads.read("flows", { filters: body, sort: body.sort, page: pageOf(body, settings) }),
    ),
    handle(wire.countFlows, ({ body }) => slowReads.read("countFlows", { filters: body })),
  ];
}
