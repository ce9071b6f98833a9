// The routes of the inputs of flow runs.
import { timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/runs/flow-run-inputs.ts";
import * as store from "../../flow-run-inputs/store.ts";
import { readFlowRun } from "../../flow-runs/store.ts";
import { handle, type Route } from "../../http/route.ts";
import type { ServerContext } from "../../kernel/context.ts";
import { pageOf } from "../../kernel/paging.ts";

function notFound(): OrchError {
  return new OrchError("not_found", "Flow run input not found");
}

export function flowRunInputRoutes({ db, clock, settings }: ServerContext): Route[] {
  return [
    handle(wire.createFlowRunInput, async ({ params, body }, { write }) => {
      await write((tx) => {
        if (!readFlowRun(tx, params.id, clock.now())) throw new OrchError("not_found", "Flow run not found");
        if (store.readInputValue(tx, params.id, body.key) !== undefined) {
          throw new OrchError("conflict", "A flow run input with this key already exists.");
        }
        store.insertInput(tx, timestampNow(clock), { ...body, flow_run_id: params.id });
      });
      return null;
    }),
    handle(wire.listFlowRunInputs, async ({ params, body }) => {
      const { limit } = pageOf({ limit: body.limit, offset: 0 }, settings);
      return db.read((q) => store.listInputs(q, params.id, { ...body, limit }));
    }),
    handle(wire.readFlowRunInput, async ({ params }) => {
      const value = await db.read((q) => store.readInputValue(q, params.id, params.key));
      if (value === undefined) throw notFound();
      return new Response(value, { headers: { "content-type": "text/plain; charset=utf-8" } });
    }),
    handle(wire.deleteFlowRunInput, async ({ params }, { write }) => {
      await write((tx) => {
        if (!store.deleteInput(tx, params.id, params.key)) throw notFound();
      });
      return null;
    }),
  ];
}
