// Ctrl-C: a first one asks politely, a second one means it.
export interface Interrupts {
  /** Resolves when the process is asked to stop for the first time. */
  first: Promise<void>;
  second: Promise<void>;
  remove(): void;
}

/** SIGINT and SIGTERM count alike. */
export function watchInterrupts(): Interrupts {
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  let asked = 0;
  const onSignal = () => {
    asked += 1;
    if (asked === 1) first.resolve();
    else second.resolve();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    first: first.promise,
    second: second.promise,
    remove() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
