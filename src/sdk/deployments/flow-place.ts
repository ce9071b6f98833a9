// Where a flow was defined: the file and the export that runs will load it by.
import { isAbsolute, relative, resolve } from "node:path";
import { type FlowDefinition, flowName } from "#domain/definitions.ts";
import { OrchError } from "#lib/errors.ts";
import { placesOf } from "../places.ts";

export interface FlowFile {
  /** Absolute. */
  file: string;
  exportName: string;
}

/** Throws `invalid` when no file on the way to the definition exports the flow. */
export async function findFlow(flow: FlowDefinition): Promise<FlowFile> {
  const { exportAt } = await import("#project/typescript/exports.ts");
  for (const { file, line, column } of flow.origin ? placesOf(flow.origin) : []) {
    const exportName = exportAt(file, { line, column: column - 1 }, flow.fn.name);
    if (exportName !== undefined) return { file, exportName };
  }
  const sentence = `No file was found that exports the flow '${flowName(flow)}'. Export it where it is defined, or give its 'entrypoint', such as 'flows/marvin.ts:sayHi'.`;
  throw new OrchError("invalid", sentence);
}

/** `flows/marvin.ts:sayHi`, relative to the folder. Throws `invalid` for a file outside of it. */
export function entrypointIn(folder: string, { file, exportName }: FlowFile): string {
  const way = relative(folder, resolve(file));
  if (!way.startsWith("..") && !isAbsolute(way)) return `${way}:${exportName}`;
  const sentence = `'${file}' is outside of '${folder}', where the deployment is built: run the script in a folder that contains both, or give 'path' and 'entrypoint'.`;
  throw new OrchError("invalid", sentence);
}
