// The task run routes. Their "not found" differs by route, as on the old server.
import { OrchError } from "#lib/errors.ts";
import { runName } from "#lib/text/names.ts";
import * as wire from "#wire/runs/task-runs.ts";
import { catchUp } from "../attempts/catch-up.ts";
import { attemptOf } from "../attempts/store.ts";
import type { ServerContext } from "../context.ts";
import { verdictReply } from "../flow-runs/routes.ts";
import { handle, type Route, reply } from "../http/router.ts";
import { proposeTaskRunState } from "../orchestration/propose.ts";
import { pageOf } from "../paging.ts";
import { createTaskRun } from "./create.ts";
import * as store from "./store.ts";

export function taskRunRoutes(context: ServerContext): Route[] {
  const { db, clock, settings, aside } = context;
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
      return aside.read("taskRuns", { filters: body, sort: body.sort, page, now: clock.now() });
    }),
    handle(wire.countTaskRuns, ({ body }) => aside.read("countTaskRuns", { filters: body })),
    handle(wire.setTaskRunState, ({ params, body: { state, force } }, { write }) =>
      write((tx) => verdictReply(proposeTaskRunState(tx, context, params.id, state, { force }))),
    ),
  ];
}
