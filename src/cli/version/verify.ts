// Compares this executable with the checksums of its release.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { OrchError } from "#lib/errors.ts";
import type { Io } from "../kit/command.ts";
import { isCompiled } from "../kit/own-command.ts";
import { textFile } from "../terminal/text-input.ts";

const MANIFEST = "checksums.txt";

/** As `sha256sum` writes it. */
const LINE = /^([0-9a-f]{64}) [ *](.+)$/i;

export interface VerifyOptions {
  io: Io;
  /** The manifest; else `checksums.txt` beside the executable, or in `share/orch` beside the folder of the executable. */
  manifest: string | undefined;
  executable?: string;
}

/** Prints what was found; throws `not_found` without a manifest, `invalid` when the executable is not one of those it names. */
export async function verify({ io, manifest, executable = process.execPath }: VerifyOptions): Promise<void> {
  if (!isCompiled()) throw new OrchError("invalid", "This is orch from source: there is no executable to verify.");
  const path = manifest ?? besides(executable);
  const text = textFile(path, io.cwd, "--manifest");
  const digest = await digestOf(executable);
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  const entries = lines.map((line) => LINE.exec(line));
  if (lines.length === 0 || entries.includes(null)) {
    throw new OrchError(
      "invalid",
      `'${path}' is no list of checksums: each line has a SHA-256 and the name of a file.`,
    );
  }
  const entry = entries.find((each) => each?.[1]?.toLowerCase() === digest);
  if (!entry) {
    const sentence = `'${executable}' is none of the files that '${path}' names: it was changed, or is of another release.`;
    throw new OrchError("invalid", `${sentence} Its SHA-256 is ${digest}. Install orch again.`);
  }
  io.out(io.paint.good(`'${executable}' is unchanged: it is '${entry[2]}' of '${path}'.`));
  io.out(`SHA-256: ${digest}`);
}

function besides(executable: string): string {
  const folder = dirname(executable);
  const places = [join(folder, MANIFEST), join(dirname(folder), "share/orch", MANIFEST)];
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  const sentence = `There is no manifest to verify against: neither '${places[0]}' nor '${places[1]}' exists.`;
  throw new OrchError("not_found", `${sentence} Give the ${MANIFEST} of the release by --manifest FILE.`);
}

/** SHA-256 in hexadecimal digits. */
async function digestOf(path: string): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const chunk of Bun.file(path).stream()) hasher.update(chunk);
  return hasher.digest("hex");
}
