// Keeps one parent for each interpreter as long as runs come, and gets forks from them.
import type { Clock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import type { HandOverOrder } from "#lib/hand-over.ts";
import { newId } from "#lib/ids.ts";
import { isAlive } from "#lib/process/process-alive.ts";
import { signalled } from "#lib/process/process-group.ts";
import { startTicks } from "#lib/process/process-identity.ts";
import type { Attached, OutputSockets } from "./output-sockets.ts";
import { type ForkEnd, type Parent, startParent } from "./parent.ts";

/** A process of a run that a parent has forked. It waits for `begin`, and ends with the agent. */
export interface Fork extends Omit<Attached, "printed"> {
  /** Its exit code, −N for signal N; 0 where its parent has ended first, so that it is not known. */
  exited: Promise<number>;
  /** Resolves when its output has ended. */
  printed: Promise<void>;
}

export interface ParentsOptions {
  sockets: OutputSockets;
  /** Of the agent: nothing of a run is in it. */
  environment: Readonly<Record<string, string>>;
  /** A parent ends when it had nothing to do for so long. */
  idleSeconds: number;
  clock: Clock;
  /** Gets the process of each parent that is started. */
  onStart: (pid: number, exited: Promise<unknown>) => void;
}

export interface Parents {
  /** The fork, or why there is none. `unwanted` ends the attempt. */
  fork(order: HandOverOrder, output: (line: string) => void, unwanted: AbortSignal): Promise<Fork | string>;
  /** Ends those without forks, and the others after their forks. Resolves when the first are gone. */
  close(): Promise<void>;
}

/** Each has a hundred megabytes. */
const MOST_PARENTS = 4;
/** A fork that has not connected by then is refused, and its parent given up. The fork itself ends then too (warm_parent.py). */
const MOST_FORK_SECONDS = 60;
/** An idle parent that has not ended by then is killed. */
const MOST_CLOSE_MS = 2_000;
/** How often a fork without a parent is looked for. */
const LOOK_MS = 200;
/** The second try is by a new parent, where packages have changed since the first was started. */
const TRIES = 3;
/** So many parents in a row that were out of date after one fork at most show that the environment changes at each run. */
const MOST_CHANGES = 3;
const CHANGES = "its Python environment changes at each run";
export const UNWANTED = "the run is no longer to be started";

export function createParents(options: ParentsOptions): Parents {
  const { sockets, environment, idleSeconds, clock, onStart } = options;
  /** In the order of their last use. */
  const parents = new Map<string, Parent>();
  const idle = new Map<Parent, AbortController>();
  const retired = new Set<Parent>();
  /** How many forks each has made. */
  const forks = new WeakMap<Parent, number>();
  /** By interpreter: how many in a row were loaded for one fork or none. */
  const wasted = new Map<string, number>();
  let isClosed = false;

  function parentFor(interpreter: string): Parent {
    const known = parents.get(interpreter);
    const parent = known ?? started(interpreter);
    parents.delete(interpreter);
    parents.set(interpreter, parent);
    return parent;
  }

  function started(interpreter: string): Parent {
    const [oldest] = parents.size < MOST_PARENTS ? [] : parents.values();
    if (oldest) retire(oldest);
    const parent = startParent({ interpreter, environment, clock });
    onStart(parent.pid, parent.exited);
    // One that is unable stays in the table for a while: the next run need not find that out again.
    void parent.ready.then((why) => {
      if (why === null) void parent.exited.then(() => forget(parent));
      rest(parent); // the run that it was started for may have been given up
    });
    return parent;
  }

  function forget(parent: Parent): void {
    for (const [key, one] of parents) if (one === parent) parents.delete(key);
    idle.get(parent)?.abort();
    retired.delete(parent);
  }

  /** It gets no more orders, and ends when those it has are done. */
  function retire(parent: Parent): void {
    forget(parent);
    if (parent.orders === 0) parent.close();
    else retired.add(parent);
  }

  /** It hangs. What it has forked goes on. */
  function giveUp(parent: Parent): void {
    forget(parent);
    parent.kill();
  }

  /** Nothing is to be done by it now. */
  function rest(parent: Parent): void {
    if (retired.has(parent) || isClosed) {
      retire(parent);
      return;
    }
    const over = new AbortController();
    idle.get(parent)?.abort();
    idle.set(parent, over);
    over.signal.addEventListener("abort", () => idle.delete(parent));
    void clock.sleep(idleSeconds * 1000, over.signal, false).then(() => {
      if (!over.signal.aborted) retire(parent);
    });
  }

  /** Its parents are not worth their start when it changes all the time. Tried again later. */
  function noteChange(interpreter: string, parent: Parent): void {
    if (parents.get(interpreter) !== parent) return; // another run has noticed it
    const changes = (forks.get(parent) ?? 0) > 1 ? 0 : (wasted.get(interpreter) ?? 0) + 1;
    wasted.set(interpreter, changes);
    if (changes < MOST_CHANGES) return;
    void clock.sleep(idleSeconds * 1000, undefined, false).then(() => wasted.delete(interpreter));
  }

  async function tryFork(
    parent: Parent,
    order: HandOverOrder,
    output: (line: string) => void,
    unwanted: AbortSignal,
  ): Promise<Fork | ForkEnd> {
    const token = crypto.randomUUID();
    const attached = sockets.expect(token, output);
    const { words, environment, folder } = order;
    idle.get(parent)?.abort();
    const end = parent.fork({ id: newId(), words, environment, folder, socket: sockets.path, token });
    void end.then(() => {
      if (parent.orders === 0) rest(parent);
    });
    const done = new AbortController();
    const signal = AbortSignal.any([done.signal, unwanted]);
    const late: Promise<ForkEnd> = clock.sleep(MOST_FORK_SECONDS * 1000, signal, false).then(() => {
      if (unwanted.aborted) return { kind: "refused", why: UNWANTED };
      if (!done.signal.aborted) giveUp(parent);
      return { kind: "refused", why: "the fork did not answer in time" };
    });
    const first = await Promise.race([attached, end, late]);
    done.abort();
    sockets.forget(token);
    if ("kind" in first) return first;
    if (unwanted.aborted) {
      first.refuse();
      return { kind: "refused", why: UNWANTED };
    }
    return followed(first, end);
  }

  function followed(attached: Attached, end: Promise<ForkEnd>): Fork {
    const { pid } = attached;
    const since = startTicks(pid);
    const exited = end.then(async (ended) => {
      if (ended.kind === "ended") return ended.code;
      while (since !== undefined && startTicks(pid) === since && isAlive(pid)) await clock.sleep(LOOK_MS);
      signalled(-pid, "SIGKILL"); // it may have been killed, and nothing else ends what it has started
      return 0;
    });
    return { ...attached, exited };
  }

  return {
    async fork(order, output, unwanted) {
      for (let tries = 0; tries < TRIES; tries += 1) {
        if (isClosed) return "the agent is stopping";
        if ((wasted.get(order.interpreter) ?? 0) >= MOST_CHANGES) return CHANGES;
        let parent: Parent;
        try {
          parent = parentFor(order.interpreter);
        } catch (error) {
          return `'${order.interpreter}' could not be started: ${messageOf(error)}`;
        }
        const why = await Promise.race([parent.ready, aborted(unwanted).then(() => UNWANTED)]);
        if (why !== null) return why;
        const found = await tryFork(parent, order, output, unwanted);
        if (!("kind" in found)) {
          forks.set(parent, (forks.get(parent) ?? 0) + 1);
          return found;
        }
        if (found.kind === "refused") return found.why;
        if (found.kind === "ended") return "the fork ended before it began";
        if (found.kind === "changed") noteChange(order.interpreter, parent);
        retire(parent); // it is out of date, or has ended
      }
      return "the Python environment is being changed";
    },
    async close() {
      isClosed = true;
      const idle = [...parents.values()].filter(({ orders }) => orders === 0);
      for (const parent of [...parents.values()]) retire(parent);
      const over = new AbortController();
      const exited = Promise.all(idle.map((parent) => parent.exited));
      void exited.then(() => over.abort());
      await clock.sleep(MOST_CLOSE_MS, over.signal);
      for (const parent of idle) parent.kill();
      await exited;
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
