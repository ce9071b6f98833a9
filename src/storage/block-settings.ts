// Reads a block's settings by their names, and knows which were never asked for.
import { type Json, type JsonObject, objectOf, textOfJson } from "#lib/json.ts";

export interface BlockSettings {
  value(name: string): Json | undefined;
  /** Undefined for an empty text too. */
  text(name: string): string | undefined;
  flag(name: string): boolean | undefined;
  /** `{}` for what is none. */
  object(name: string): JsonObject;
  /** Names that were never asked for, in quotes, each with `prefix`. */
  unused(prefix: string): string[];
}

export function readSettings(values: JsonObject): BlockSettings {
  const asked = new Set<string>();
  const value = (name: string): Json | undefined => {
    asked.add(name);
    return values[name] ?? undefined;
  };
  return {
    value,
    text(name) {
      const found = value(name);
      return found === undefined || found === "" ? undefined : textOfJson(found);
    },
    flag(name) {
      const found = value(name);
      return found === undefined ? undefined : /^(true|1|yes)$/i.test(textOfJson(found));
    },
    object(name) {
      const found = value(name);
      return objectOf(found);
    },
    unused: (prefix) => Object.keys(values).flatMap((name) => (asked.has(name) ? [] : [`'${prefix}${name}'`])),
  };
}

/** `bucket/folder` of the two fields that a block has for it; empty without a bucket. */
export function pathOf(given: BlockSettings, bucket: string, folder: string): string {
  const name = given.text(bucket);
  return name === undefined ? "" : `${name}/${given.text(folder) ?? ""}`;
}

/** A sentence about the settings that change nothing; none where all are used. */
export function notesOf(unused: readonly string[]): string[] {
  return unused.length === 0 ? [] : [`Settings of the block that are not used: ${unused.join(", ")}.`];
}
