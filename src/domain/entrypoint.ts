// Splits entrypoints, `flows/marvin.ts:sayHi`, into the flow's file and its name there, and says which language the file is in.
import { OrchError } from "#lib/errors.ts";

export interface Entrypoint {
  file: string;
  /** Of the export; in Python of the function. */
  exportName: string;
}

export type Language = "typescript" | "python";

/** Throws `invalid` for text without the name of a flow. */
export function parseEntrypoint(entrypoint: string): Entrypoint {
  const found = splitEntrypoint(entrypoint);
  if (found) return found;
  const sentence = "Your flow entrypoint must include the name of the function that is the entrypoint to your flow.";
  throw new OrchError("invalid", `${sentence} Try ${entrypoint.replace(/:$/, "")}:<flow_name>`);
}

/** `undefined` for text that is no entrypoint. */
export function splitEntrypoint(entrypoint: string | null): Entrypoint | undefined {
  const at = entrypoint?.lastIndexOf(":") ?? -1;
  if (!entrypoint || at < 1 || at === entrypoint.length - 1) return undefined;
  return { file: entrypoint.slice(0, at), exportName: entrypoint.slice(at + 1) };
}

/** As `parseEntrypoint`, but a file alone is taken too: `flows/marvin.ts` means the only flow in it. */
export function entrypointOrFile(text: string): { file: string; exportName: string | undefined } {
  const found = splitEntrypoint(text);
  // `C:\flows\marvin.ts` is a file alone.
  const isDrive = found !== undefined && /^[a-z]$/i.test(found.file);
  return found && !isDrive ? found : { file: text.replace(/:$/, ""), exportName: undefined };
}

/** By the file's ending. TypeScript includes JavaScript. */
export function languageOf(file: string): Language {
  return file.endsWith(".py") ? "python" : "typescript";
}

/** Of the flow at an entrypoint. Text that is no entrypoint counts as TypeScript. */
export function languageAt(entrypoint: string | null): Language {
  return languageOf(splitEntrypoint(entrypoint)?.file ?? "");
}
