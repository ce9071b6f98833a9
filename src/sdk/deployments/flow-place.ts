// Where a flow was defined: the file and the export that runs will load it by.
import { existsSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type FlowDefinition, flowName } from "#domain/definitions.ts";
import { OrchError } from "#lib/errors.ts";

interface Place {
  file: string;
  line: number;
  /** From 1. */
  column: number;
}

/** Our own files: from source, and in the module of 'bun FILE'. In the executable they have no path on disk. */
const OWN = import.meta.dir.replace(/[\\/]sdk[\\/]deployments$/, "");
const PLACE = /\(?((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/])[^()]*):(\d+):(\d+)\)?$/;

/** The lines of user files on the stack, nearest first. */
export function placesOf({ stack = "" }: Error): Place[] {
  return stack.split("\n").flatMap((frame) => {
    const [, path = "", line, column] = PLACE.exec(frame.trimEnd()) ?? [];
    const file = path.startsWith("file:") ? fileURLToPath(path) : path;
    const isUsers = file !== "" && !file.startsWith(`${OWN}/`) && !file.startsWith(`${OWN}\\`) && existsSync(file);
    return isUsers ? [{ file, line: Number(line), column: Number(column) }] : [];
  });
}

export interface FlowFile {
  /** Absolute. */
  file: string;
  exportName: string;
}

/** Throws `invalid` when no file on the way to the definition exports the flow. */
export async function findFlow(flow: FlowDefinition): Promise<FlowFile> {
  const { exportAt } = await import("#project/exports.ts");
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
  const sentence = `'${file}' lies outside of '${folder}', where the deployment is built: run the script in a folder that holds both, or give 'path' and 'entrypoint'.`;
  throw new OrchError("invalid", sentence);
}
