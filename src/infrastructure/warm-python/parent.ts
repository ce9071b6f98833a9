// A Python process that has Prefect loaded and forks a process for each order: src/python/warm_parent.py says how they talk.
import { parse } from "node:path";
import type { Clock } from "#lib/clock.ts";
import type { HandOverOrder } from "#lib/hand-over.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import source from "#python/warm_parent.py" with { type: "text" };
import { forEachLine } from "../output-lines.ts";

export interface ForkOrder extends Omit<HandOverOrder, "interpreter"> {
  id: string;
  /** Where the fork connects its output to, and what it says there. */
  socket: string;
  token: string;
}

/** What becomes of an order. `refused`: nothing was forked. `lost`: the parent has ended, and what it forked may go on. */
export type ForkEnd =
  | { kind: "refused"; why: string }
  | { kind: "changed" }
  | { kind: "ended"; code: number }
  | { kind: "lost" };

export interface Parent {
  pid: number;
  /** Why it cannot fork anything; null once it can. */
  ready: Promise<string | null>;
  exited: Promise<unknown>;
  /** Resolves with the end of what it forked. */
  fork(order: ForkOrder): Promise<ForkEnd>;
  /** How many orders have not come to their end. */
  readonly orders: number;
  /** It ends; what it forked goes on, and its end is not reported any more. */
  close(): void;
}

export interface ParentOptions {
  interpreter: string;
  /** Of the agent: nothing of a run is in it. */
  environment: Readonly<Record<string, string>>;
  clock: Clock;
  /** It is given up when it is not ready then. */
  mostSeconds?: number;
}

/** On a busy machine. */
const MOST_SECONDS = 120;

/** Throws where the interpreter cannot be started. */
export function startParent({ interpreter, environment, clock, mostSeconds = MOST_SECONDS }: ParentOptions): Parent {
  const child = Bun.spawn([interpreter, "-c", source], {
    ...{ cwd: parse(process.execPath).root, env: { ...environment }, detached: true },
    ...{ stdin: "pipe", stdout: "pipe", stderr: "ignore" },
  });
  const ready = Promise.withResolvers<string | null>();
  const open = new Map<string, (end: ForkEnd) => void>();
  const late = new AbortController();
  let isReady = false;

  function settle(id: string, end: ForkEnd): void {
    open.get(id)?.(end);
    open.delete(id);
  }

  function hear(line: string): void {
    const said = tryParseJson(line);
    if (!isObject(said)) return;
    const { id, unable, cold, ended } = said;
    if (said["ready"]) {
      isReady = true;
      ready.resolve(null);
    }
    if (typeof unable === "string") ready.resolve(unable);
    if (typeof id !== "string") return;
    if (typeof cold === "string") settle(id, { kind: "refused", why: cold });
    if (said["changed"]) settle(id, { kind: "changed" });
    if (typeof ended === "number") settle(id, { kind: "ended", code: ended });
  }

  void forEachLine(child.stdout, hear);
  const exited = child.exited.then(() => {
    ready.resolve("the process that loads Prefect has ended");
    for (const id of [...open.keys()]) settle(id, { kind: "lost" });
  });
  void clock.sleep(mostSeconds * 1000, late.signal, false).then(() => {
    if (late.signal.aborted) return;
    ready.resolve(`Prefect was not loaded within ${mostSeconds} seconds`);
    child.kill("SIGKILL");
  });
  void ready.promise.then(() => late.abort());

  return {
    pid: child.pid,
    ready: ready.promise,
    exited,
    fork(order) {
      const { promise, resolve } = Promise.withResolvers<ForkEnd>();
      if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve({ kind: "lost" });
      open.set(order.id, resolve);
      child.stdin.write(`${JSON.stringify(order)}\n`);
      child.stdin.flush();
      return promise;
    },
    get orders() {
      return open.size;
    },
    close() {
      // It does not look at its input while it loads, and has forked nothing.
      if (isReady) child.stdin.end();
      else child.kill("SIGKILL");
    },
  };
}
