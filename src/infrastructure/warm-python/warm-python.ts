// Starts runs of Python flows as forks of a process that has Prefect loaded. The engine of a run asks for it, once it has fetched
// the code and chosen the Python. If anything fails before the fork has connected, the engine runs the flow itself.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { makeRunFolder } from "#lib/files/run-folder.ts";
import type { HandOverAnswer, HandOverRequest } from "#lib/hand-over.ts";
import { type OutputSockets, openOutputSockets } from "./output-sockets.ts";
import { createParents, type Fork, UNWANTED } from "./parents.ts";

/** What the agent offers to one run. */
export interface Offer {
  /** For its engine: see `HAND_OVER_VARIABLE`. */
  address: string;
  /** Resolves with a process for the run, which begins when its engine has ended with 0; null where the run stays with its engine. */
  fork: Promise<Fork | null>;
  /** Forbids any later fork for the run. */
  withdraw(): void;
}

export interface WarmPython {
  /** `output` gets the lines of the fork. Undefined where no engine could reach the agent. */
  offer(output: (line: string) => void): Offer | undefined;
  /** Ends what was started ahead of runs. Those that run go on. */
  close(): Promise<void>;
}

export interface WarmPythonOptions {
  /** Of the agent: nothing of a run is in it. */
  environment: Readonly<Record<string, string>>;
  /** See ORCH_AGENT_WARM_PYTHON_SECONDS. */
  idleSeconds: number;
  clock: Clock;
  /** Gets the process of each parent that is started. */
  onStart: (pid: number, exited: Promise<unknown>) => void;
}

interface Open {
  output: (line: string) => void;
  unwanted: AbortController;
  /** Its engine has asked: what comes of it settles the offer. */
  isAsked: boolean;
  settle: (fork: Fork | null) => void;
}

/** The longest path that the system takes for a socket. */
const LONGEST_PATH = 100;

/** Undefined on a system that cannot do it. Throws where there can be no folder or no sockets. */
export function openWarmPython(options: WarmPythonOptions): WarmPython | undefined {
  if (process.platform !== "linux") return undefined;
  const folder = makeRunFolder();
  const undo = [() => rmSync(folder, { recursive: true, force: true })];
  const close = () => {
    for (const step of undo.reverse()) step();
  };
  try {
    const [asked, printed] = [join(folder, "asked"), join(folder, "printed")];
    if (Math.max(asked.length, printed.length) > LONGEST_PATH) {
      close();
      return undefined;
    }
    const sockets = openOutputSockets(printed);
    undo.push(sockets.close);
    return openAt(asked, sockets, close, options);
  } catch (error) {
    close();
    throw error;
  }
}

/** Serves engines at the path `asked`. `closeOthers` gets what else was opened out of the way. */
function openAt(
  asked: string,
  sockets: OutputSockets,
  closeOthers: () => void,
  options: WarmPythonOptions,
): WarmPython {
  const parents = createParents({ ...options, sockets });
  const offers = new Map<string, Open>();
  let running = 0;
  let isClosed = false;
  let isReleased = false;

  /** Null when there is a fork: the engine has to end. */
  async function handOver({ token, order }: HandOverRequest): Promise<string | null> {
    const open = offers.get(token);
    if (!open || open.isAsked) return UNWANTED;
    open.isAsked = true;
    if (!order) {
      open.settle(null);
      return "the built-in engine does not use it";
    }
    let fork: Fork | string;
    try {
      fork = await parents.fork(order, open.output, open.unwanted.signal);
    } catch (error) {
      fork = messageOf(error);
    }
    open.settle(typeof fork === "string" ? null : fork);
    return typeof fork === "string" ? fork : null;
  }

  const server = Bun.serve({
    unix: asked,
    development: false,
    async fetch(request) {
      const why = await handOver((await request.json()) as HandOverRequest); // by our own engine
      return Response.json({ why } satisfies HandOverAnswer);
    },
  });
  server.unref();

  function release(): void {
    if (!isClosed || isReleased || running > 0) return;
    isReleased = true;
    void server.stop(); // not its answers: an engine without one ends
    closeOthers();
  }

  return {
    offer(output) {
      if (isClosed || !existsSync(asked)) return undefined;
      const token = crypto.randomUUID();
      const { promise, resolve } = Promise.withResolvers<Fork | null>();
      const unwanted = new AbortController();
      const settle = (fork: Fork | null) => {
        offers.delete(token);
        resolve(fork);
      };
      const open: Open = { output, unwanted, settle, isAsked: false };
      offers.set(token, open);
      running += 1;
      const over = () => {
        running -= 1;
        release();
      };
      void promise.then((fork) => (fork ? fork.exited.then(over) : over()));
      const withdraw = () => {
        unwanted.abort();
        if (!open.isAsked) settle(null);
      };
      return { address: `${token}@${asked}`, fork: promise, withdraw };
    },
    async close() {
      isClosed = true;
      await parents.close();
      release();
    },
  };
}
