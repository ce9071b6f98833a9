// Puts the arguments of a call under the names of the function's parameters, for the texts that people make of them.
import { isObject } from "#lib/json.ts";
import { setOwn } from "#lib/own.ts";
import { callShape, literalDefaults, type UserFunction } from "./parameter-names.ts";

/**
 * A parameter that was left out has its default, where that is written as JSON is (a text, a number, true, null).
 * `isOneObject`: the function takes one object, and its properties are the parameters (a flow with a schema).
 *
 * @example namedArguments((day: string, mode = "fast") => `${day} ${mode}`, ["monday"]) // { day: "monday", mode: "fast" }
 */
export function namedArguments(
  fn: UserFunction,
  args: readonly unknown[],
  isOneObject = false,
): Record<string, unknown> {
  const named: Record<string, unknown> = literalDefaults(fn);
  const { style, names, rest } = callShape(fn);
  const [only] = args;
  if (isOneObject || style === "object") {
    for (const [name, value] of Object.entries(isObject(only) ? only : {})) give(name, value);
    return named;
  }
  for (const [index, name] of names.entries()) give(name, args[index]);
  if (rest !== null) give(rest, args.slice(names.length));
  return named;

  function give(name: string, value: unknown): void {
    if (value !== undefined) setOwn(named, name, value);
  }
}
