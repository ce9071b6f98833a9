// Undoes at the end of `orch dev` what it did to deployments: schedules that it started are paused, and code that it pointed at the
// folder is the build's copy again, with the parameters of that copy. What it started is noted in the home, so that after a crash the next one, or the next server, undoes it.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "#client/client.ts";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { writeWhole } from "#lib/files/fsync.ts";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "#lib/files/private.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import { readExisting } from "#project/deployments/build.ts";
import {
  createDeployment,
  readDeployment,
  setScheduleInactive,
  textFields,
  updateDeployment,
} from "#wire/deployments/deployments.ts";
import type { Io } from "../kit/command.ts";

export interface RestorerOptions {
  client: Client;
  home: string;
  io: Pick<Io, "out" | "err">;
}

export interface Restorer {
  /** Pauses what an earlier `orch dev` started and could not pause: its late runs would all start now. */
  begin(): Promise<void>;
  /** Called before a deployment is applied. */
  before(spec: DeploymentSpec): Promise<void>;
  /** Called after it was applied. `built`: what its file says of the code. */
  after(spec: DeploymentSpec, id: string, built: Built): void;
  restore(): Promise<void>;
}

/** What belongs to the code that a build has copied. */
export type Built = Pick<DeploymentSpec, "path" | "version" | "parameter_openapi_schema">;

interface Changed {
  /** It had a schedule that made runs before. */
  wasScheduled: boolean;
  id?: string;
  isScheduled?: boolean;
  /** Unless the code was in the folder before. */
  built?: Built;
}

export function createRestorer({ client, home, io }: RestorerOptions): Restorer {
  const file = notePath(home);
  const changed = new Map<string, Changed>();

  function note(): void {
    const left = [...changed].flatMap(([name, one]): Left[] =>
      one.id === undefined
        ? []
        : [{ id: one.id, name, pauses: startedByUs(one), ...(one.built ? { built: one.built } : {}) }],
    );
    writeWhole(file, JSON.stringify({ left }), { mode: PRIVATE_FILE, folderMode: PRIVATE_FOLDER });
  }

  return {
    async begin() {
      await undoLeft(client, home);
    },
    async before(spec) {
      const name = nameOf(spec);
      if (changed.has(name)) return;
      const { deployment } = (await readExisting(client, spec.flow_name, spec.name)) ?? {};
      changed.set(name, { wasScheduled: Boolean(deployment?.schedule && deployment.is_schedule_active) });
    },
    after(spec, id, built) {
      const { wasScheduled } = changed.get(nameOf(spec)) ?? { wasScheduled: false };
      const isScheduled = spec.schedule !== null && spec.is_schedule_active !== false;
      changed.set(nameOf(spec), {
        wasScheduled,
        id,
        isScheduled,
        ...(built.path === spec.path ? {} : { built }),
      });
      note();
    },
    async restore() {
      const paused: string[] = [];
      for (const [name, one] of changed) {
        const { id, built } = one;
        if (id === undefined) continue;
        try {
          if (startedByUs(one) && (await pause(client, id))) paused.push(`'${name}'`);
          if (built?.path && existsSync(built.path)) await putBack(client, id, built);
        } catch (error) {
          io.err(`'${name}' could not be left as it was: ${messageOf(error)}`);
        }
      }
      changed.clear();
      note();
      const what = paused.length === 1 ? "the schedule" : "the schedules";
      if (paused.length > 0) io.out(`Paused ${what} of ${paused.join(", ")} until 'orch dev' runs again.`);
    },
  };
}

/** Nothing but these fields. Only a deployment that is made again takes another schema. */
async function putBack(client: Client, id: string, { path, version, parameter_openapi_schema }: Built): Promise<void> {
  const now = await client.call(readDeployment, { params: { id } }).catch(otherwiseNull);
  if (now === null) return;
  if (JSON.stringify(now.parameter_openapi_schema) === JSON.stringify(parameter_openapi_schema)) {
    await client.call(updateDeployment, { params: { id }, body: { path, version } });
    return;
  }
  const { name, flow_id, schedule, is_schedule_active, parameters, tags, infra_overrides, pull_steps } = now;
  const { storage_document_id, infrastructure_document_id } = now;
  const { work_pool_name, ...texts } = textFields((field) => now[field]);
  await client.call(createDeployment, {
    body: {
      ...{ name, flow_id, schedule, is_schedule_active, parameters, tags, infra_overrides, pull_steps },
      ...{ storage_document_id, infrastructure_document_id },
      ...texts,
      ...(work_pool_name === null ? {} : { work_pool_name }),
      ...{ path, version, parameter_openapi_schema },
    },
  });
}

function otherwiseNull(error: unknown): null {
  if (error instanceof OrchError && error.code === "not_found") return null;
  throw error;
}

function startedByUs({ isScheduled, wasScheduled }: Changed): boolean {
  return isScheduled === true && !wasScheduled;
}

/** False for a deployment that is not there any more. */
async function pause(client: Client, id: string): Promise<boolean> {
  return (
    null !==
    (await client
      .call(setScheduleInactive, { params: { id } })
      .then(() => true)
      .catch(otherwiseNull))
  );
}

function nameOf({ flow_name, name }: DeploymentSpec): string {
  return `${flow_name}/${name}`;
}

/** What an `orch dev` that was killed has left as it was then. */
interface Left {
  id: string;
  name: string;
  /** Its schedule is to be paused. */
  pauses: boolean;
  built?: Built;
}

function notePath(home: string): string {
  return join(home, "dev-schedules.json");
}

/** Undoes what an earlier `orch dev` could not. Returns the names of deployments whose schedules were paused. */
export async function undoLeft(client: Client, home: string): Promise<string[]> {
  const file = notePath(home);
  const noted = existsSync(file) ? tryParseJson(readFileSync(file, "utf8")) : undefined;
  const left = isObject(noted) && Array.isArray(noted["left"]) ? (noted["left"] as unknown as Left[]) : []; // written by ourselves
  const paused: string[] = [];
  for (const { id, name, pauses, built } of left) {
    if (pauses && (await pause(client, id))) paused.push(name);
    if (built?.path && existsSync(built.path)) await putBack(client, id, built);
  }
  if (left.length > 0) rmSync(file, { force: true });
  return paused;
}
