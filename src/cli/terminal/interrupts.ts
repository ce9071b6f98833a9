// Ctrl-C: a first one asks politely, a second one means it. And what else is the duty of a command that goes on for long.
import { systemClock } from "#lib/clock.ts";
import { isSignalIgnored } from "#lib/process/process-stat.ts";

export interface Interrupts {
  /** Resolves when the process is asked to stop for the first time. */
  first: Promise<void>;
  second: Promise<void>;
  remove(): void;
}

const FIRST_PROCESS = 1;

/**
 * SIGINT and SIGTERM count alike. A terminal that is closed is a first request, however often it sends SIGHUP, and none for a process
 * that was started to outlive it (`nohup`). As the first process of a container this one reaps orphans besides, until `remove`.
 */
export function watchInterrupts(): Interrupts {
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  let asked = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    // The terminal has written ^C: what is printed next begins on a new line.
    if (signal === "SIGINT" && process.stderr.isTTY) process.stderr.write("\n");
    asked += 1;
    if (asked === 1) first.resolve();
    else second.resolve();
  };
  const onHangUp = () => {
    asked = Math.max(asked, 1);
    first.resolve();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  if (!isSignalIgnored("SIGHUP")) process.on("SIGHUP", onHangUp);
  const reaping = process.pid === FIRST_PROCESS ? reap() : undefined;
  return {
    first: first.promise,
    second: second.promise,
    remove() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
      process.off("SIGHUP", onHangUp);
      void reaping?.then((service) => service.stop());
    },
  };
}

async function reap() {
  const { startReaping } = await import("#lib/process/orphans.ts");
  return startReaping(systemClock, process.pid);
}
