// The saved search routes.
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/saved-searches.ts";
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
    handle(wire.readSavedSearch, async ({ params }) => {
      const search = await db.read((q) => store.readSavedSearch(q, params.id));
      if (!search) throw new OrchError("not_found", NOT_FOUND);
      return search;
    }),
    handle(wire.deleteSavedSearch, async ({ params }, { write }) => {
      await write((tx) => {
        if (!store.deleteSavedSearch(tx, params.id)) throw new OrchError("not_found", NOT_FOUND);
      });
      return null;
    }),
    handle(wire.listSavedSearches, async ({ body }) => {
      const page = pageOf(body, settings);
      return db.read((q) => store.listSavedSearches(q, page));
    }),
  ];
}
