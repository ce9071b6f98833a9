// What a deployment takes from its flow's source: where it is, its parameters, its own words.
import { resolve } from "node:path";
import type { FlowDefinition } from "#domain/definitions.ts";
import { parseEntrypoint } from "#domain/entrypoint.ts";
import type { FlowDescription } from "#project/flow-source.ts";
import { describeFlow } from "#project/typescript/described-flow.ts";
import { entrypointIn, findFlow } from "./flow-place.ts";

export interface SourceOfFlow extends FlowDescription {
  /** `flows/marvin.ts:sayHi`, relative to the current folder. */
  entrypoint: string;
}

/** `entrypoint`: where it is, if that was given. Throws `invalid` when it cannot be found. */
export async function readFlowSource(flow: FlowDefinition, entrypoint: string | null): Promise<SourceOfFlow> {
  const folder = process.cwd();
  const place = entrypoint === null ? await findFlow(flow) : parseEntrypoint(entrypoint);
  const file = resolve(folder, place.file);
  const described = await describeFlow(flow, file, place.exportName, console.warn);
  return { ...described, entrypoint: entrypoint ?? entrypointIn(folder, place) };
}
