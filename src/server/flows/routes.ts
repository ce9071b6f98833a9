// The flow routes.
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/deployments/flows.ts";
import type { ServerContext } from "../context.ts";
import { handle, type Route, reply } from "../http/router.ts";
import { pageOf } from "../paging.ts";
import * as store from "./store.ts";

function found<T>(flow: T | undefined): T {
  if (flow === undefined) throw new OrchError("not_found", "Flow not found");
  return flow;
}

export function flowRoutes({ db, clock, settings, events, aside }: ServerContext): Route[] {
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
      return aside.read("flows", { filters: body, sort: body.sort, page });
    }),
    handle(wire.countFlows, ({ body }) => aside.read("countFlows", { filters: body })),
  ];
}
