// Reads `--field name=value`: the value itself, `-` for standard input, `@file` for what a file holds, `@@…` for a text that begins with `@`.
import { soundsSecret } from "#blocks/secrets.ts";
import { branchesOf } from "#domain/parameters/json-schema.ts";
import { OrchError } from "#lib/errors.ts";
import type { Io } from "../../kit/command.ts";
import { fieldAt } from "./paths.ts";
import { pairsOf } from "./read-text.ts";
import { type BlockFields, isOpenMapping, kindOf } from "./schema.ts";

export interface GivenField {
  /** `bucket_path`, or `settings.key` for a part of one. */
  path: string;
  text: string;
  /** From standard input, a file, or a person who was asked; else from the command line. */
  isPiped: boolean;
}

/** Of commands that make a block. */
export const FIELD_OPTION = {
  field: {
    type: "string",
    alias: "f",
    multiple: true,
    description: "A field: name=value; name=- reads standard input, name=@FILE a file. A part of one: name.part=value.",
  },
} as const;

/** Throws `invalid` for a field that the type does not have, before anything is read, and for what cannot be read. */
export async function readGiven(texts: readonly string[], fields: BlockFields, io: Io): Promise<GivenField[]> {
  const pairs = texts.map(pairOf);
  for (const { path } of pairs) fieldAt(fields, path);
  const piped = pairs.filter(({ text }) => text === "-");
  const [first, second] = new Set(piped.map(({ path }) => path));
  if (first !== undefined && second !== undefined) {
    const names = [first, second].map((path) => `'${path}'`).join(" and ");
    throw new OrchError(
      "invalid",
      `Only one field can come from standard input, not ${names}: give the others as name=@FILE.`,
    );
  }
  if (piped.length > 1) throw new OrchError("invalid", `The field '${first}' is given twice: give it once.`);
  const given: GivenField[] = [];
  for (const { path, text } of pairs) given.push(await fromItsSource(path, text, fields, io));
  return given;
}

/** True for a `--field` whose value standard input holds. */
export function isFromInput(text: string): boolean {
  return /^[^=]+=-$/.test(text);
}

function pairOf(text: string): { path: string; text: string } {
  const at = text.indexOf("=");
  if (at > 0) return { path: text.slice(0, at).trim(), text: text.slice(at + 1) };
  // What stands there may be a secret whose name was forgotten.
  throw new OrchError("invalid", "A --field is no field: give it as name=value.");
}

async function fromItsSource(path: string, text: string, fields: BlockFields, io: Io): Promise<GivenField> {
  if (text.startsWith("@@")) return { path, text: text.slice(1), isPiped: false };
  if (text === "-") return pipedField(path, await standardInput(path, fields, io), "Standard input", fields);
  if (!text.startsWith("@")) return { path, text, isPiped: false };
  const file = text.slice(1);
  if (file === "") {
    throw new OrchError("invalid", `'${path}=@' names no file; a text that begins with @ is written @@.`);
  }
  const { textFile } = await import("../../terminal/text-input.ts");
  return pipedField(path, textFile(file, io.cwd, `'${path}'`), `The file '${file}'`, fields);
}

/** A person at a terminal is asked for a secret; it is not shown. */
async function standardInput(path: string, fields: BlockFields, io: Io): Promise<string> {
  if (io.isAttended && isSecretPath(fields, path)) return io.askSecret(questionOf(path));
  if (io.isAttended) io.err(`Type the value of '${path}', then press Enter and Ctrl-D.`);
  return io.stdin();
}

export function questionOf(path: string): string {
  return `The value of '${path}' (it is not shown)`;
}

/** By its type; or by its name, where it is a part of which the type says nothing. */
export function isSecretPath(fields: BlockFields, path: string): boolean {
  const { field, rest } = fieldAt(fields, path);
  if (rest === undefined) return field.blockTypes.length === 0 && fields.isSecret([field.name]);
  return fields.isSecret([field.name, ...rest.split(".")]) || soundsSecret(rest);
}

async function pipedField(path: string, whole: string, source: string, fields: BlockFields): Promise<GivenField> {
  const text = withoutItsEnd(whole);
  if (text === "") throw new OrchError("invalid", `${source} holds nothing for '${path}'.`);
  return { path, text: await jsonOfYaml(path, text, fields), isPiped: true };
}

/** The line break at the end of one line is the editor's or the shell's. A text of many lines, as a key file, stays as it is. */
function withoutItsEnd(text: string): string {
  const line = text.replace(/\r?\n$/, "");
  return /[\r\n]/.test(line) ? text : line;
}

/** A mapping in a file may be YAML, as a kubeconfig is. */
async function jsonOfYaml(path: string, text: string, fields: BlockFields): Promise<string> {
  const { field, rest } = fieldAt(fields, path);
  const branches = branchesOf(field.schema, fields.definitions);
  const holdsMapping = branches.every((branch) => ["mapping", "pairs", "list"].includes(kindOf(branch)));
  const arePairs = branches.some(isOpenMapping) && pairsOf(text.trim(), true) !== undefined;
  if (rest !== undefined || !holdsMapping || /^\s*[[{]/.test(text) || arePairs) return text;
  const { yaml } = await import("#project/deployments/yaml-library.ts");
  try {
    const value: unknown = yaml.parse(text);
    return typeof value === "object" && value !== null ? JSON.stringify(value) : text;
  } catch {
    return text; // the reader of the field says what it must be
  }
}
