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
  /** The same, also where it hangs. */
  kill(): void;
}

export interface ParentOptions {
  interpreter: string;
  /** Of the agent: nothing of a run is in it. */
  environment: Readonly<Record<string, string>>;
  clock: Clock;
}

/** It is given up when it is not ready then: on a busy machine it takes long. */
const MOST_SECONDS = 120;

/** Throws where the interpreter cannot be started. */
export function startParent({ interpreter, environment, clock }: ParentOptions): Parent {
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

  /** Rejects where it has ended and that is not known yet. */
  async function send(line: string): Promise<void> {
    await child.stdin.write(`${line}\n`);
    await child.stdin.flush();
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
  send(JSON.stringify(environment)).catch(() => {}); // it has ended, which is noticed
  const exited = child.exited.then(() => {
    ready.resolve("the process that loads Prefect has ended");
    for (const id of [...open.keys()]) settle(id, { kind: "lost" });
  });
  void clock.sleep(MOST_SECONDS * 1000, late.signal, false).then(() => {
    if (late.signal.aborted) return;
    ready.resolve(`Prefect was not loaded within ${MOST_SECONDS} seconds`);
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
      send(JSON.stringify(order)).catch(() => settle(order.id, { kind: "lost" }));
      return promise;
    },
    get orders() {
      return open.size;
    },
    close() {
      // It does not look at its input while it loads, and has forked nothing.
      if (!isReady) child.kill("SIGKILL");
      else void (async () => child.stdin.end())().catch(() => {}); // it has ended
    },
    kill: () => child.kill("SIGKILL"),
  };
}
