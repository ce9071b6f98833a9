// What `orch deployment build` can be told, and what it means.

import { INFRASTRUCTURE_TYPES, type InfrastructureType, isInfrastructureType } from "#domain/infrastructure-blocks.ts";
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import { didYouMean } from "#lib/text/nearest.ts";
import { checkName, refuseUnprintable } from "#project/deployments/deployment-refusals.ts";
import { parseBlockName } from "#project/deployments/saved-blocks.ts";
import { type Io, JSON_OPTION, UsageError, type Values } from "../../kit/command.ts";
import { parseSingle, readParams, splitPair, type TypedParameters } from "../../options/json-arguments.ts";
import { wholeNumber } from "../../options/numbers.ts";
import { POLICY_OPTIONS, readPolicies, readSchedule, SCHEDULE_OPTIONS } from "../../options/schedule-options.ts";

export const BUILD_OPTIONS = {
  entrypoint: {
    type: "positional",
    required: true,
    description: "The flow, as path/to/file.ts:export; a file with one flow needs no export.",
  },
  name: { type: "string", alias: "n", description: "The name of the deployment." },
  description: { type: "string", alias: "d", description: "A description. Default: the flow's.", mayBeEmpty: true },
  version: {
    type: "string",
    alias: "v",
    description: "A version. Default: the flow's, or the MD5 of its file.",
    mayBeEmpty: true,
  },
  tag: { type: "string", alias: "t", multiple: true, description: "A tag; may be given more than once." },
  "work-queue": { type: "string", alias: "q", description: "Work queue of the runs." },
  pool: { type: "string", alias: "p", description: "The work pool of the queue." },
  limit: { type: "string", alias: "l", description: "How many runs of the queue may execute at the same time." },
  infra: {
    type: "string",
    alias: "i",
    description: `Where runs execute: ${INFRASTRUCTURE_TYPES.join(", ")}. Default: process.`,
  },
  "infra-block": { type: "string", alias: "ib", description: "A saved infrastructure block, as type/name." },
  override: { type: "string", multiple: true, description: "A field of the infrastructure: env.NAME=value." },
  "storage-block": {
    type: "string",
    alias: "sb",
    description: "A saved storage block for the code, as type/name or type/name/path.",
  },
  "skip-upload": { type: "boolean", description: "Upload nothing; without a storage block runs work in this folder." },
  param: { type: "string", multiple: true, description: "A default parameter: name=value." },
  params: {
    type: "string",
    description: "All default parameters, as a JSON object; @FILE reads them from a file, '-' from standard input.",
  },
  path: { type: "string", description: "A path in the storage block; without one, the folder that runs work in." },
  output: { type: "string", alias: "o", description: "The file to write. Default: <function>-deployment.yaml." },
  apply: { type: "boolean", alias: "a", description: "Also register the deployment." },
  ...SCHEDULE_OPTIONS,
  ...POLICY_OPTIONS,
  ...JSON_OPTION,
} as const;

export type BuildFlags = Values<typeof BUILD_OPTIONS>;
export type Told = Awaited<ReturnType<typeof readOptions>>;

/** Everything that can be refused before a file is touched or the server asked, in the old command's order. */
export async function readOptions(flags: BuildFlags, io: Pick<Io, "stdin" | "cwd">) {
  const { name } = flags;
  if (!name) throw new OrchError("invalid", "A name for this deployment must be provided with the '--name' flag.");
  checkName(name);
  refuseUnprintable("The work queue's name", flags["work-queue"]);
  refuseUnprintable("The work pool's name", flags.pool);
  const schedule = readSchedule(flags);
  if (flags.infra !== undefined && flags["infra-block"] !== undefined) {
    throw new OrchError("invalid", "Only one of `infra` or `infra_block` can be provided, please choose one.");
  }
  const output = readOutput(flags.output);
  const infra = readInfra(flags.infra);
  const infraBlock =
    flags["infra-block"] === undefined ? undefined : parseBlockName(flags["infra-block"], "--infra-block");
  if (infraBlock?.path) {
    throw new OrchError("invalid", `'${flags["infra-block"]}' names no block: give --infra-block as type/name.`);
  }
  const storageBlock =
    flags["storage-block"] === undefined ? undefined : parseBlockName(flags["storage-block"], "--storage-block");
  if (storageBlock?.path && flags.path) {
    const sentence =
      "Must provide a `path` explicitly or provide one on the storage block specification, but not both.";
    throw new OrchError("invalid", sentence);
  }
  return {
    ...{ name, schedule, output, infra, infraBlock, storageBlock, limit: wholeNumber("--limit", flags.limit, 0) },
    /** By their names in deployment files. */
    texts: {
      ...{ description: flags.description, version: flags.version },
      ...{ work_queue_name: flags["work-queue"], work_pool_name: flags.pool },
    },
    ...readPolicies(flags),
    overrides: readOverrides(flags.override),
    parameters: await readParameters(flags.param, flags.params, io),
  };
}

function readInfra(text: string | undefined): InfrastructureType | undefined {
  if (text === undefined || isInfrastructureType(text)) return text;
  const known = INFRASTRUCTURE_TYPES.map((type) => `'${type}'`).join(", ");
  // Work pools have types of the same kinds: `docker`.
  const whole = INFRASTRUCTURE_TYPES.find((type) => type.startsWith(`${text.toLowerCase()}-`));
  const hint = didYouMean(whole ?? text, INFRASTRUCTURE_TYPES);
  throw new UsageError(`Invalid value for '--infra' / '-i': '${text}' is not one of ${known}.${hint}`);
}

function readOutput(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const suffix = /\.[^./]*$/.exec(given)?.[0];
  if (suffix !== undefined && suffix !== ".yaml") throw new OrchError("invalid", "Output file must be a '.yaml' file.");
  return suffix ? given : `${given}.yaml`;
}

function readOverrides(given: readonly string[]): JsonObject {
  return Object.fromEntries(given.map((text) => splitPair(text, "--override")));
}

async function readParameters(
  param: readonly string[],
  params: string | undefined,
  io: Pick<Io, "stdin" | "cwd">,
): Promise<TypedParameters | undefined> {
  if (param.length > 0 && params !== undefined) {
    throw new OrchError("invalid", "Can only pass one of `param` or `params` options");
  }
  if (param.length === 0 && params === undefined) return undefined;
  return { single: parseSingle(param), all: params === undefined ? {} : await readParams(params, io) };
}
