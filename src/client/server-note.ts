// The note a server leaves in its home: where it listens, and its process.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, tryParseJson } from "#lib/json.ts";

export interface ServerNote {
  url: string;
  pid: number;
}

export function serverNotePath(home: string): string {
  return join(home, "server.json");
}

/** `undefined` when there is none, or none that can be read. */
export function readServerNote(home: string): ServerNote | undefined {
  try {
    const note = tryParseJson(readFileSync(serverNotePath(home), "utf8"));
    if (
      !isObject(note) ||
      typeof note["url"] !== "string" ||
      !URL.canParse(note["url"]) ||
      typeof note["pid"] !== "number"
    )
      return undefined;
    return { url: note["url"], pid: note["pid"] };
  } catch {
    return undefined; // there is none
  }
}
