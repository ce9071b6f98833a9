// Notes what the compiler asked the disk, and what the answers were: so that a later build sees whether they still are.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ts } from "@ts-morph/common";
import { isObject, type JsonObject } from "#lib/json.ts";

/** How the answer to a question is known again. */
type Ask = (path: string) => string | number | boolean | null;

const QUESTIONS = {
  content: (path) => hashOf(() => readFileSync(path)),
  file: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false,
  folder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
  folders: (path) => hashOf(() => readdirSync(path).sort().join("/")),
  realpath: (path) => (existsSync(path) ? realpathSync(path) : path),
  declarations: (path) => declarationsIn(path),
} satisfies Record<string, Ask>;

type Question = keyof typeof QUESTIONS;

/** For each question the paths, with the answers. */
export type Seen = Record<Question, JsonObject>;

export interface Watched {
  sys: ts.System;
  seen: Seen;
}

export function watched(sys: ts.System): Watched {
  const seen: Seen = { content: {}, file: {}, folder: {}, folders: {}, realpath: {}, declarations: {} };
  const note = (question: Question, path: string) => {
    seen[question][path] ??= QUESTIONS[question](path);
  };
  return {
    seen,
    sys: {
      ...sys,
      readFile(path, encoding) {
        note("content", path);
        return sys.readFile(path, encoding);
      },
      fileExists(path) {
        note("file", path);
        return sys.fileExists(path);
      },
      directoryExists(path) {
        note("folder", path);
        return sys.directoryExists(path);
      },
      getDirectories(path) {
        note("folders", path);
        return sys.getDirectories(path);
      },
      realpath(path) {
        note("realpath", path);
        return sys.realpath?.(path) ?? path;
      },
      /** Of a project only the declarations are asked for: what is imported is found anyway. */
      readDirectory(path, _extensions, ...rest) {
        note("declarations", path);
        return sys.readDirectory(path, DECLARATIONS, ...rest);
      },
    },
  };
}

/** Whether the disk would answer alike now. */
export function isUnchanged(seen: unknown): boolean {
  if (!isObject(seen)) return false;
  return Object.entries(QUESTIONS).every(([question, ask]: [string, Ask]) => {
    const answers = seen[question];
    return isObject(answers) && Object.entries(answers).every(([path, answer]) => ask(path) === answer);
  });
}

function hashOf(read: () => string | Uint8Array): string | null {
  try {
    return Bun.hash(read()).toString(36);
  } catch {
    return null; // not there, or not to be read
  }
}

const DECLARATIONS = [".d.ts", ".d.mts", ".d.cts"];
const MOST_FOLDERS = 5000;

/** The names of all declarations of a project; `NaN`, which is like nothing, for one that is too large to look through. */
function declarationsIn(root: string): string | number | null {
  const names: string[] = [];
  const folders = [root];
  for (const folder of folders) {
    if (folders.length > MOST_FOLDERS) return Number.NaN;
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== "node_modules" && !entry.name.startsWith(".")) folders.push(path);
      if (DECLARATIONS.some((ending) => entry.name.endsWith(ending))) names.push(path);
    }
  }
  return hashOf(() => names.sort().join("\n"));
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // not to be read
  }
}
