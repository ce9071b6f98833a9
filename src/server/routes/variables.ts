// The variable routes.
import { timestampNow } from "#lib/clock.ts";
import * as wire from "#wire/variables.ts";
import { checkFound, found } from "../http/found.ts";
import { handle, type RequestInfo, type Route } from "../http/route.ts";
import type { ServerContext } from "../kernel/context.ts";
import { changingRecords } from "../kernel/event-hub.ts";
import { pageOf } from "../kernel/paging.ts";
import * as store from "../variables/store.ts";

const NOT_FOUND = "Variable not found.";

export function variableRoutes({ db, clock, settings, events }: ServerContext): Route[] {
  const changing = changingRecords(events);
  const read = async (which: store.Which) => found(await db.read((q) => store.readVariable(q, which)), NOT_FOUND);
  const update = ({ write }: RequestInfo, which: store.Which, body: wire.VariableUpdate) =>
    write(changing((tx) => checkFound(store.updateVariable(tx, timestampNow(clock), which, body), NOT_FOUND)));
  const remove = ({ write }: RequestInfo, which: store.Which) =>
    write(changing((tx) => checkFound(store.deleteVariable(tx, which), NOT_FOUND)));
  return [
    handle(wire.createVariable, ({ body }, { write }) =>
      write(
        changing((tx) =>
          found(store.readVariable(tx, { id: store.insertVariable(tx, timestampNow(clock), body) }), NOT_FOUND),
        ),
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
