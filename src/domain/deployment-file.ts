// Writes deployment.yaml as Prefect 2.10.4 does.
import { isObject, type Json } from "#lib/json.ts";
import { type DeploymentSpec, isSavedBlock } from "./deployment.ts";
import { yamlText } from "./yaml-text.ts";

type Field = keyof DeploymentSpec;

export const EDITABLE = [
  ...["name", "description", "version", "work_queue_name", "work_pool_name", "tags", "parameters", "schedule"],
  ...["is_schedule_active", "overlap", "catchup", "infra_overrides", "infrastructure"],
] as Field[];
const GENERATED = [
  ...["flow_name", "manifest_path", "infrastructure", "storage", "path", "entrypoint", "parameter_openapi_schema"],
  "timestamp",
] as Field[];
export const FILE_FIELDS: readonly string[] = [...EDITABLE, ...GENERATED];
export const QUEUE_COMMENT = "# The work queue that will handle this deployment's runs\n";
export const LINE = "\n###\n### DO NOT EDIT BELOW THIS LINE\n###\n";

/** The whole file, as text. */
export function renderDeploymentFile(spec: DeploymentSpec): string {
  const { above, below } = layoutOf(spec);
  const lines = (key: Field) => (key === "work_queue_name" ? QUEUE_COMMENT : "") + fieldText(spec, key);
  return [`###\n${headerOf(spec)}###\n`, ...above.map(lines), LINE, ...below.map(lines)].join("");
}

/** Written where they are set: Prefect refuses a file that has them. */
const OURS: readonly Field[] = ["overlap", "catchup"];

/** The fields on either side of the line: a saved block is not part of the editable half. */
export function layoutOf(spec: DeploymentSpec): { above: Field[]; below: Field[] } {
  const saved = isSavedBlock(spec.infrastructure);
  const isWritten = (key: Field) => !(OURS.includes(key) && spec[key] === null);
  return {
    above: EDITABLE.filter((key) => (key !== "infrastructure" || !saved) && isWritten(key)),
    below: GENERATED.filter((key) => key !== "infrastructure" || saved),
  };
}

export function headerOf({ flow_name }: DeploymentSpec): string {
  return `### A complete description of a Prefect Deployment for flow ${pythonText(flow_name)}\n`;
}

/** What the file holds for a field. */
export function fileValue(spec: DeploymentSpec, key: Field): Json {
  const value = spec[key] as Json; // a spec holds JSON
  return key === "parameter_openapi_schema" ? withBoth(value) : value;
}

export function fieldText(spec: DeploymentSpec, key: Field): string {
  const text = yamlText({ [key]: fileValue(spec, key) });
  // The old files hold seconds as a float, which JSON does not tell from an integer.
  return key === "schedule" ? text.replace(/^( {2}interval: -?\d+)$/m, "$1.0") : text;
}

/** In the file the schema always has both, null where the API leaves them out. */
function withBoth(schema: Json): Json {
  if (!isObject(schema)) return schema;
  const { required = null, definitions = null, ...known } = schema;
  return { ...known, required, definitions };
}

/** Python's way of quoting a name. */
function pythonText(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return text.includes("'") && !text.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
}
