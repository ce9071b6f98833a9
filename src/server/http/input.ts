// From a request to the parsed input of its handler, or to the 422 that says what is wrong with it.
import * as v from "valibot";
import { parseId } from "#lib/ids.ts";
import { parseScanned } from "#lib/json.ts";
import { JsonLimitError, scanJson } from "#lib/json-scan.ts";
import {
  LARGE_BODY_BYTES,
  MOST_BODY_BYTES,
  MOST_ECHO_LENGTH,
  MOST_ITEMS,
  MOST_TEXT_LEVELS,
  MOST_VALUES,
  shortened,
  TOO_LARGE,
} from "#lib/limits.ts";
import { nextTurn } from "#lib/yield.ts";
import type { Endpoint } from "#wire/endpoint.ts";
import { CONFLICT } from "#wire/primitives.ts";
import { validationProblem } from "#wire/problems.ts";
import { type Bodies, closing } from "./body.ts";
import { jsonFault } from "./json-fault.ts";
import { CONFLICTING, echoOf, ProblemError } from "./problem.ts";
import type { ParsedInput } from "./route.ts";

const NO_QUERY = new URLSearchParams();
const MOST_OF_BODY = { levels: MOST_TEXT_LEVELS, values: MOST_VALUES };

/** Throws a ProblemError of status 422, or one of those that receiving a body ends with (body.ts). */
export async function readInput(
  endpoint: Endpoint,
  params: Record<string, string>,
  request: Request,
  url: { search: string },
  bodies: Bodies,
): Promise<ParsedInput> {
  const text = endpoint.body ? await bodies.text(request) : "";
  // Other requests have their turn between the steps of a large one.
  const pause = text.length > LARGE_BODY_BYTES ? nextTurn : undefined;
  if (text.length > MOST_BODY_BYTES) throw closing(413, TOO_LARGE);
  const id = params["id"];
  if (id !== undefined && endpoint.idInRoute && parseId(id) === null) {
    throw new ProblemError(404, { detail: "Not Found" });
  }
  const given = text === "" ? NOTHING : await parsedBody(text, request.headers, pause);
  if (id !== undefined) params["id"] = checkedId(id, given);
  const query = endpoint.query ? readQuery(endpoint.query(), url.search) : undefined;
  return { params, query, body: endpoint.body ? await checkedBody(endpoint, given) : undefined, text };
}

interface Given {
  text: string;
  /** `undefined` for no body and for `null`. */
  value: unknown;
  /** A number of it is kept by its digits. */
  isExact: boolean;
}

const NOTHING: Given = { text: "", value: undefined, isExact: false };

async function parsedBody(text: string, headers: Headers, pause: (() => Promise<void>) | undefined): Promise<Given> {
  try {
    const isExact = scanJson(text, MOST_OF_BODY);
    await pause?.();
    const value = parseScanned(text, isExact) ?? undefined;
    await pause?.();
    return { text, value, isExact };
  } catch (error) {
    if (error instanceof JsonLimitError) throw passed(`The body ${error.message}`);
    const packing = headers.get("content-encoding");
    if (packing)
      throw new ProblemError(415, {
        detail: `The body is packed ('${shortened(packing)}'): send it as it is, without Content-Encoding.`,
      });
    throw noJson(text);
  }
}

function checkedId(text: string, given: Given): string {
  const id = parseId(text);
  if (id !== null) return id;
  const detail = [{ loc: ["path", "id"], msg: "value is not a valid uuid", type: "type_error.uuid" }];
  throw new ProblemError(422, invalid(detail, echoOf(given)));
}

function readQuery(schema: v.GenericSchema, search: string): unknown {
  const values = Object.fromEntries(search ? new URLSearchParams(search) : NO_QUERY);
  const result = v.safeParse(schema, values);
  if (result.success) return result.output;
  throw new ProblemError(422, validationProblem("query", result.issues, null));
}

async function checkedBody(endpoint: Endpoint, given: Given): Promise<unknown> {
  const schema = endpoint.body?.();
  if (!schema) return undefined;
  // A body of several parts that is left out lacks each of them; one that is a whole is itself what is missing.
  const value = given.value ?? (endpoint.bodyOptional || schema.type === "object" ? {} : undefined);
  if (value === undefined) {
    const detail = [{ loc: ["body"], msg: "field required", type: "value_error.missing" }];
    throw new ProblemError(422, invalid(detail, null));
  }
  // To a check of shapes a number that is kept by its digits is an object: so it looks at plain numbers first.
  const plain = given.isExact ? JSON.parse(given.text) : undefined;
  const result = await checked(schema, value, plain);
  if (result.success) return result.output;
  const faults = result.issues.filter(({ expected }) => expected !== CONFLICT);
  if (faults.length === 0) throw new ProblemError(409, CONFLICTING);
  throw new ProblemError(422, validationProblem("body", faults, echoOf(given)));
}

type Checked = { success: true; output: unknown } | { success: false; issues: v.BaseIssue<unknown>[] };

/** Items that are checked in one turn: 1,000 log lines take 4 ms. */
const SLICE = 1_000;

/** A long list, such as a batch of logs, is checked in slices: others have their turn between them. */
async function checked(schema: v.GenericSchema, value: unknown, plain: unknown): Promise<Checked> {
  const isLong = schema.type === "array" && Array.isArray(value) && value.length > SLICE && value.length <= MOST_ITEMS;
  if (!isLong) return checkedAtOnce(schema, value, plain);
  const output: unknown[] = [];
  for (let from = 0; from < value.length; from += SLICE) {
    const partOf = (list: unknown) => (Array.isArray(list) ? list.slice(from, from + SLICE) : undefined);
    const result = checkedAtOnce(schema, partOf(value), partOf(plain));
    if (!result.success) return { ...result, issues: result.issues.map((issue) => movedBy(from, issue)) };
    output.push(...(result.output as unknown[])); // the schema is one of lists
    await nextTurn();
  }
  return { success: true, output };
}

function checkedAtOnce(schema: v.GenericSchema, value: unknown, plain: unknown): Checked {
  const first = plain === undefined ? undefined : v.safeParse(schema, plain);
  const result = first?.success === false ? first : v.safeParse(schema, value);
  return result.success ? { success: true, output: result.output } : { success: false, issues: result.issues };
}

function movedBy(from: number, { path, ...issue }: v.BaseIssue<unknown>): v.BaseIssue<unknown> {
  const [first, ...rest] = path ?? [];
  if (first?.type !== "array") return path ? { ...issue, path } : issue;
  return { ...issue, path: [{ ...first, key: first.key + from }, ...rest] };
}

function passed(msg: string): ProblemError {
  return new ProblemError(422, invalid([{ loc: ["body"], msg, type: "value_error" }], null));
}

function noJson(text: string): ProblemError {
  const { pos, ...fault } = jsonFault(text);
  const doc = shortened(text, MOST_ECHO_LENGTH);
  const msg = `${fault.msg}: line ${fault.lineno} column ${fault.colno} (char ${pos})`;
  const detail = { loc: ["body", pos], msg, type: "value_error.jsondecode", ctx: { ...fault, doc, pos } };
  return new ProblemError(422, invalid([detail], doc));
}

function invalid(detail: unknown[], body: unknown): unknown {
  return { exception_message: "Invalid request received.", exception_detail: detail, request_body: body };
}
