// The routes of a deployment's schedules, for clients that know of several.
import { timestampNow } from "#lib/clock.ts";
import { parseId } from "#lib/ids.ts";
import * as wire from "#wire/deployments/deployment-schedules.ts";
import { checkedSchedules } from "../../deployments/accepted.ts";
import { checkedSchedule } from "../../deployments/schedule.ts";
import { newSchedules, type StoredSchedule } from "../../deployments/schedules.ts";
import { readSchedulesOf } from "../../deployments/store.ts";
import { changeSchedules } from "../../deployments/upsert.ts";
import { found } from "../../http/found.ts";
import { handle, type Route } from "../../http/route.ts";
import type { ServerContext } from "../../kernel/context.ts";

export function deploymentScheduleRoutes(context: ServerContext): Route[] {
  const { db, clock } = context;
  return [
    handle(wire.listDeploymentSchedules, async ({ params: { id } }) => {
      const schedules = await db.read((q) => readSchedulesOf(q, id));
      return ofDeployment(id, found(schedules, "Deployment not found."));
    }),
    handle(wire.createDeploymentSchedules, async ({ params: { id }, body }, { text, write }) => {
      const given = checkedSchedules(body, timestampNow(clock), text, []);
      return write((tx) =>
        changeSchedules(tx, context, id, (known, now) => {
          const made = newSchedules(given, now);
          return { schedules: [...known, ...made], result: ofDeployment(id, made) };
        }),
      );
    }),
    handle(wire.updateDeploymentSchedule, async ({ params, body }, { text, write }) => {
      const schedule = checkedSchedule(body.schedule, timestampNow(clock), text);
      const changes = Object.entries({ ...body, schedule }).filter(([, value]) => value !== null);
      await write((tx) =>
        changeSchedules(tx, context, params.id, (known, updated) => {
          const wanted = named(known, params.schedule_id);
          const changed = { ...wanted, ...Object.fromEntries(changes), updated };
          return { schedules: known.map((one) => (one === wanted ? changed : one)), result: null };
        }),
      );
    }),
    handle(wire.deleteDeploymentSchedule, ({ params }, { write }) =>
      write((tx) =>
        changeSchedules(tx, context, params.id, (known) => {
          const wanted = named(known, params.schedule_id);
          return { schedules: known.filter((one) => one !== wanted), result: null };
        }),
      ),
    ),
  ];
}

function named(schedules: readonly StoredSchedule[], given: string): StoredSchedule {
  const id = parseId(given);
  return found(
    schedules.find((schedule) => schedule.id === id),
    "Schedule not found.",
  );
}

function ofDeployment(deployment_id: string, schedules: readonly StoredSchedule[]): wire.DeploymentSchedule[] {
  return schedules.map((schedule) => ({ ...schedule, deployment_id }));
}
