// Errors of user code as text: message, stack with the user's file:line:col, causes. Frames of orch itself are left out.

/** Our own folder when run from source. In the executable our frames have paths that are not absolute. */
const OWN = `${import.meta.dir.replace(/[\\/]engine$/, "")}/`;
const FRAME = /^\s+at /;
/** `at f (PLACE)` and `at PLACE`. */
const PLACE = /^\s+at (?:.*? \((.*)\)|(?:async )?(.*))$/;
const ABSOLUTE = /^(?:file:\/\/)?(?:\/(?!\$bunfs\/)|[A-Za-z]:[\\/](?!~BUN)).*:\d+$/;

/**
 * The error with its stack. Paths below `folder` (a run's private copy of the code) are written relative to it.
 *
 * @example
 * describeError(new Error("boom"), "/tmp/orch-run-1"); // Error: boom\n    at sayHi (flows/marvin.ts:5:9)
 */
export function describeError(thrown: unknown, folder: string | null = null): string {
  if (!(thrown instanceof Error)) return `Thrown: ${Bun.inspect(thrown)}`;
  const own = describeOne(thrown, folder);
  const inner = thrown instanceof AggregateError ? thrown.errors : thrown.cause === undefined ? [] : [thrown.cause];
  return [own, ...inner.map((cause) => `Caused by: ${describeError(cause, folder)}`)].join("\n");
}

function describeOne(error: Error, folder: string | null): string {
  const head = error.message ? `${error.name}: ${error.message}` : error.name;
  const frames = (error.stack ?? "").split("\n").filter((line) => FRAME.test(line) && isUsers(line));
  return [head, ...frames.map((line) => (folder ? line.replaceAll(`${folder}/`, "") : line))].join("\n");
}

function isUsers(frame: string): boolean {
  const [, inBrackets, bare] = PLACE.exec(frame) ?? [];
  return ABSOLUTE.test(inBrackets ?? bare ?? "") && !frame.includes(OWN);
}
