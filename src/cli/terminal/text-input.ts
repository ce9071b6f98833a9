// Reads text from standard input and from files that were named on the command line.
import { closeSync, openSync, readSync } from "node:fs";
import { resolve } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { systemFault } from "#lib/files/system-fault.ts";
import { MOST_BODY_BYTES } from "#lib/limits.ts";
import { withUserHome } from "#lib/process/user-home.ts";

/** To its end. Throws `invalid` for more than a request may hold, and for bytes that are no text. */
export async function standardInput(): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of Bun.stdin.stream()) {
    parts.push(part);
    size += part.length;
    if (size > MOST_BODY_BYTES) throw tooMuch("Standard input");
  }
  return textOf(Buffer.concat(parts), "Standard input");
}

/** `~/` is the home folder. Throws `invalid` with a sentence that begins with `what`. */
export function textFile(path: string, cwd: string, what: string): string {
  const place = resolve(cwd, withUserHome(path));
  try {
    return textOf(bytesOf(place, `The file '${path}' for ${what}`), `The file '${path}' for ${what}`);
  } catch (error) {
    if (error instanceof OrchError) throw error;
    throw new OrchError("invalid", `${whyNot(error, path)} It was to be read for ${what}.`, { cause: error });
  }
}

/** Piece by piece: a device such as /dev/zero has no size, and no end. */
function bytesOf(place: string, what: string): Buffer {
  const file = openSync(place, "r");
  try {
    const parts: Buffer[] = [];
    let size = 0;
    for (;;) {
      const part = Buffer.alloc(64 * 1024);
      const length = readSync(file, part);
      if (length === 0) return Buffer.concat(parts);
      parts.push(part.subarray(0, length));
      size += length;
      if (size > MOST_BODY_BYTES) throw tooMuch(what);
    }
  } finally {
    closeSync(file);
  }
}

function whyNot(error: unknown, path: string): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return `There is no file '${path}'.`;
  if (code === "EISDIR") return `'${path}' is a folder.`;
  if (code === "EACCES" || code === "EPERM") return `The file '${path}' may not be read.`;
  return systemFault(error, path) ?? `The file '${path}' cannot be read (${String(code)}).`;
}

function textOf(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new OrchError("invalid", `${what} is no text in UTF-8.`, { cause: error });
  }
}

function tooMuch(what: string): OrchError {
  return new OrchError(
    "invalid",
    `${what} holds more than ${MOST_BODY_BYTES / 1024 / 1024} MB, the most that a request may hold.`,
  );
}
