// Reads the fields that every kind of infrastructure has from a job's block.
import { commandOf as commandFor } from "#domain/engine-command.ts";
import { infrastructureDefaults, isInfrastructureType } from "#domain/infrastructure-blocks.ts";
import { isObject, type Json, textOfJson } from "#lib/json.ts";
import type { Job } from "./infrastructure.ts";

/** The field of the block, or the default of its type. */
export function fieldOf({ type, block }: Pick<Job, "type" | "block">, name: string): Json {
  const value = Object.hasOwn(block, name) ? block[name] : undefined;
  if (value !== undefined) return value;
  return (isInfrastructureType(type) ? infrastructureDefaults(type)[name] : undefined) ?? null;
}

/** Its text; null where it is empty or no text. */
export function textOf(job: Pick<Job, "type" | "block">, name: string): string | null {
  const value = fieldOf(job, name);
  return typeof value === "string" && value !== "" ? value : null;
}

/** For people, and for what the job is called where it runs: the block's name for it, or the run's. */
export function nameOf(job: Job): string {
  return textOf(job, "name") ?? job.run.name;
}

/** The block's variables; `null` removes one. */
export function variablesOf(job: Pick<Job, "type" | "block">): Record<string, string | null> {
  const value = fieldOf(job, "env");
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, item === null ? null : textOfJson(item)]));
}

/** `null` for orch's engine, whichever way the deployment names it. */
export function commandOf(job: Pick<Job, "type" | "block" | "deployment">): string[] | null {
  return commandFor(fieldOf(job, "command"), job.deployment?.entrypoint ?? null);
}

export function streamsOutput(job: Pick<Job, "type" | "block">): boolean {
  return fieldOf(job, "stream_output") !== false;
}
