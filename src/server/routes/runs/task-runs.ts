// The task run routes. Their "not found" differs by route, as on the old server.
import { OrchError } from "#lib/errors.ts";
import { runName } from "#lib/text/names.ts";
import * as wire from "#wire/runs/task-runs.ts";
import { attemptOf } from "../../attempts/store.ts";
import { handle, type Route, reply } from "../../http/route.ts";
import { pageOf } from "../../kernel/paging.ts";
import { catchUp } from "../../orchestration/catch-up.ts";
import { createTaskRun } from "../../orchestration/create-task-run.ts";
import { proposeTaskRunState } from "../../orchestration/propose.ts";
import type { RouteContext } from "../../slow-reads/slow-reads.ts";
import * as store from "../../task-runs/store.ts";
import { verdictReply } from "./verdict-reply.ts";

export function taskRunRoutes(context: RouteContext): Route[] {
  const { db, clock, settings, slowReads } = context;
  return [
    handle(wire.createTaskRun, async ({ body }, { headers }) => {
      const attempt = attemptOf(headers);
      const { taskRun, created } = await db.write((tx) => {
        catchUp(tx, context, attempt);
        return createTaskRun(tx, context, body);
      });
      return reply(created ? 201 : 200, taskRun);
    }),
    handle(wire.readTaskRun, async ({ params }) => {
      const run = await db.read((q) => store.readTaskRun(q, params.id, clock.now()));
      if (!run) throw new OrchError("not_found", "Task not found");
      return run;
    }),
    handle(wire.updateTaskRun, async ({ params, body }, { write }) => {
      // Without a name it gets a new one, as the old server has it.
      const name = body.name === null ? runName() : body.name;
      await write((tx) => {
        const known = name
          ? store.renameTaskRun(tx, clock, params.id, name)
          : store.readTaskRun(tx, params.id, clock.now());
        if (!known) throw new OrchError("not_found", "Task run not found");
      });
      return null;
    }),
    handle(wire.deleteTaskRun, async ({ params }, { write }) => {
      await write((tx) => {
        if (!store.deleteTaskRun(tx, params.id)) throw new OrchError("not_found", "Task not found");
      });
      return null;
    }),
    handle(wire.listTaskRuns, async ({ body }) => {
      const page = pageOf(body, settings);
      return slowReads.read("taskRuns", { filters: body, sort: body.sort, page, now: clock.now() });
    }),
    handle(wire.countTaskRuns, ({ body }) => slowReads.read("countTaskRuns", { filters: body })),
    handle(wire.setTaskRunState, ({ params, body: { state, force } }, { write }) =>
      write((tx) => verdictReply(proposeTaskRunState(tx, context, params.id, state, { force }))),
    ),
  ];
}
