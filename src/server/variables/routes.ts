// The variable routes.
import { timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/variables.ts";
import type { ServerContext } from "../context.ts";
import { handle, type Route } from "../http/router.ts";
import { pageOf } from "../paging.ts";
import * as store from "./store.ts";

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new OrchError("not_found", "Variable not found.");
  return value;
}

export function variableRoutes({ db, clock, settings }: ServerContext): Route[] {
  const read = async (which: store.Which) => found(await db.read((q) => store.readVariable(q, which)));
  const update = async (which: store.Which, body: wire.VariableUpdate) => {
    await db.write((tx) => found(store.updateVariable(tx, timestampNow(clock), which, body) || undefined));
    return null;
  };
  const remove = async (which: store.Which) => {
    await db.write((tx) => found(store.deleteVariable(tx, which) || undefined));
    return null;
  };
  return [
    handle(wire.createVariable, ({ body }) =>
      db.write((tx) => found(store.readVariable(tx, { id: store.insertVariable(tx, timestampNow(clock), body) }))),
    ),
    handle(wire.readVariable, ({ params }) => read({ id: params.id })),
    handle(wire.readVariableByName, ({ params }) => read({ name: params.name })),
    handle(wire.listVariables, async ({ body }) => {
      const page = pageOf(body, settings);
      return db.read((q) => store.listVariables(q, body.variables, body.sort, page));
    }),
    handle(wire.countVariables, ({ body }) => db.read((q) => store.countVariables(q, body.variables))),
    handle(wire.updateVariable, ({ params, body }) => update({ id: params.id }, body)),
    handle(wire.updateVariableByName, ({ params, body }) => update({ name: params.name }, body)),
    handle(wire.deleteVariable, ({ params }) => remove({ id: params.id })),
    handle(wire.deleteVariableByName, ({ params }) => remove({ name: params.name })),
  ];
}
