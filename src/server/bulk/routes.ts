// The routes that act on many runs or deployments.
import * as wire from "#wire/runs/bulk.ts";
import type { ServerContext } from "../context.ts";
import { handle, type Route } from "../http/router.ts";
import { changeDeployments, changeRuns } from "./act.ts";

export function bulkRoutes(context: ServerContext): Route[] {
  const { aside } = context;
  return [
    handle(wire.chooseFlowRuns, ({ body: { action, most, ...filters } }) =>
      aside.read("chosenRuns", { action, most, filters }),
    ),
    handle(wire.changeFlowRuns, ({ body }, { write }) => write((tx) => changeRuns(tx, context, body))),
    handle(wire.chooseDeployments, ({ body: { action, most, ...filters } }) =>
      aside.read("chosenDeployments", { action, most, filters }),
    ),
    handle(wire.changeDeployments, ({ body }, { write }) => write((tx) => changeDeployments(tx, context, body))),
  ];
}
