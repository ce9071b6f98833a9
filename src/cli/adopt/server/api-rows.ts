// Turns the objects of Prefect's API into the rows that Prefect's database holds for them.
import { createHash } from "node:crypto";
import { writeJson } from "#db/codecs.ts";
import { isExact, isObject, type Json, type JsonObject, numberOf, objectOf } from "#lib/json.ts";
import type { SourceRow } from "../source.ts";
import type { SpooledRow } from "./spool.ts";

type Value = string | number | null;

export const idOf = (object: JsonObject) => String(object["id"]);
export const nameOf = (object: JsonObject) => String(object["name"] ?? object["id"]);
/** Of a list of objects, or of none. */
export const objectsOf = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter((one) => isObject(one)) : [];

/** Of an object without special columns. Those that are JSON although they may hold a plain value are named. */
export function row(object: JsonObject, json: readonly string[] = []): SourceRow {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      key,
      json.includes(key) && value !== null ? writeJson(value) : column(value),
    ]),
  );
}

function column(value: Json): Value {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (isExact(value)) return Number(numberOf(value));
  return writeJson(value);
}

/** With the moment that it was made. */
export function spooled(object: JsonObject, json: readonly string[] = []): SpooledRow {
  return { row: row(object, json), at: String(object["created"] ?? "") };
}

/** An id for what the API gives without one: the same each time. */
export function derivedId(...parts: string[]): string {
  const hex = createHash("sha256").update(parts.join("\n")).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Whether a run is as it was when it was read. */
export function stampOf(run: JsonObject): string {
  return `${run["state_id"]} ${run["updated"]}`;
}

/** Of flow runs and of task runs. */
export function run(given: JsonObject): SpooledRow {
  const { state, ...rest } = given;
  const own = { ...rest, state_timestamp: objectOf(state)["timestamp"] ?? null };
  return { ...spooled(own), stamp: stampOf(given) };
}

/** Newer servers name the variables otherwise. */
export function deployment(given: JsonObject): SpooledRow {
  return spooled({ ...given, infra_overrides: given["infra_overrides"] ?? given["job_variables"] ?? {} });
}

/** Of which run a state is. `flow_run_id`: also of a task run's, whose state does not always tell it. */
export interface Of {
  kind: "flow_run" | "task_run";
  id: string;
  flow_run_id: string;
}

export function state(given: JsonObject, { kind, id, flow_run_id }: Of): SpooledRow {
  const { timestamp, data } = given;
  const own = { ...given, created: timestamp ?? null, flow_run_id, [`${kind}_id`]: id, result_artifact_id: null };
  return { ...spooled(own, ["data"]), link: linkOf(`${kind} ${id}`, data) };
}

/** Prefect remembers a result when a task that has a key completes; one that was found so is named `Cached`. */
export function cachedResult(given: JsonObject): SpooledRow | undefined {
  const { cache_key, cache_expiration } = objectOf(given["state_details"]);
  const isKept = typeof cache_key === "string" && given["type"] === "COMPLETED" && given["name"] !== "Cached";
  if (!isKept) return undefined;
  const own = { created: given["timestamp"] ?? null, task_run_state_id: idOf(given), cache_key };
  return spooled({ ...own, id: derivedId("cached", idOf(given)), cache_expiration: cache_expiration ?? null });
}

export function artifact(given: JsonObject): SpooledRow {
  const run = given["task_run_id"] ? `task_run ${given["task_run_id"]}` : `flow_run ${given["flow_run_id"]}`;
  return { ...spooled(given, ["data"]), link: given["key"] === null ? linkOf(run, given["data"]) : undefined };
}

function linkOf(run: string, data: Json | undefined): string | undefined {
  if (data === null || data === undefined) return undefined;
  return createHash("sha256")
    .update(`${run}\n${writeJson(data)}`)
    .digest("base64");
}

export function blockSchema(given: JsonObject): SpooledRow {
  const { block_type, ...rest } = given;
  return spooled(rest);
}

/** A block, what it refers to, and its data in the clear, which are never written down. */
export interface ReadBlock {
  block: SpooledRow;
  references: SpooledRow[];
  data: JsonObject;
}

/** The API puts the data of each block that it refers to in its place: these are the other block's. */
export function block(given: JsonObject): ReadBlock {
  const { data, block_schema, block_type, block_document_references, ...rest } = given;
  const others = Object.entries(objectOf(block_document_references));
  const names = new Set(others.map(([name]) => name));
  const references = others.map(([name, other]): SpooledRow => {
    const id = derivedId("reference", idOf(given), name);
    const reference_block_document_id = idOf(objectOf(objectOf(other)["block_document"]));
    return spooled({ id, name, parent_block_document_id: idOf(given), reference_block_document_id });
  });
  const own = Object.entries(objectOf(data)).filter(([name]) => !names.has(name));
  return { block: spooled(rest), references, data: Object.fromEntries(own) };
}
