// The route of the search over names.
import * as wire from "#wire/search.ts";
import type { ServerContext } from "../context.ts";
import { handle, type Route } from "../http/router.ts";

export function searchRoutes({ aside }: ServerContext): Route[] {
  return [handle(wire.searchNames, ({ query }) => aside.read("names", query))];
}
