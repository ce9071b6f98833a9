// The saved search routes.
import * as wire from "#wire/saved-searches.ts";
import { checkFound, found } from "../http/found.ts";
import { handle, type Route, reply } from "../http/route.ts";
import type { ServerContext } from "../kernel/context.ts";
import { pageOf } from "../kernel/paging.ts";
import * as store from "../saved-searches/store.ts";

const NOT_FOUND = "Saved search not found";

export function savedSearchRoutes({ db, clock, settings }: ServerContext): Route[] {
  return [
    handle(wire.saveSearch, ({ body }, { write }) =>
      write((tx) => {
        const { search, created } = store.saveSearch(tx, clock, body);
        return reply(created ? 201 : 200, search);
      }),
    ),
    handle(wire.readSavedSearch, async ({ params }) =>
      found(await db.read((q) => store.readSavedSearch(q, params.id)), NOT_FOUND),
    ),
    handle(wire.deleteSavedSearch, ({ params }, { write }) =>
      write((tx) => checkFound(store.deleteSavedSearch(tx, params.id), NOT_FOUND)),
    ),
    handle(wire.listSavedSearches, ({ body }) => db.read((q) => store.listSavedSearches(q, pageOf(body, settings)))),
  ];
}
