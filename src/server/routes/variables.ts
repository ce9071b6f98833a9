// The variable routes.
import { timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/variables.ts";
import { handle, type RequestInfo, type Route } from "../http/route.ts";
import type { ServerContext } from "../kernel/context.ts";
import { pageOf } from "../kernel/paging.ts";
import * as store from "../variables/store.ts";

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new OrchError("not_found", "Variable not found.");
  return value;
}

export function variableRoutes({ db, clock, settings }: ServerContext): Route[] {
  const read = async (which: store.Which) => found(await db.read((q) => store.readVariable(q, which)));
  const update = async ({ write }: RequestInfo, which: store.Which, body: wire.VariableUpdate) => {
    await write((tx) => found(store.updateVariable(tx, timestampNow(clock), which, body) || undefined));
    return null;
  };
  const remove = async ({ write }: RequestInfo, which: store.Which) => {
    await write((tx) => found(store.deleteVariable(tx, which) || undefined));
    return null;
  };
  return [
    handle(wire.createVariable, ({ body }, { write }) =>
      write((tx) => found(store.readVariable(tx, { id: store.insertVariable(tx, timestampNow(clock), body) }))),
    ),
    handle(wire.readVariable, ({ params }) => read({ id: params.id })),
    handle(wire.readVariableByName, ({ params }) => read({ name: params.name })),
    handle(wire.listVariables, async ({ body }) => {
      const page = pageOf(body, settings);
      return db.read((q) => store.listVariables(q, body.variables, body.sort, page));
    }),
    handle(wire.countVariables, ({ body }) => db.read((q) => store.countVariables(q, body.variables))),
    handle(wire.updateVariable, ({ params, body }, request) => update(request, { id: params.id }, body)),
    handle(wire.updateVariableByName, ({ params, body }, request) => update(request, { name: params.name }, body)),
    handle(wire.deleteVariable, ({ params }, request) => remove(request, { id: params.id })),
    handle(wire.deleteVariableByName, ({ params }, request) => remove(request, { name: params.name })),
  ];
}
