// The route of a page of flow runs.
import * as wire from "#wire/runs/flow-run-pages.ts";
import { handle, type Route } from "../../http/route.ts";
import { pageOf } from "../../kernel/paging.ts";
import type { RouteContext } from "../../slow-reads/slow-reads.ts";

export function flowRunPageRoutes({ slowReads, clock, settings }: RouteContext): Route[] {
  return [
    handle(wire.readFlowRunPage, ({ body }) => {
      const { parts, sort, dots_limit: dots, limit, offset, ...filters } = body;
      const page = pageOf({ limit, offset }, settings);
      const wanted = parts ?? wire.PAGE_PARTS;
      return slowReads.read("flowRunPage", { filters, parts: wanted, sort, page, dots, now: clock.now() });
    }),
  ];
}
