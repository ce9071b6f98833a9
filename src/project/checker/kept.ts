// Keeps the signatures that the checker has read for the next build: as long as everything that it read is as it was.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CallShape } from "#domain/parameters/parameter-names.ts";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "#lib/files/private.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import type { Signature } from "../typescript/described.ts";
import { isUnchanged, type Seen } from "./watched.ts";

/** Of which flow. */
export interface Wanted {
  path: string;
  exportName: string;
  /** How its function takes its parameters, where that was looked at. */
  style?: CallShape["style"] | undefined;
}

export interface KeptSignatures {
  /** `undefined` when there is none, or no valid one any more. */
  find(wanted: Wanted): Signature | undefined;
  /** What cannot be written is not kept. */
  keep(wanted: Wanted, seen: Seen, signature: Signature): void;
}

const MOST_ENTRIES = 500;

export function keptSignatures(folder: string): KeptSignatures {
  const fileOf = ({ path, exportName, style }: Wanted) => {
    const key = JSON.stringify([path, exportName, style, builtBy()]);
    return join(folder, `${new Bun.CryptoHasher("sha256").update(key).digest("hex")}.json`);
  };
  return {
    find(wanted) {
      try {
        const kept = tryParseJson(readFileSync(fileOf(wanted), "utf8"));
        if (!isObject(kept) || !isSignature(kept["signature"]) || !isUnchanged(kept["seen"])) return undefined;
        return kept["signature"];
      } catch {
        return undefined; // not there, or cut off
      }
    },
    keep(wanted, seen, signature) {
      try {
        mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
        const target = fileOf(wanted);
        const written = `${target}.${process.pid}.new`;
        writeFileSync(written, JSON.stringify({ seen, signature }), { mode: PRIVATE_FILE });
        renameSync(written, target);
        removeOldest(folder);
      } catch {
        // A home that cannot be written, or another process that tidies: it is read again next time.
      }
    },
  };
}

/** Another executable may read otherwise. */
function builtBy(): unknown[] {
  return [process.execPath, import.meta.path].map((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found && [found.size, found.mtimeMs];
  });
}

function isSignature(value: unknown): value is Signature {
  return isObject(value) && isObject(value["schema"]) && Array.isArray(value["tags"]);
}

function removeOldest(folder: string): void {
  const names = readdirSync(folder);
  if (names.length <= MOST_ENTRIES) return;
  const aged = names.map((name) => ({ name, time: statSync(join(folder, name)).mtimeMs }));
  const oldest = aged.toSorted((a, b) => a.time - b.time).slice(0, names.length - MOST_ENTRIES / 2);
  for (const { name } of oldest) rmSync(join(folder, name), { force: true });
}
