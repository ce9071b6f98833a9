// logPrints: console lines of a run whose author asked for it go to the run's log.
import { currentRun, type LogLevel } from "./context.ts";

const LEVELS = { log: "info", info: "info", debug: "debug", warn: "warn", error: "error" } as const satisfies Record<
  string,
  LogLevel
>;
type Method = keyof typeof LEVELS;

/** Wraps the console until the returned function is called. Lines from outside such runs print as ever. */
export function capturePrints(target: Console = console): () => void {
  const methods = Object.keys(LEVELS) as Method[]; // the keys of the table above
  const originals = methods.map((method) => [method, target[method]] as const);
  for (const [method, print] of originals) {
    target[method] = (...parts: unknown[]) => {
      const frame = currentRun.getStore();
      // Fetched when first needed: loading node:util takes 1.5 ms, which runs without prints need not pay.
      if (frame?.logPrints) frame.logger[LEVELS[method]](process.getBuiltinModule("node:util").format(...parts));
      else print.apply(target, parts);
    };
  }
  return () => {
    for (const [method, print] of originals) target[method] = print;
  };
}
