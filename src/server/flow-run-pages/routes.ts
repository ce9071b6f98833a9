// The route of a page of flow runs.
import * as wire from "#wire/runs/flow-run-pages.ts";
import type { ServerContext } from "../context.ts";
import { handle, type Route } from "../http/router.ts";
import { pageOf } from "../paging.ts";

export function flowRunPageRoutes({ aside, clock, settings }: ServerContext): Route[] {
  return [
    handle(wire.readFlowRunPage, ({ body }) => {
      const { parts, sort, dots_limit: dots, limit, offset, ...filters } = body;
      const page = pageOf({ limit, offset }, settings);
      const wanted = parts ?? wire.PAGE_PARTS;
      return aside.read("flowRunPage", { filters, parts: wanted, sort, page, dots, now: clock.now() });
    }),
  ];
}
