// The routes of the inputs of flow runs.
import { timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/runs/flow-run-inputs.ts";
import * as store from "../../flow-run-inputs/store.ts";
import { readFlowRun } from "../../flow-runs/store.ts";
import { checkFound, found } from "../../http/found.ts";
import { handle, type Route } from "../../http/route.ts";
import type { ServerContext } from "../../kernel/context.ts";
import { pageOf } from "../../kernel/paging.ts";

const NOT_FOUND = "Flow run input not found";

export function flowRunInputRoutes({ db, clock, settings }: ServerContext): Route[] {
  return [
    handle(wire.createFlowRunInput, ({ params, body }, { write }) =>
      write((tx) => {
        found(readFlowRun(tx, params.id, clock.now()), "Flow run not found");
        if (store.readInputValue(tx, params.id, body.key) !== undefined) {
          throw new OrchError("conflict", "A flow run input with this key already exists.");
        }
        store.insertInput(tx, timestampNow(clock), { ...body, flow_run_id: params.id });
      }),
    ),
    handle(wire.listFlowRunInputs, async ({ params, body }) => {
      const { limit } = pageOf({ limit: body.limit, offset: 0 }, settings);
      return db.read((q) => store.listInputs(q, params.id, { ...body, limit }));
    }),
    handle(wire.readFlowRunInput, async ({ params }) => {
      const value = found(await db.read((q) => store.readInputValue(q, params.id, params.key)), NOT_FOUND);
      return new Response(value, { headers: { "content-type": "text/plain; charset=utf-8" } });
    }),
    handle(wire.deleteFlowRunInput, ({ params }, { write }) =>
      write((tx) => checkFound(store.deleteInput(tx, params.id, params.key), NOT_FOUND)),
    ),
  ];
}
