// How this program starts itself again.
import { fileURLToPath } from "node:url";

/** This executable; from source, bun and the entry. Not by `Bun.main`: `orch run` makes that the user's program. */
export function ownCommand(...words: string[]): string[] {
  return [
    process.execPath,
    ...(isCompiled() ? [] : [fileURLToPath(new URL("../../main.ts", import.meta.url))]),
    ...words,
  ];
}

/** False from source, where the executable is bun. */
export function isCompiled(): boolean {
  return import.meta.url.includes("$bunfs") || import.meta.url.includes("~BUN");
}
