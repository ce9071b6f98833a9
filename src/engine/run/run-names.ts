// Makes names of runs from a template, `greet {name}`, or from what a function returns.
import type { FlowDefinition, TaskDefinition } from "#domain/definitions.ts";
import { namedArguments } from "#domain/parameters/named-arguments.ts";
import { shownAsJson } from "#domain/parameters/sendable.ts";
import type { Json } from "#lib/json.ts";
import { own } from "#lib/own.ts";
import { isWaiting } from "./inputs.ts";

/** The name of a run of this flow, or undefined when the author gave none. */
export function nameOfFlowRun(
  { fn, options }: Pick<FlowDefinition, "fn" | "options">,
  args: readonly unknown[],
): string | undefined {
  const isOneObject = options.parameters !== undefined;
  return fillTemplate(options.flowRunName, () => namedArguments(fn, args, isOneObject));
}

/** The same for a task. */
export function nameOfTaskRun(
  { fn, options }: Pick<TaskDefinition, "fn" | "options">,
  args: readonly unknown[],
): string | undefined {
  return fillTemplate(options.taskRunName, () => namedArguments(fn, args));
}

/** An unknown `{word}` stays as it is. */
function fillTemplate(
  template: string | (() => string) | undefined,
  read: () => Readonly<Record<string, unknown>>,
): string | undefined {
  if (typeof template !== "string") return template?.();
  if (!template.includes("{")) return template;
  const named = read();
  return template.replace(/\{([\p{ID_Continue}$]+)\}/gu, (whole, name: string) => {
    const value = own(named, name);
    return value === undefined ? whole : inName(shownAsJson(value));
  });
}

function inName(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Whether the name contains results of runs that may not have ended yet. */
export function isNamedLater(template: string | (() => string) | undefined, args: readonly unknown[]): boolean {
  return typeof template === "string" && isWaiting(args);
}
