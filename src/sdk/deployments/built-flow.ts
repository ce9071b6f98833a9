// What a deployment takes from its flow's source: where it is, its parameters, its own words.
import { resolve } from "node:path";
import { type FlowDefinition, flowName } from "#domain/definitions.ts";
import type { JsonObject } from "#lib/json.ts";
import { signatureOfFlow } from "#project/flow-signature.ts";
import { fileVersion, parseEntrypoint } from "#project/load-flow.ts";
import { entrypointIn, findFlow } from "./flow-place.ts";

export interface SourceOfFlow {
  name: string;
  /** `flows/marvin.ts:sayHi`, relative to the current folder. */
  entrypoint: string;
  description: string | null;
  version: string;
  tags: string[];
  schema: JsonObject;
}

/** `entrypoint`: where it is, if that was told. Throws `invalid` when it cannot be found. */
export async function readFlowSource(flow: FlowDefinition, entrypoint: string | null): Promise<SourceOfFlow> {
  const folder = process.cwd();
  const place = entrypoint === null ? await findFlow(flow) : parseEntrypoint(entrypoint);
  const file = resolve(folder, place.file);
  const { description, version, tags, schema } = await signatureOfFlow(flow, file, place.exportName, console.warn);
  const { options } = flow;
  return {
    name: flowName(flow, place.exportName),
    entrypoint: entrypoint ?? entrypointIn(folder, place),
    description: options.description ?? description,
    version: options.version ?? version ?? (await fileVersion(file)),
    tags: [...tags],
    schema,
  };
}
