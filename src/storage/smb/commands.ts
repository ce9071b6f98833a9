// Writes the commands of smbclient, and reads what it prints for them. smbclient has quotes and no way to write a quote inside
// of them; `!` at the start of a line is a shell, and some of its commands take patterns. What could be any of this is refused.
import { OrchError } from "#lib/errors.ts";
import type { StoredFile } from "../file-store.ts";

/** What names on shares cannot hold; smbclient would take the same for quotes, patterns, or ends of commands. */
const FORBIDDEN = /["*:<>?|\\\p{Cc}]/u;

/** The parts of a path with slashes. Throws `invalid` for names that shares do not take. */
export function checkedParts(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const odd = parts.find((part) => part !== ".." && (FORBIDDEN.test(part) || /[. ]$/.test(part)));
  if (odd === undefined) return parts;
  const rule = 'Names there have none of " * : < > ? | \\, no control characters, and no blank or point at their end.';
  throw new OrchError("invalid", `${JSON.stringify(odd)} cannot be the name of a file or folder on a share. ${rule}`);
}

/** A path from the root of the share, in quotes. Throws as `checkedParts`. */
export function quoted(path: string): string {
  return `"${checkedParts(path).join("\\")}"`;
}

/** A path of this machine, in quotes. */
export function quotedLocal(path: string): string {
  if (!/["\p{Cc}]/u.test(path)) return `"${path}"`;
  throw new OrchError("invalid", `Temporary files cannot be in ${JSON.stringify(path)}: set TMPDIR to another folder.`);
}

/** `mkdir` makes all folders on the way in this mode only, and is content with what is there. */
export function madeFolders(folder: string): string[] {
  return folder === "" ? [] : inDepth(`mkdir ${quoted(folder)}`);
}

/** Lists a folder at any depth; `""` is the share. */
export function listing(folder: string): string[] {
  return inDepth(folder === "" ? "ls" : `ls "${checkedParts(folder).join("\\")}\\*"`);
}

/** `recurse` turns it on, and off again: `del` in this mode would remove in all folders below. */
function inDepth(command: string): string[] {
  return ["recurse", command, "recurse"];
}

// `  %-30s%7.7s %8.0f  %s`, counted in bytes: name, attributes, size, time.
const ENTRY = /^ {2}(?<name>.{30,}?)(?<attributes>[ A-Za-z]{7}) +(?<bytes>\d+) {2}\w{3} \w{3} [ \d]\d [\d:]{8} \d{4}$/;

/** The files that `listing` printed. `output`: one character for each byte. */
export function filesIn(output: string, folder: string): StoredFile[] {
  const root = checkedParts(folder).join("\\");
  const prefix = root === "" ? "" : `\\${root}`;
  let place = "";
  return output.split("\n").flatMap((line) => {
    if (line.startsWith("\\")) {
      const heading = textOf(line);
      place = heading.startsWith(prefix) ? heading.slice(prefix.length).replaceAll("\\", "/").slice(1) : "";
      return [];
    }
    const { name = "", attributes = "", bytes } = ENTRY.exec(line)?.groups ?? {};
    if (bytes === undefined || attributes.includes("D")) return [];
    const path = [place, textOf(name.trimEnd())].filter((part) => part !== "").join("/");
    return [{ path, bytes: Number(bytes) }];
  });
}

/** The text of bytes that were read as one character each. */
export function textOf(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}
