// The variable routes.
import type { Tx } from "#db/connect.ts";
import { timestampNow } from "#lib/clock.ts";
import * as wire from "#wire/variables.ts";
import { checkFound, found } from "../http/found.ts";
import { handle, type RequestInfo, type Route } from "../http/route.ts";
import type { ServerContext } from "../kernel/context.ts";
import { pageOf } from "../kernel/paging.ts";
import * as store from "../variables/store.ts";

const NOT_FOUND = "Variable not found.";

export function variableRoutes({ db, clock, settings, events }: ServerContext): Route[] {
  /** The event stream looks again. */
  const change = <T>({ write }: RequestInfo, work: (tx: Tx) => T) =>
    write((tx) => {
      tx.afterCommit(() => events.publish({ type: "record-changed" }));
      return work(tx);
    });
  const read = async (which: store.Which) => found(await db.read((q) => store.readVariable(q, which)), NOT_FOUND);
  const update = (request: RequestInfo, which: store.Which, body: wire.VariableUpdate) =>
    change(request, (tx) => checkFound(store.updateVariable(tx, timestampNow(clock), which, body), NOT_FOUND));
  const remove = (request: RequestInfo, which: store.Which) =>
    change(request, (tx) => checkFound(store.deleteVariable(tx, which), NOT_FOUND));
  return [
    handle(wire.createVariable, ({ body }, request) =>
      change(request, (tx) =>
        found(store.readVariable(tx, { id: store.insertVariable(tx, timestampNow(clock), body) }), NOT_FOUND),
      ),
    ),
    handle(wire.readVariable, ({ params }) => read({ id: params.id })),
    handle(wire.readVariableByName, ({ params }) => read({ name: params.name })),
    handle(wire.listVariables, ({ body }) =>
      db.read((q) => store.listVariables(q, body.variables, body.sort, pageOf(body, settings))),
    ),
    handle(wire.countVariables, ({ body }) => db.read((q) => store.countVariables(q, body.variables))),
    handle(wire.updateVariable, ({ params, body }, request) => update(request, { id: params.id }, body)),
    handle(wire.updateVariableByName, ({ params, body }, request) => update(request, { name: params.name }, body)),
    handle(wire.deleteVariable, ({ params }, request) => remove(request, { id: params.id })),
    handle(wire.deleteVariableByName, ({ params }, request) => remove(request, { name: params.name })),
  ];
}
