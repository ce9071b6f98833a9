// The deployment routes.

import { timestampNow } from "#lib/clock.ts";
import * as wire from "#wire/deployments/deployments.ts";
import { releaseOf } from "#wire/later.ts";
import { readRunPolicies } from "#wire/runs/run-policies.ts";
import { acceptedChange, acceptedDeployment } from "../../deployments/accepted.ts";
import { createDeploymentRun } from "../../deployments/runs.ts";
import * as store from "../../deployments/store.ts";
import { changeDeployment, removeDeployment, switchDeployment, upsertDeployment } from "../../deployments/upsert.ts";
import { dueRunsOfDeployments } from "../../flow-runs/store.ts";
import { checkFound, found } from "../../http/found.ts";
import { handle, type RequestInfo, type Route, reply } from "../../http/route.ts";
import { pageOf } from "../../kernel/paging.ts";
import { scheduleDeployment } from "../../loops/scheduler.ts";
import { listRunPolicies } from "../../run-policies/store.ts";
import type { RouteContext } from "../../slow-reads/slow-reads.ts";
import { queuesMatching } from "../../work-queues/health.ts";

const NOT_FOUND = "Deployment not found";

export function deploymentRoutes(context: RouteContext): Route[] {
  const { db, clock, settings, slowReads } = context;
  const setActive = ({ write }: RequestInfo, id: string, active: boolean) =>
    write((tx) => switchDeployment(tx, context, id, active));
  return [
    handle(wire.createDeployment, async ({ body }, { text, headers, write }) => {
      const given = acceptedDeployment(body, timestampNow(clock), text);
      const release = releaseOf(headers);
      return write((tx) => {
        const { deployment, created } = upsertDeployment(tx, context, given, release);
        return reply(created ? 201 : 200, deployment);
      });
    }),
    handle(wire.readDeployment, async ({ params }, { headers }) =>
      found(await db.read((q) => store.readDeployment(q, params.id, releaseOf(headers))), NOT_FOUND),
    ),
    handle(wire.readDeploymentByName, async ({ params: { flow_name, deployment_name } }, { headers }) =>
      found(
        await db.read((q) => store.readDeploymentByName(q, flow_name, deployment_name, releaseOf(headers))),
        NOT_FOUND,
      ),
    ),
    handle(wire.updateDeployment, async ({ params, body }, { text, write }) => {
      const update = acceptedChange(body, timestampNow(clock), text);
      await write((tx) => changeDeployment(tx, context, params.id, update));
    }),
    handle(readRunPolicies, ({ body }) => db.read((q) => listRunPolicies(q, body.deployment_ids))),
    handle(wire.checkDeploymentQueues, ({ params }) =>
      db.read((q) => queuesMatching(q, found(store.readDeployment(q, params.id), NOT_FOUND))),
    ),
    handle(wire.deleteDeployment, ({ params }, { write }) =>
      write((tx) => checkFound(removeDeployment(tx, context, params.id), NOT_FOUND)),
    ),
    handle(wire.listDeployments, ({ body }, { headers }) =>
      slowReads.read("deployments", {
        filters: body,
        sort: body.sort,
        page: pageOf(body, settings),
        release: releaseOf(headers),
      }),
    ),
    handle(wire.countDeployments, ({ body }) => slowReads.read("countDeployments", { filters: body })),
    handle(wire.scheduleDeployment, async ({ params, body }) => {
      await scheduleDeployment(context, params.id, body);
    }),
    handle(wire.setScheduleActive, ({ params }, request) => setActive(request, params.id, true)),
    handle(wire.setScheduleInactive, ({ params }, request) => setActive(request, params.id, false)),
    handle(wire.resumeDeployment, ({ params }, request) => setActive(request, params.id, true)),
    handle(wire.pauseDeployment, ({ params }, request) => setActive(request, params.id, false)),
    handle(wire.createDeploymentFlowRun, ({ params, body }, { headers, write }) => {
      const release = releaseOf(headers);
      return write((tx) => {
        const { flowRun, created } = createDeploymentRun(tx, context, params.id, body, release);
        return reply(created ? 201 : 200, flowRun);
      });
    }),
    handle(wire.getDeploymentsRuns, async ({ body }, { headers }) => {
      const page = pageOf({ limit: body.limit, offset: 0 }, settings);
      const { deployment_ids, scheduled_before } = body;
      const release = releaseOf(headers);
      return db.read((q) => dueRunsOfDeployments(q, deployment_ids, scheduled_before, page, clock.now(), release));
    }),
  ];
}
