// `orch __complete WORD…`: what may stand where the last word is, for the completion scripts of shells. One line each,
// with a tab before what it says; `:files` and `:folders` leave it to the shell. Silent when something is wrong.
import { visibleLine } from "#lib/text/visible.ts";
import { loadSettings } from "#settings/load.ts";
import type { Io } from "../kit/command.ts";
import { candidatesFor } from "./candidates.ts";
import type { Candidate, Names } from "./names.ts";

export async function complete(words: readonly string[], io: Pick<Io, "out" | "env" | "cwd">): Promise<number> {
  try {
    for (const { value, says } of await candidatesFor(words, namesOf(io))) {
      // A name that would end the line, or that cannot be typed, is none to offer.
      if (visibleLine(value) === value) io.out(says ? `${value}\t${visibleLine(says)}` : value);
    }
  } catch {
    // A prompt is no place for sentences.
  }
  return 0;
}

function namesOf(io: Pick<Io, "env" | "cwd">): Names {
  return {
    cwd: io.cwd,
    async list(kind, type): Promise<Candidate[]> {
      const loaded = loadSettings(io.env, { mending: true });
      const { listNames } = await import("./names.ts");
      return listNames(kind, loaded, type, io.cwd);
    },
  };
}
