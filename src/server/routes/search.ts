// The route of the search over names.
import * as wire from "#wire/search.ts";
import { handle, type Route } from "../http/route.ts";
import type { RouteContext } from "../slow-reads/slow-reads.ts";

export function searchRoutes({ slowReads }: RouteContext): Route[] {
  return [handle(wire.searchNames, ({ query }) => slowReads.read("names", query))];
}
