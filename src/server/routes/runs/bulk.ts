// The routes that act on many runs or deployments.
import * as wire from "#wire/runs/bulk.ts";
import { changeDeployments, changeRuns } from "../../bulk/act.ts";
import { handle, type Route } from "../../http/route.ts";
import type { RouteContext } from "../../slow-reads/slow-reads.ts";

export function bulkRoutes(context: RouteContext): Route[] {
  const { slowReads } = context;
  return [
    handle(wire.chooseFlowRuns, ({ body: { action, most, ...filters } }) =>
      slowReads.read("chosenRuns", { action, most, filters }),
    ),
    handle(wire.changeFlowRuns, ({ body }, { write }) => write((tx) => changeRuns(tx, context, body))),
    handle(wire.chooseDeployments, ({ body: { action, most, ...filters } }) =>
      slowReads.read("chosenDeployments", { action, most, filters }),
    ),
    handle(wire.changeDeployments, ({ body }, { write }) => write((tx) => changeDeployments(tx, context, body))),
  ];
}
