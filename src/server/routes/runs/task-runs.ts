// The task run routes. Their "not found" differs by route, as on the old server.
import { runName } from "#lib/text/names.ts";
import * as wire from "#wire/runs/task-runs.ts";
import { attemptOf } from "../../attempts/store.ts";
import { checkFound, found } from "../../http/found.ts";
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
    handle(wire.readTaskRun, async ({ params }) =>
      found(await db.read((q) => store.readTaskRun(q, params.id, clock.now())), "Task not found"),
    ),
    handle(wire.updateTaskRun, async ({ params: { id }, body }, { write }) => {
      // Without a name it gets a generated one, as in Prefect.
      const name = body.name === null ? runName() : body.name;
      await write((tx) => {
        const known = name ? store.renameTaskRun(tx, clock, id, name) : store.readTaskRun(tx, id, clock.now());
        checkFound(Boolean(known), "Task run not found");
      });
    }),
    handle(wire.deleteTaskRun, ({ params }, { write }) =>
      write((tx) => checkFound(store.deleteTaskRun(tx, params.id), "Task not found")),
    ),
    handle(wire.listTaskRuns, ({ body }) =>
      slowReads.read("taskRuns", { filters: body, sort: body.sort, page: pageOf(body, settings), now: clock.now() }),
    ),
    handle(wire.countTaskRuns, ({ body }) => slowReads.read("countTaskRuns", { filters: body })),
    handle(wire.setTaskRunState, ({ params, body: { state, force } }, { write }) =>
      write((tx) => verdictReply(proposeTaskRunState(tx, context, params.id, state, { force }))),
    ),
  ];
}
