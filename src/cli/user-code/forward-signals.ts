// Passes the signals of this process on to the program that it has started.
import { closeSync, openSync } from "node:fs";

const IS_WINDOWS = process.platform === "win32";
/** Of a terminal's keys, which reach all processes in its foreground. */
const OF_KEYS: readonly NodeJS.Signals[] = IS_WINDOWS ? ["SIGINT"] : ["SIGINT", "SIGQUIT"];
/** Those that others send to this process alone too. */
const ALL: readonly NodeJS.Signals[] = [
  ...OF_KEYS,
  ...(["SIGTERM", "SIGHUP"] as const),
  ...(IS_WINDOWS ? [] : (["SIGUSR1", "SIGUSR2"] as const)),
];

export interface ForwardedSignals {
  /** The program, as soon as it is there: it also gets the signals that came before. */
  to(child: { kill(signal: NodeJS.Signals): void }): void;
  stop(): void;
}

/** From now on no signal of these ends this process, until `stop`: it ends after the program. */
export function forwardSignals(): ForwardedSignals {
  const early: NodeJS.Signals[] = [];
  let send = (signal: NodeJS.Signals): void => void early.push(signal);
  const hasKeys = hasTerminal();
  const forward = (signal: NodeJS.Signals) => {
    if (!hasKeys || !OF_KEYS.includes(signal)) send(signal);
  };
  for (const signal of ALL) process.on(signal, forward);
  return {
    to(child) {
      send = (signal) => child.kill(signal);
      for (const signal of early.splice(0)) send(signal);
    },
    stop() {
      for (const signal of ALL) process.off(signal, forward);
    },
  };
}

/** Whether this process belongs to a terminal. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return IS_WINDOWS; // its console sends Ctrl-C to each process by itself
  }
}
