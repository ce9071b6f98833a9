// Describes errors of user code as text: message, stack with the user's file:line:col, own properties, causes. Frames of orch
// itself and of the runtime are left out. Never throws, whatever was thrown.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { Interruption } from "../session/interruption.ts";
import { briefProperty, briefValue, cut } from "./brief-value.ts";

/** Our own folder when run from source. In the executable our frames have paths that are not absolute. */
const OWN = `${import.meta.dir.replace(/[\\/]engine[\\/]logs$/, "")}/`;
const FRAME = /^\s+at /;
/** `at f (PLACE)` and `at PLACE`. */
const PLACE = /^\s+at (?:.*? \((.*)\)|(?:async )?(.*))$/;
const ABSOLUTE = /^(?:file:\/\/)?(?:\/(?!\$bunfs\/)|[A-Za-z]:[\\/](?!~BUN)).*:\d+$/;
/** In the executable and in the runtime; flow files have absolute paths. */
const NOT_USERS = /^(?:(?:native|node|bun|src)[:/]|\/\$bunfs\/|[A-Za-z]:[\\/]~BUN).*:\d+$|^(?:native|unknown|:\d+)$/;

const MOST_FRAMES = 50;
const MOST_ERRORS = 20;
const MOST_PROPERTIES = 20;
const MOST_CHARACTERS = 20_000;

/**
 * The error with its stack. Paths below `folder` (a run's private copy of the code) are written relative to it.
 *
 * @example
 * describeError(new Error("boom"), "/tmp/orch-run-1"); // Error: boom\n    at sayHi (flows/marvin.ts:5:9)
 */
export function describeError(thrown: unknown, folder: string | null = null): string {
  try {
    if (!isErrorLike(thrown)) return `Thrown: ${briefValue(thrown, 3)}`;
    return withCauses(thrown, folder, new Set());
  } catch {
    return "Thrown: a value that cannot be shown, as looking at it throws"; // a Proxy, or a getter
  }
}

interface ErrorLike {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
  readonly position?: unknown;
}

/** Also errors of another realm, and objects that look like one. */
function isErrorLike(value: unknown): value is ErrorLike {
  if (value instanceof Error) return true;
  if (typeof value !== "object" || value === null || !("message" in value && "stack" in value)) return false;
  return typeof value.message === "string" && typeof value.stack === "string";
}

function withCauses(error: ErrorLike, folder: string | null, seen: Set<unknown>): string {
  seen.add(error);
  const parts = [describeOne(error, folder)];
  for (const cause of causesOf(error)) {
    if (seen.has(cause)) parts.push("Caused by: an error that is shown above");
    else if (seen.size >= MOST_ERRORS) return [...parts, "Caused by: more errors"].join("\n");
    else if (isErrorLike(cause)) parts.push(`Caused by: ${withCauses(cause, folder, seen)}`);
    else parts.push(`Caused by: ${briefValue(cause)}`);
  }
  return parts.join("\n");
}

function causesOf({ cause, errors }: ErrorLike): unknown[] {
  const inner: unknown[] = Array.isArray(errors) && errors.some((each) => each instanceof Error) ? errors : [];
  return cause === undefined || cause === null ? inner : [...inner, cause];
}

function describeOne(error: ErrorLike, folder: string | null): string {
  const frames = framesOf(error.stack, folder);
  const places = frames.length > 0 ? frames : positionOf(error, folder);
  return [headOf(error), ...places, ...propertiesOf(error)].join("\n");
}

function headOf(error: ErrorLike): string {
  const message = typeof error.message === "string" ? error.message : briefValue(error.message);
  const name = typeof error.name === "string" && error.name !== "" ? error.name : "Error";
  const ofClass: unknown = error.constructor?.name;
  // Many classes of errors do not set the name. That of a minified one says less than "Error".
  const shown = name === "Error" && typeof ofClass === "string" && /^[A-Z]\w{3}/.test(ofClass) ? ofClass : name;
  return cut(message === "" || error.message === undefined ? shown : `${shown}: ${message}`, MOST_CHARACTERS);
}

function framesOf(stack: unknown, folder: string | null): string[] {
  if (typeof stack !== "string") return [];
  const frames = stack.split("\n").filter((line) => FRAME.test(line) && isUsers(line));
  const shown = frames.slice(0, MOST_FRAMES).map((line) => relativeTo(folder, line));
  return frames.length > MOST_FRAMES ? [...shown, `    … ${frames.length - MOST_FRAMES} more frames`] : shown;
}

/** Of a file that Bun could not read as code: it has a place in the place of a stack. */
function positionOf({ position }: ErrorLike, folder: string | null): string[] {
  if (typeof position !== "object" || position === null || !("file" in position && "line" in position)) return [];
  const column = "column" in position ? `:${position.column}` : "";
  return [relativeTo(folder, `    at ${position.file}:${position.line}${column}`)];
}

function isUsers(frame: string): boolean {
  return ABSOLUTE.test(placeOf(frame)) && !frame.includes(OWN);
}

function placeOf(frame: string): string {
  const [, inBrackets, bare] = PLACE.exec(frame) ?? [];
  return inBrackets ?? bare ?? "";
}

function relativeTo(folder: string | null, frame: string): string {
  return folder === null ? frame : frame.replace(`file://${folder}/`, "").replace(`${folder}/`, "");
}

const SHOWN_ELSEWHERE = new Set(["name", "message", "stack", "cause"]);

/** Those of our own errors are for programs: their message says all of it. */
function propertiesOf(error: ErrorLike): string[] {
  if (error instanceof OrchError || error instanceof Interruption) return [];
  const isShown = (name: string) => SHOWN_ELSEWHERE.has(name) || (name === "errors" && causesOf(error).length > 0);
  const names = Object.keys(error).filter((name) => !isShown(name));
  return names.slice(0, MOST_PROPERTIES).flatMap((name) => {
    const property = briefProperty(error, name);
    return property === undefined ? [] : `    ${property}`;
  });
}

/** A place that is relative already: projects have a folder `src` too. */
function isIn(folder: string | null, place: string): boolean {
  return folder !== null && existsSync(join(folder, place.replace(/(?::\d+)+$/, "")));
}

/** Text of a log without the frames of orch and of the runtime, where it holds a stack. Places are relative to `folder`. */
export function withoutOwnFrames(text: string, folder: string | null): string {
  if (!text.includes("\n") || !text.includes(" at ")) return text;
  const isOwn = (line: string) => (NOT_USERS.test(placeOf(line)) && !isIn(folder, placeOf(line))) || line.includes(OWN);
  return text
    .split("\n")
    .filter((line) => !FRAME.test(line) || !isOwn(line))
    .map((line) => (FRAME.test(line) ? relativeTo(folder, line) : line))
    .join("\n");
}
