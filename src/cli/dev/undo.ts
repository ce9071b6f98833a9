// Undoes what an `orch dev` that was killed has left, deployment by deployment, and says so. Also the two steps of that, for the end of `orch dev`.
import { existsSync } from "node:fs";
import type { Client } from "#client/client.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import {
  createDeployment,
  readDeployment,
  setScheduleInactive,
  textFields,
  updateDeployment,
} from "#wire/deployments/deployments.ts";
import { type Built, type Left, noteLeft, readLeft } from "./left-note.ts";

/**
 * Called before the scheduler and agents work: late runs of schedules that were left on would all start now. What cannot be
 * undone stays noted for the next start. Never rejects: a server starts whatever was left.
 */
export async function undoLeft(client: Client, home: string, say: (line: string) => void): Promise<void> {
  try {
    const left = readLeft(home);
    if (left.length === 0) return;
    const paused: string[] = [];
    const again: Left[] = [];
    for (const one of left) {
      try {
        await undo(client, one, paused);
      } catch (error) {
        again.push({ ...one, pauses: one.pauses && !paused.includes(one.name) });
        say(
          `'${one.name}' could not be left as it was before 'orch dev'; the next start tries again: ${messageOf(error)}`,
        );
      }
    }
    sayPaused(paused, say);
    noteLeft(home, again);
  } catch (error) {
    say(`The note of what an 'orch dev' has left could not be used: ${messageOf(error)}`);
  }
}

/** Adds the name to `paused` as soon as its schedule is. */
async function undo(client: Client, { name, applied, pauses, built }: Left, paused: string[]): Promise<void> {
  const { id } = applied;
  const now = await client.call(readDeployment, { params: { id } }).catch(otherwiseNull);
  if (now === null) return;
  // Switched on, off, or applied since: its schedule is as it is on purpose.
  if (pauses && now.updated === applied.updated && (await pause(client, id))) paused.push(name);
  if (now.path === applied.path && now.version === applied.version) await putBack(client, id, built);
}

function sayPaused(names: readonly string[], say: (line: string) => void): void {
  if (names.length === 0) return;
  const [what, which] = names.length === 1 ? ["schedule", "it"] : ["schedules", "one"];
  const deployments = names.map((name) => `'${name}'`).join(", ");
  const why = `an 'orch dev' that was killed had left the ${what} on`;
  say(`Paused the ${what} of ${deployments}: ${why}. 'orch deployment resume-schedule' resumes ${which}.`);
}

/** False for a deployment that is not there any more. */
export async function pause(client: Client, id: string): Promise<boolean> {
  return (
    null !==
    (await client
      .call(setScheduleInactive, { params: { id } })
      .then(() => true)
      .catch(otherwiseNull))
  );
}

/** Nothing but the fields of `built`, where its code is still there. Only a deployment that is made again takes another schema. */
export async function putBack(client: Client, id: string, built: Built | undefined): Promise<void> {
  if (!built?.path || !existsSync(built.path)) return;
  const { path, version, parameter_openapi_schema } = built;
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
