// Names that only the API or the settings know: of deployments, blocks, queues, pools, runs, profiles.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Client } from "#client/client.ts";
import type { LoadedSettings } from "#settings/load.ts";
import { openApi } from "../api.ts";
import type { NameKind } from "./kinds.ts";

export interface Candidate {
  value: string;
  /** In a few words, where the shell shows them. */
  says?: string;
}

export interface Names {
  cwd: string;
  /** `type`: the block type whose fields are meant, or the deployment or entrypoint whose parameters. */
  list(kind: NameKind, type?: string): Promise<Candidate[]>;
}

/** The longest wait for a server after a key press. */
const RETRY_SECONDS = 0.3;
const MOST = 200;

type Lister = (client: Client, type: string) => Promise<Candidate[]>;

/** Known without the API. */
type StaticKind =
  | ("state" | "state-type" | "overlap" | "catchup" | "infrastructure")
  | ("profile" | "setting" | "zone" | "flow-parameter");

const LISTERS: Record<Exclude<NameKind, StaticKind>, Lister> = {
  async deployment(client) {
    const { namedDeployments } = await import("../deployment/named.ts");
    return (await namedDeployments(client)).map(({ fullName, description }) => ({
      value: fullName,
      ...said(description),
    }));
  },
  async flow(client) {
    const { listFlows } = await import("#wire/deployments/flows.ts");
    return (await client.call(listFlows, { body: { limit: MOST } })).map(({ name }) => ({ value: name }));
  },
  async block(client) {
    const { listBlockDocuments } = await import("#wire/blocks.ts");
    const found = await client.call(listBlockDocuments, { body: { limit: MOST } });
    return found.flatMap(({ name, block_type, is_anonymous }) =>
      is_anonymous || !block_type ? [] : [{ value: `${block_type.slug}/${name}` }],
    );
  },
  async "block-type"(client) {
    const { listBlockTypes } = await import("#wire/blocks.ts");
    const found = await client.call(listBlockTypes, { body: { limit: MOST } });
    return found.map(({ slug, name }) => ({ value: slug, says: name }));
  },
  async "block-field"(client, type) {
    const [{ typeWithFields }, { fieldWords }] = await Promise.all([
      import("../block/type-fields.ts"),
      import("../block/fields/words.ts"),
    ]);
    return fieldWords(client, (await typeWithFields(client, type)).fields);
  },
  async parameter(client, name) {
    const [{ deploymentNamed }, { parameterWords }] = await Promise.all([
      import("../deployment/named.ts"),
      import("./parameter-words.ts"),
    ]);
    return parameterWords((await deploymentNamed(client, name)).parameter_openapi_schema);
  },
  async queue(client) {
    const { listWorkQueues } = await import("#wire/pools/work-queues.ts");
    const found = await client.call(listWorkQueues, { body: { limit: MOST } });
    return found.map(({ name, is_paused }) => ({ value: name, ...said(is_paused ? "paused" : null) }));
  },
  async pool(client) {
    const { listWorkPools } = await import("#wire/pools/work-pools.ts");
    return (await client.call(listWorkPools, { body: { limit: MOST } })).map(({ name, type }) => ({
      value: name,
      says: type,
    }));
  },
  async "flow-run"(client) {
    const { listFlowRuns } = await import("#wire/runs/flow-runs.ts");
    const found = await client.call(listFlowRuns, { body: { limit: 20, sort: "EXPECTED_START_TIME_DESC" } });
    return found.map(({ id, name, state_name }) => ({ value: id, says: `${name}, ${state_name}` }));
  },
  async "task-run"(client) {
    const { listTaskRuns } = await import("#wire/runs/task-runs.ts");
    const found = await client.call(listTaskRuns, { body: { limit: 20, sort: "EXPECTED_START_TIME_DESC" } });
    return found.map(({ id, name, state_name }) => ({ value: id, says: `${name}, ${state_name}` }));
  },
  async variable(client) {
    const { listVariables } = await import("#wire/variables.ts");
    return (await client.call(listVariables, { body: { limit: MOST } })).map(({ name }) => ({ value: name }));
  },
  async artifact(client) {
    const { listLatestArtifacts } = await import("#wire/artifacts.ts");
    const found = await client.call(listLatestArtifacts, { body: { limit: MOST } });
    return found.map(({ key, type }) => ({ value: key, ...said(type) }));
  },
  async "concurrency-limit"(client) {
    const { listConcurrencyLimits } = await import("#wire/pools/concurrency-limits.ts");
    const found = await client.call(listConcurrencyLimits, { body: { limit: MOST } });
    return found.map(({ tag, concurrency_limit }) => ({ value: tag, says: `${concurrency_limit} at once` }));
  },
  async notification(client) {
    const { listNotificationPolicies } = await import("#wire/notifications.ts");
    const found = await client.call(listNotificationPolicies, { body: { limit: MOST } });
    return found.map(({ id, state_names, tags }) => ({ value: id, ...said([...state_names, ...tags].join(", ")) }));
  },
};

