// Keeps in the home what an `orch dev` that is killed leaves behind, so that the next start can undo it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { writeWhole } from "#lib/files/fsync.ts";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "#lib/files/private.ts";
import { isObject, type Json, tryParseJson } from "#lib/json.ts";
import type { Deployment } from "#wire/deployments/deployments.ts";

/** What belongs to the code that a build has copied. */
export type Built = Pick<DeploymentSpec, "path" | "version" | "parameter_openapi_schema">;

/** A deployment as `orch dev` has applied it. */
export type Applied = Pick<Deployment, "id" | "updated" | "path" | "version">;

/** What is to be undone for one deployment. */
export interface Left {
  name: string;
  /** What was changed since by others is not undone. */
  applied: Applied;
  /** Its schedule is to be paused. */
  pauses: boolean;
  /** Its code is to be this again. */
  built?: Built;
}

export function noteLeft(home: string, left: readonly Left[]): void {
  writeWhole(notePath(home), JSON.stringify({ left }), { mode: PRIVATE_FILE, folderMode: PRIVATE_FOLDER });
}

/** Leaves out entries that are not as `noteLeft` writes them. Throws when the file cannot be read. */
export function readLeft(home: string): Left[] {
  const file = notePath(home);
  const noted = existsSync(file) ? tryParseJson(readFileSync(file, "utf8")) : undefined;
  const left = isObject(noted) ? noted["left"] : undefined;
  return Array.isArray(left) ? left.flatMap((one) => readEntry(one) ?? []) : [];
}

function notePath(home: string): string {
  return join(home, "dev-schedules.json");
}

function readEntry(entry: Json): Left | undefined {
  if (!isObject(entry)) return undefined;
  const { name, pauses } = entry;
  const [applied, built] = [readApplied(entry["applied"]), readBuilt(entry["built"])];
  if (typeof name !== "string" || typeof pauses !== "boolean" || !applied) return undefined;
  return { name, applied, pauses, ...(built ? { built } : {}) };
}

function readApplied(value: Json | undefined): Applied | undefined {
  if (!isObject(value)) return undefined;
  const { id, updated, path = null, version = null } = value;
  if (typeof id !== "string" || typeof updated !== "string") return undefined;
  return isTextOrNull(path) && isTextOrNull(version) ? { id, updated, path, version } : undefined;
}

function readBuilt(value: Json | undefined): Built | undefined {
  if (!isObject(value)) return undefined;
  const { path = null, version = null, parameter_openapi_schema: schema = null } = value;
  if (!isTextOrNull(path) || !isTextOrNull(version)) return undefined;
  return schema === null || isObject(schema) ? { path, version, parameter_openapi_schema: schema } : undefined;
}

function isTextOrNull(value: Json): value is string | null {
  return value === null || typeof value === "string";
}
