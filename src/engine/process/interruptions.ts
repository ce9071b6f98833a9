// Watches for what ends a process while a run executes: a signal, an exit, an uncaught error, an agent that is gone. Each
// becomes an Interruption, so that the run is reported and its logs are sent before the process ends.
import { watchIdle } from "#lib/process/idle.ts";
import { watchParent } from "#lib/process/watch-parent.ts";
import { Interruption } from "../session/interruption.ts";

const BY_SIGNAL = "Execution was aborted by an interrupt signal.";
const STUCK = "The flow waits for a promise that never settles: nothing is left to do in its process.";
/** As Node ends a program whose top-level await never settles. */
const STUCK_CODE = 13;
const ORPHANED = "The agent that started this run is gone.";
const SIGNALS = { SIGTERM: 143, SIGINT: 130 } as const;

export interface InterruptionWatch {
  /** Rejects with an Interruption; never resolves. */
  interrupted: Promise<never>;
  signal: AbortSignal;
  /** Ends the process with this reason, unless it ends already. */
  interrupt(interruption: Interruption): void;
  remove(): void;
}

export interface InterruptionWatchOptions {
  host?: NodeJS.Process;
  /** Called first when a signal asks the process to end. */
  onSignal?: () => void;
}

/** Watches this process until `remove`. A second signal ends it at once, unless the agent is gone: then the process sends one. */
export function watchInterruptions({
  host = process,
  onSignal: noticed = () => {},
}: InterruptionWatchOptions = {}): InterruptionWatch {
  const over = new AbortController();
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  interrupted.catch(() => {}); // it may reject when nothing waits for it any more
  const exit = host.exit;
  const orphaned = new Interruption(ORPHANED, 1, { isAsked: true, isOrphaned: true });

  function interrupt(interruption: Interruption): void {
    reject(interruption);
    over.abort(interruption);
  }
  const onSignal = (signal: keyof typeof SIGNALS) => {
    if (over.signal.reason === orphaned) return;
    if (over.signal.aborted) exit.call(host, SIGNALS[signal]);
    noticed();
    interrupt(new Interruption(BY_SIGNAL, SIGNALS[signal], { isAsked: true }));
  };
  const onError = (error: unknown) => {
    if (over.signal.aborted) return; // an aftermath of the end that is under way
    interrupt(new Interruption("Execution was interrupted by an unexpected exception: ", 1, { cause: error }));
  };
  for (const signal of Object.keys(SIGNALS)) host.on(signal, onSignal);
  const stopWatching = watchParent(() => interrupt(orphaned));
  const stopWatchingIdle = watchIdle(() => interrupt(new Interruption(STUCK, STUCK_CODE)));
  host.on("uncaughtException", onError);
  host.on("unhandledRejection", onError);
  // The caller must not go on, and the process must not go yet: the call throws, the run ends as crashed.
  host.exit = (code) => {
    const exitCode = Number(code ?? host.exitCode ?? 0);
    interrupt(new Interruption(`Execution was aborted by a call of process.exit(${exitCode}).`, exitCode));
    throw over.signal.reason;
  };

  return {
    interrupted,
    signal: over.signal,
    interrupt,
    remove() {
      stopWatching();
      stopWatchingIdle();
      for (const signal of Object.keys(SIGNALS)) host.off(signal, onSignal);
      host.off("uncaughtException", onError);
      host.off("unhandledRejection", onError);
      host.exit = exit;
    },
  };
}