/** `type`: whose fields or parameters are meant, for those alone. `cwd`: where files are. */
export async function listNames(
  kind: NameKind,
  { settings }: LoadedSettings,
  type: string | undefined,
  cwd: string,
): Promise<Candidate[]> {
  if ((kind === "block-field" || kind === "parameter") && type === undefined) return [];
  if (kind === "flow-parameter") return parametersOfFile(type ?? "", cwd);
  if (kind === "zone") return Intl.supportedValuesOf("timeZone").map((value) => ({ value }));
  if (kind === "setting") {
    const { SETTINGS } = await import("#settings/table.ts");
    return Object.entries(SETTINGS).map(([value, { sentence }]) => ({ value, says: sentence }));
  }
  if (kind === "state" || kind === "state-type") {
    const [{ STATE_NAMES }, { STATE_TYPES }] = await Promise.all([
      import("#domain/states.ts"),
      import("#wire/runs/states.ts"),
    ]);
    return (kind === "state" ? STATE_NAMES : STATE_TYPES).map((value) => ({ value }));
  }
  if (kind === "overlap" || kind === "catchup") {
    const { OVERLAPS, CATCHUPS } = await import("#wire/runs/run-policies.ts");
    return (kind === "overlap" ? OVERLAPS : [...CATCHUPS, "within 6h"]).map((value) => ({ value }));
  }
  if (kind === "infrastructure") {
    const { INFRASTRUCTURE_TYPES } = await import("#domain/infrastructure-blocks.ts");
    return INFRASTRUCTURE_TYPES.map((value) => ({ value }));
  }
  if (kind === "profile") {
    const { readProfiles } = await import("#settings/profiles.ts");
    const { profiles } = readProfiles(join(settings.ORCH_HOME, "profiles.toml"));
    return Object.keys(profiles).map((value) => ({ value }));
  }
  // Looking must not make a database.
  if (settings.ORCH_API_URL === null && !existsSync(join(settings.ORCH_HOME, "orch.db"))) return [];
  const { client, close } = await openApi({ ...settings, ORCH_API_REQUEST_TIMEOUT: RETRY_SECONDS }, { retries: 0 });
  try {
    return await LISTERS[kind](client, type ?? "");
  } finally {
    await close();
  }
}

/** Read from the text: loading the file would run it. */
async function parametersOfFile(entrypoint: string, cwd: string): Promise<Candidate[]> {
  const [{ splitEntrypoint, languageOf }, { signatureBySyntax }, { parameterWords }] = await Promise.all([
    import("#domain/entrypoint.ts"),
    import("#project/typescript/written-signature.ts"),
    import("./parameter-words.ts"),
  ]);
  const found = splitEntrypoint(entrypoint);
  if (!found || languageOf(found.file) === "python") return [];
  return parameterWords(signatureBySyntax(resolve(cwd, found.file), found.exportName).schema);
}

function said(text: string | null): { says?: string } {
  const [line = ""] = (text ?? "").trim().split("\n");
  return line === "" ? {} : { says: line };
}
