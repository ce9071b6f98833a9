// The histories of states.
import * as wire from "#wire/runs/states.ts";
import { found } from "../../http/found.ts";
import { handle, type Route } from "../../http/route.ts";
import type { ServerContext } from "../../kernel/context.ts";
import { listStates, type RunKind, readState } from "../../states/store.ts";

export function stateRoutes({ db }: ServerContext): Route[] {
  // The old server says "Flow run state" for task runs too.
  const one = async (kind: RunKind, id: string) =>
    found(await db.read((q) => readState(q, kind, id)), "Flow run state not found");
  return [
    handle(wire.readFlowRunState, ({ params }) => one("flow_run", params.id)),
    handle(wire.listFlowRunStates, ({ query }) => db.read((q) => listStates(q, "flow_run", query.flow_run_id))),
    handle(wire.readTaskRunState, ({ params }) => one("task_run", params.id)),
    handle(wire.listTaskRunStates, ({ query }) => db.read((q) => listStates(q, "task_run", query.task_run_id))),
  ];
}
