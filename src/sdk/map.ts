// `task.map(…)`: from lists of arguments to the arguments of each call.
import { isFuture } from "#engine/session/future.ts";
import { OrchError } from "#lib/errors.ts";
import { Unmapped } from "./types.ts";

/** Hands the same value to every call of a `map`, also when it is a list. */
export function unmapped<T>(value: T): Unmapped<T> {
  return new Unmapped<T>(value);
}

/** The arguments of each call. Lists must be of one length, and there must be one. */
export function callsOf(task: string, args: readonly unknown[]): unknown[][] {
  const lists = args.filter((arg): arg is unknown[] => Array.isArray(arg));
  const [first] = lists;
  if (!first) {
    const hint = args.some(isFuture) ? " Wait for a future first: `.map(await future.result())`." : "";
    throw new OrchError("invalid", `'${task}.map' needs a list among its arguments.${hint}`);
  }
  if (lists.some((list) => list.length !== first.length)) {
    const lengths = lists.map((list) => list.length).join(", ");
    throw new OrchError("invalid", `'${task}.map' needs lists of one length, and got lists of ${lengths}.`);
  }
  return first.map((_, index) => args.map((arg) => argumentOf(arg, index)));
}

function argumentOf(arg: unknown, index: number): unknown {
  if (arg instanceof Unmapped) return arg.value;
  return Array.isArray(arg) ? arg[index] : arg;
}
