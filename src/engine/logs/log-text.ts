// Makes one text of what a logger or the console was called with, as the console would print it; errors as describeError has them.
import { describeError, withoutOwnFrames } from "./stack.ts";

const SHOWN_AS = Symbol.for("nodejs.util.inspect.custom");

/**
 * Never throws. Paths in stacks are relative to `folder`, a run's private copy of the code.
 *
 * @example
 * logText(["%s of %d", "one", 2]); // one of 2
 */
export function logText(parts: readonly unknown[], folder: string | null = null): string {
  const [first] = parts;
  // Most lines are text, and need not load node:util (1.5 ms).
  const isText = parts.every((part) => typeof part === "string");
  if (isText && (parts.length === 1 || !String(first).includes("%"))) return withoutOwnFrames(parts.join(" "), folder);
  const { format } = process.getBuiltinModule("node:util");
  return withErrorsShown(folder, () => {
    try {
      return format(...parts);
    } catch {
      return parts.map((part) => shown(part, format)).join(" ");
    }
  });
}

function shown(part: unknown, format: (part: unknown) => string): string {
  try {
    return format(part);
  } catch {
    return part instanceof Error ? describeError(part) : "[a value that cannot be shown, as looking at it throws]";
  }
}

/** While `work` runs, errors are shown as describeError has them, wherever they are in a value. */
function withErrorsShown(folder: string | null, work: () => string): string {
  const before = Object.getOwnPropertyDescriptor(Error.prototype, SHOWN_AS);
  function describeThis(this: unknown): string {
    return describeError(this, folder);
  }
  // What the author of a flow has put there stays.
  const isOurs = before === undefined && Object.isExtensible(Error.prototype);
  if (isOurs) Object.defineProperty(Error.prototype, SHOWN_AS, { value: describeThis, configurable: true });
  try {
    return withoutOwnFrames(work(), folder);
  } finally {
    if (isOurs) Reflect.deleteProperty(Error.prototype, SHOWN_AS);
  }
}
