// Makes names of runs from a template, `greet {name}`, or from what a function returns.
import { shownAsJson } from "#domain/parameters/sendable.ts";
import { isWaiting } from "./inputs.ts";

/** The name, or undefined when the author gave none. An unknown `{word}` stays as it is. */
export function fillTemplate(
  template: string | (() => string) | undefined,
  names: readonly string[],
  args: readonly unknown[],
): string | undefined {
  if (typeof template !== "string") return template?.();
  return template.replace(/\{([\w$]+)\}/g, (whole, name: string) => {
    const value = args[names.indexOf(name)];
    if (value === undefined) return whole;
    return typeof value === "string" ? value : JSON.stringify(shownAsJson(value));
  });
}

/** Whether the name contains results of runs that may not have ended yet. */
export function isNamedLater(template: string | (() => string) | undefined, args: readonly unknown[]): boolean {
  return typeof template === "string" && isWaiting(args);
}
