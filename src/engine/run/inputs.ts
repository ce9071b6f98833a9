// Resolves arguments of tasks and subflows: awaits and replaces futures, and records which task runs values come from.
import { UpstreamTaskError } from "#domain/run-errors.ts";
import { RunState } from "#domain/run-state.ts";
import { own, setOwn } from "#lib/own.ts";
import type { TaskInput } from "#wire/runs/task-runs.ts";
import { isFuture, type TaskFuture } from "../session/future.ts";
import type { Scope } from "../session/scope.ts";

/** Marks an argument whose failure is no obstacle: the task then gets the error as its value. */
export class AllowFailure<T = unknown> {
  readonly value: T;

  constructor(value: T) {
    this.value = value;
  }
}

type Leaf = TaskFuture | RunState | AllowFailure;

function isLeaf(value: unknown): value is Leaf {
  return isFuture(value) || value instanceof RunState || value instanceof AllowFailure;
}

/** The task runs that each argument came from, by parameter name. */
export async function taskInputs(
  scope: Scope,
  args: readonly unknown[],
  names: readonly string[],
  waitFor: readonly unknown[] = [],
): Promise<Record<string, TaskInput[]>> {
  const inputs: Record<string, TaskInput[]> = {};
  for (const [index, arg] of args.entries()) {
    const name = names[index] ?? `arg${index}`;
    setOwn(inputs, name, [...(own(inputs, name) ?? []), ...(await sourcesOf(scope, arg))]);
  }
  if (waitFor.length > 0) inputs["wait_for"] = await sourcesOf(scope, waitFor);
  return inputs;
}

async function sourcesOf(scope: Scope, arg: unknown): Promise<TaskInput[]> {
  const ids = new Set<string>();
  const leaves: Leaf[] = [];
  walk(arg, (value) => {
    if (isLeaf(value)) leaves.push(value);
    const source = scope.sourceOf(value);
    if (source) ids.add(source);
  });
  for (const leaf of leaves) {
    const inner = leaf instanceof AllowFailure ? leaf.value : leaf;
    if (isFuture(inner)) ids.add(await inner.taskRunId);
    if (inner instanceof RunState && inner.taskRunId) ids.add(inner.taskRunId);
  }
  return [...ids].map((id) => ({ input_type: "task_run", id }));
}

/**
 * The arguments as the function gets them. Throws UpstreamTaskError, naming the run, when one did not complete.
 * Values without futures are handed on as they are, never copied.
 */
export async function resolveArguments(args: readonly unknown[]): Promise<unknown[]> {
  const leaves = new Set<Leaf>();
  walk(args, (value) => {
    if (isLeaf(value)) leaves.add(value);
  });
  if (leaves.size === 0) return [...args];
  const values = new Map<unknown, unknown>();
  for (const leaf of leaves) values.set(leaf, await resultOf(leaf));
  return args.map((arg) => replace(arg, values));
}

/** Whether some of it will only be known when other runs have ended. */
export function isWaiting(args: readonly unknown[]): boolean {
  let waiting = false;
  walk(args, (value) => {
    waiting ||= isLeaf(value);
  });
  return waiting;
}

async function resultOf(leaf: Leaf): Promise<unknown> {
  if (leaf instanceof AllowFailure) {
    if (!isLeaf(leaf.value)) return leaf.value;
    const state = await stateOf(leaf.value);
    return state.isCompleted() ? state.result() : state.error();
  }
  const state = await stateOf(leaf);
  if (state.isCompleted()) return state.result();
  const run = state.taskRunId ? `task run '${state.taskRunId}'` : "run";
  throw new UpstreamTaskError(`Upstream ${run} did not reach a 'COMPLETED' state.`, { cause: state.error() });
}

async function stateOf(leaf: Leaf): Promise<RunState> {
  if (leaf instanceof RunState) return leaf;
  return isFuture(leaf) ? leaf.wait() : new RunState({ type: "COMPLETED" }, { value: leaf.value });
}

/** Visits every object inside lists and plain objects, each once. */
function walk(value: unknown, visit: (value: object) => void, seen = new Set<object>()): void {
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  visit(value);
  if (Array.isArray(value)) for (const item of value) walk(item, visit, seen);
  else if (isPlain(value)) for (const item of Object.values(value)) walk(item, visit, seen);
}

function replace(value: unknown, values: Map<unknown, unknown>): unknown {
  if (values.has(value)) return values.get(value);
  if (typeof value !== "object" || value === null || !holds(value, values)) return value;
  if (Array.isArray(value)) return value.map((item) => replace(item, values));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item, values)]));
}

function holds(value: object, values: Map<unknown, unknown>): boolean {
  let found = false;
  walk(value, (inner) => {
    found ||= values.has(inner);
  });
  return found;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
