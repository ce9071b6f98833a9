// From a request to the parsed input of its handler, or to the 422 that says what is wrong with it.
import * as v from "valibot";
import { parseId } from "#lib/ids.ts";
import { isTooDeep, mayChange, parseJson } from "#lib/json.ts";
import type { Endpoint } from "#wire/endpoint.ts";
import { validationProblem } from "#wire/problems.ts";
import { jsonFault } from "./json-fault.ts";
import { ProblemError } from "./problem.ts";
import type { ParsedInput } from "./route.ts";

/** Batches of logs are 4 MB at most. */
export const MOST_BODY_BYTES = 64 * 1024 * 1024;
export const TOO_LARGE = { detail: "The body is larger than 64 MB." };

const NO_QUERY = new URLSearchParams();

/** Throws a ProblemError of status 422, or 400 for a body that ends before its time, 413 for one that is too large. */
export async function readInput(
  endpoint: Endpoint,
  params: Record<string, string>,
  request: Request,
  url: { search: string },
): Promise<ParsedInput> {
  const text = endpoint.body ? await textOf(request) : "";
  const id = params["id"];
  if (id !== undefined) params["id"] = checkedId(endpoint, id, text);
  const query = endpoint.query ? readQuery(endpoint.query(), url.search) : undefined;
  return { params, query, body: endpoint.body ? readBody(endpoint, text) : undefined, text };
}

async function textOf(request: Request): Promise<string> {
  try {
    // In pieces it comes without a length that was checked beforehand.
    return request.headers.has("transfer-encoding") ? await textInPieces(request) : await request.text();
  } catch (error) {
    if (error instanceof ProblemError || !request.signal.aborted) throw error;
    throw new ProblemError(400, { detail: "The connection was closed in the middle of the request." });
  }
}

async function textInPieces({ body }: Request): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body ?? []) {
    bytes += piece.length;
    if (bytes > MOST_BODY_BYTES) throw new ProblemError(413, TOO_LARGE);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function checkedId({ idInRoute }: Endpoint, given: string, text: string): string {
  const id = parseId(given);
  if (id !== null) return id;
  if (idInRoute) throw new ProblemError(404, { detail: "Not Found" });
  const detail = [{ loc: ["path", "id"], msg: "value is not a valid uuid", type: "type_error.uuid" }];
  throw new ProblemError(422, invalid(detail, bodyOf(text) ?? null));
}

function readQuery(schema: v.GenericSchema, search: string): unknown {
  const values = Object.fromEntries(search ? new URLSearchParams(search) : NO_QUERY);
  const result = v.safeParse(schema, values);
  if (result.success) return result.output;
  throw new ProblemError(422, validationProblem("query", result.issues, null));
}

function readBody(endpoint: Endpoint, text: string): unknown {
  const schema = endpoint.body?.();
  if (!schema) return undefined;
  const given = bodyOf(text);
  // A body of several parts that is left out lacks each of them; one that is a whole is itself what is missing.
  const value = given ?? (endpoint.bodyOptional || schema.type === "object" ? {} : undefined);
  if (value === undefined) {
    const detail = [{ loc: ["body"], msg: "field required", type: "value_error.missing" }];
    throw new ProblemError(422, invalid(detail, null));
  }
  // To a check of shapes a number that is kept by its digits is an object: so it looks at plain numbers first.
  const plain = mayChange(text) ? v.safeParse(schema, JSON.parse(text)) : undefined;
  const result = plain?.success === false ? plain : v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new ProblemError(422, validationProblem("body", result.issues, isTooDeep(given) ? null : (given ?? null)));
}

/** `undefined` for no body and for `null`. */
function bodyOf(text: string): unknown {
  if (text === "") return undefined;
  try {
    return parseJson(text) ?? undefined;
  } catch (error) {
    throw error instanceof RangeError ? tooDeep() : noJson(text);
  }
}

function tooDeep(): ProblemError {
  const detail = [{ loc: ["body"], msg: "The body is nested too deep", type: "value_error" }];
  return new ProblemError(422, invalid(detail, null));
}

function noJson(text: string): ProblemError {
  try {
    const { pos, ...fault } = jsonFault(text);
    const ctx = { ...fault, doc: text, pos };
    const msg = `${fault.msg}: line ${fault.lineno} column ${fault.colno} (char ${pos})`;
    return new ProblemError(422, invalid([{ loc: ["body", pos], msg, type: "value_error.jsondecode", ctx }], text));
  } catch (error) {
    if (error instanceof RangeError) return tooDeep();
    throw error;
  }
}

function invalid(detail: unknown[], body: unknown): unknown {
  return { exception_message: "Invalid request received.", exception_detail: detail, request_body: body };
}
