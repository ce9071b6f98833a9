// What a flow run returned, for people and for scripts: as this process has it, from where results are kept, or what the
// engine told the server of it.
import type { Client } from "#client/client.ts";
import { ALL_COMPLETED } from "#domain/aggregate.ts";
import { isObject, type Json, tryParseJson } from "#lib/json.ts";
import { visibleJson } from "#lib/text/visible.ts";
import type { Settings } from "#settings/table.ts";
import { listArtifacts } from "#wire/artifacts.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";

export interface ReturnedValue {
  /** The whole value, where it is known and is JSON. */
  json?: Json;
  /** For people: on one line, shortened, safe for a terminal. */
  text: string;
}

const MOST_CHARACTERS = 1_000;
/** Prefect's own words for results that are not kept; `undefined` and `NoneType` are those of flows that return nothing. */
const NOTHING = /^Unpersisted result of type `(?:undefined|NoneType)`$/;

/** A run as scripts read it: with the whole value as `result`, where it is known and is JSON. */
export function withResult(run: FlowRun, returned: ReturnedValue | undefined): FlowRun & { result?: Json } {
  return returned?.json === undefined ? run : { ...run, result: returned.json };
}

/** Of a value that is here. */
export async function returnedHere(value: unknown): Promise<ReturnedValue | undefined> {
  if (value === undefined) return undefined;
  const { wholeJson } = await import("#engine/results/result-serialization.ts");
  const text = wholeJson(value);
  const json = text === undefined ? undefined : tryParseJson(text);
  if (text !== undefined && json !== undefined) return { json, text: shortened(text) };
  const { inspect } = process.getBuiltinModule("node:util");
  return { text: shortened(onOneLine(inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 3 }))) };
}

/** Errors bring their stacks. What ends a line after the last frame belongs to the value around. */
function onOneLine(text: string): string {
  return text.replace(/\n\s+at .*?(?=(?:,|\]| \{)?$)/gm, "").replace(/\s*\n\s*/g, " ");
}

/** Of a run that has ended, wherever it ran. Undefined for one that returned nothing or did not complete. */
export async function returnedBy(
  run: FlowRun,
  api: { client: Client; settings: Settings },
): Promise<ReturnedValue | undefined> {
  if (run.state_type !== "COMPLETED") return undefined;
  const data = run.state?.data;
  if (isObject(data) && data["type"] === "literal") return returnedHere(data["value"]);
  return (await persistedValue(data, api)) ?? (await previewedValue(run, api.client));
}

/** Undefined for a value that is not kept, or is kept where this machine cannot read it. */
async function persistedValue(data: Json | undefined, api: { client: Client; settings: Settings }) {
  if (!isObject(data) || data["type"] !== "reference") return undefined;
  const { createResults } = await import("#engine/results/results.ts");
  const found = await createResults(api)
    .restore(data)
    .catch(() => undefined);
  return found && returnedHere(found.value);
}

async function previewedValue(run: FlowRun, client: Client): Promise<ReturnedValue | undefined> {
  const artifacts = { flow_run_id: { any_: [run.id] }, type: { any_: ["result"] } };
  const found = await client.call(listArtifacts, { body: { artifacts, sort: "ID_DESC", limit: 20 } });
  // Those of task runs name them.
  if (run.state?.message === ALL_COMPLETED) return undefined;
  const own = found.find((artifact) => artifact.task_run_id === (run.parent_task_run_id ?? null));
  const { result, shortened_result } = own?.metadata_ ?? {};
  const json = result === undefined ? undefined : tryParseJson(result);
  if (result !== undefined && json !== undefined) return { json, text: shortened(result) };
  if (shortened_result !== undefined) return { text: shortened(shortened_result) };
  const description = own?.description;
  return description && !NOTHING.test(description) ? { text: shortened(`(${description})`) } : undefined;
}

function shortened(text: string): string {
  const part = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}… (${text.length} characters)` : text;
  return visibleJson(part.toWellFormed().replaceAll("\t", "\\u0009"));
}
