// Parameters given on the command line: `name=value`, where the value is JSON if it reads as JSON, else text.
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, tryParseJson } from "#lib/json.ts";
import type { Io } from "./command.ts";

/** Of commands that make a run: `--param` and `--params`, where `-` reads standard input. */
export const RUN_PARAMETER_OPTIONS = {
  param: {
    type: "string",
    alias: "p",
    multiple: true,
    description: "A parameter: name=value, the value as JSON or text.",
  },
  params: { type: "string", description: "Parameters as a JSON object; '-' reads them from standard input." },
} as const;

/** Both together; a parameter given alone wins, and that is said. */
export async function readRunParameters(param: string[], params: string | undefined, io: Io): Promise<JsonObject> {
  const all = params === undefined ? {} : parseParams(params === "-" ? await piped(io) : params);
  const single = Object.fromEntries(param.map(parseParam));
  const both = Object.keys(single).filter((key) => Object.hasOwn(all, key));
  if (both.length > 0) {
    io.err(`The following parameters were specified by both --param and --params, --param wins: ${both.join(", ")}`);
  }
  return { ...all, ...single };
}

async function piped(io: Io): Promise<string> {
  const text = await io.stdin();
  if (text.trim() === "") throw new OrchError("invalid", "No data passed to stdin");
  return text;
}

/** `name=value` to its two halves. Throws `invalid` without a `=`. */
export function splitPair(text: string, option: string): [name: string, value: string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new OrchError("invalid", `'${text}' has no value: give ${option} as name=value.`);
}

/** Text with a quotation mark in it was meant to be JSON: then it has to be. */
export function parseParam(text: string): [name: string, value: Json] {
  const [name, given] = splitPair(text, "--param");
  const value = tryParseJson(given);
  if (value !== undefined) return [name, value];
  if (!given.includes('"')) return [name, given];
  throw new OrchError("invalid", `Failed to parse JSON for parameter '${name}' with value ${given}.`);
}

/** `--params`: a JSON object. Throws `invalid` for anything else. */
export function parseParams(text: string): JsonObject {
  const value = tryParseJson(text);
  if (value !== undefined && isObject(value)) return value as JsonObject; // JSON holds JSON
  throw new OrchError("invalid", `Failed to parse JSON: --params must be an object such as '{"name": "Ada"}'.`);
}

/** `--param` of a build: what is no JSON is text, quotation marks and all. */
export function looseParam(text: string): [name: string, value: Json] {
  const [name, given] = splitPair(text, "--param");
  const value = tryParseJson(given);
  return [name, value === undefined ? given : value];
}

export function isParamJson(text: string): boolean {
  return tryParseJson(splitPair(text, "--param")[1]) !== undefined;
}
