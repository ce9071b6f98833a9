// The flow routes.
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/deployments/flows.ts";
import * as store from "../../flows/store.ts";
import { handle, type Route, reply } from "../../http/route.ts";
import { pageOf } from "../../kernel/paging.ts";
import type { RouteContext } from "../../slow-reads/slow-reads.ts";

function found<T>(flow: T | undefined): T {
  if (flow === undefined) throw new OrchError("not_found", "Flow not found");
  return flow;
}

export function flowRoutes({ db, clock, settings, events, slowReads }: RouteContext): Route[] {
  return [
    handle(wire.createFlow, ({ body }, { write }) =>
      write((tx) => {
        const { flow, created } = store.createFlow(tx, clock, body.name, body.tags);
        return reply(created ? 201 : 200, flow);
      }),
    ),
    handle(wire.readFlow, async ({ params }) => found(await db.read((q) => store.readFlow(q, params.id)))),
    handle(wire.readFlowByName, async ({ params }) =>
      found(await db.read((q) => store.readFlowByName(q, params.name))),
    ),
    handle(wire.updateFlow, async ({ params, body }, { write }) => {
      const { tags } = body;
      await write((tx) => {
        const known = tags ? store.updateFlowTags(tx, clock, params.id, tags) : store.readFlow(tx, params.id);
        if (!known) throw new OrchError("not_found", "Flow not found");
      });
      return null;
    }),
    handle(wire.deleteFlow, async ({ params }, { write }) => {
      await write((tx) => {
        if (!store.deleteFlow(tx, params.id)) throw new OrchError("not_found", "Flow not found");
        tx.afterCommit(() => events.publish({ type: "runs-due-changed" }));
      });
      return null;
    }),
    handle(wire.listFlows, async ({ body }) => {
      const page = pageOf(body, settings);
      return slowReads.read("flows", { filters: body, sort: body.sort, page });
    }),
    handle(wire.countFlows, ({ body }) => slowReads.read("countFlows", { filters: body })),
  ];
}
