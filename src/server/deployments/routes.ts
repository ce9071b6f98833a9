// The deployment routes.

import * as v from "valibot";
import { Scheduled } from "#domain/states.ts";
import { timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/deployments.ts";
import { stateCreate } from "#wire/states.ts";
import type { ServerContext } from "../context.ts";
import { createFlowRun } from "../flow-runs/create.ts";
import { handle, type RequestInfo, type Route, reply } from "../http/router.ts";
import { scheduleDeployment } from "../loops/scheduler.ts";
import { pageOf } from "../paging.ts";
import { queuesMatching } from "../work-queues/health.ts";
import { checkedSchedule } from "./schedule.ts";
import * as store from "./store.ts";
import { changeDeployment, settle, upsertDeployment } from "./upsert.ts";

function found<T>(deployment: T | undefined): T {
  if (deployment === undefined) throw new OrchError("not_found", "Deployment not found");
  return deployment;
}

export function deploymentRoutes(context: ServerContext): Route[] {
  const { db, clock, settings, events, aside } = context;

  async function setActive({ write }: RequestInfo, id: string, active: boolean): Promise<null> {
    await write((tx) => {
      if (!store.setScheduleActive(tx, timestampNow(clock), id, active)) found(undefined);
      if (!active) return settle(tx, context, id);
      tx.afterCommit(() => events.publish({ type: "deployment-changed", deployment_id: id }));
    });
    return null;
  }

  return [
    handle(wire.createDeployment, async ({ body }, { text, write }) => {
      const schedule = checkedSchedule(body.schedule, timestampNow(clock), text);
      return write((tx) => {
        const { deployment, created } = upsertDeployment(tx, context, { ...body, schedule });
        return reply(created ? 201 : 200, deployment);
      });
    }),
    handle(wire.readDeployment, async ({ params }) => found(await db.read((q) => store.readDeployment(q, params.id)))),
    handle(wire.readDeploymentByName, async ({ params }) =>
      found(await db.read((q) => store.readDeploymentByName(q, params.flow_name, params.deployment_name))),
    ),
    handle(wire.updateDeployment, async ({ params, body }, { text, write }) => {
      const schedule = checkedSchedule(body.schedule, timestampNow(clock), text);
      const update = schedule ? { ...body, schedule } : body;
      await write((tx) => changeDeployment(tx, context, params.id, update));
      return null;
    }),
    handle(wire.checkDeploymentQueues, ({ params }) =>
      db.read((q) => queuesMatching(q, found(store.readDeployment(q, params.id)))),
    ),
    handle(wire.deleteDeployment, async ({ params }, { write }) => {
      await write((tx) => {
        if (!store.deleteDeployment(tx, params.id)) found(undefined);
        tx.afterCommit(() => events.publish({ type: "runs-due-changed" }));
      });
      return null;
    }),
    handle(wire.listDeployments, async ({ body }) => {
      const page = pageOf(body, settings);
      return aside.read("deployments", { filters: body, sort: body.sort, page });
    }),
    handle(wire.countDeployments, ({ body }) => aside.read("countDeployments", { filters: body })),
    handle(wire.scheduleDeployment, async ({ params, body }) => {
      await scheduleDeployment(context, params.id, body);
      return null;
    }),
    handle(wire.setScheduleActive, ({ params }, request) => setActive(request, params.id, true)),
    handle(wire.setScheduleInactive, ({ params }, request) => setActive(request, params.id, false)),
    handle(wire.createDeploymentFlowRun, ({ params, body }, { write }) =>
      write((tx) => {
        const deployment = found(store.readDeployment(tx, params.id));
        const origin = found(store.readRunOrigin(tx, params.id));
        const { flowRun, created } = createFlowRun(tx, context, {
          ...body,
          ...origin,
          deployment_id: params.id,
          flow_version: deployment.version,
          parameters: { ...deployment.parameters, ...body.parameters },
          tags: [...new Set([...deployment.tags, ...body.tags])],
          infrastructure_document_id: body.infrastructure_document_id ?? deployment.infrastructure_document_id,
          state: body.state ?? v.parse(stateCreate(), Scheduled(timestampNow(clock))),
        });
        return reply(created ? 201 : 200, flowRun);
      }),
    ),
  ];
}
