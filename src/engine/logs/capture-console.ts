// Sends what a run prints with the console to the run's log (logPrints). Only the console, as Prefect captures only `print`:
// what is written to process.stdout or Bun.stdout is printed as before.
import { currentRun, type LogLevel, type RunFrame, type RunLogger } from "../session/context.ts";
import { logText } from "./log-text.ts";

/** By what they print as it is. */
const LINES = { log: "info", info: "info", debug: "debug", warn: "warn", error: "error" } as const satisfies Methods;
/** Those whose text is the console's own. */
const MADE = {
  ...{ table: "info", dir: "info", dirxml: "info", count: "info", countReset: "info", assert: "error" },
  ...{ time: "info", timeLog: "info", timeEnd: "info" },
} as const satisfies Methods;
const GROUPS = ["group", "groupCollapsed", "groupEnd", "trace"] as const;

type Methods = Partial<Record<keyof Console, LogLevel>>;
type LineMethod = keyof typeof LINES;
type MadeMethod = keyof typeof MADE;
type Method = LineMethod | MadeMethod | (typeof GROUPS)[number];

const GROUP_INDENT = 2;

/** Wraps the console until the returned function is called. Lines from outside such runs print as ever. */
export function captureConsole(target: Console = console): () => void {
  /** Spaces before the lines of a run, for its open groups. */
  const indents = new WeakMap<RunLogger, number>();
  let level: LogLevel = "info";
  let made: Pick<Console, MadeMethod> | undefined;

  function log({ logger }: RunFrame, at: LogLevel, text: string): void {
    const indent = " ".repeat(indents.get(logger) ?? 0);
    logger[at](indent === "" ? text : indent + text.replaceAll("\n", `\n${indent}`));
  }

  /** The runtime's own console, which prints into the log of the run that calls it. Loaded when first needed. */
  function maker(): Pick<Console, MadeMethod> {
    if (made) return made;
    const { Writable } = process.getBuiltinModule("node:stream");
    const { Console: NodeConsole } = process.getBuiltinModule("node:console");
    const stdout = new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        const frame = currentRun.getStore();
        if (frame) log(frame, level, logText([String(chunk).replace(/\n$/, "")]));
        done();
      },
    });
    made = new NodeConsole({ stdout, stderr: stdout, colorMode: false });
    return made;
  }

  const replacements = new Map<Method, (frame: RunFrame, parts: unknown[]) => void>();
  for (const [method, at] of entriesOf(LINES))
    replacements.set(method, (frame, parts) => log(frame, at, logText(parts)));
  for (const [method, at] of entriesOf(MADE)) {
    replacements.set(method, (_frame, parts) => {
      level = at;
      (maker()[method] as (...parts: unknown[]) => void)(...parts); // each takes what its caller gave
    });
  }
  const open = (frame: RunFrame, parts: unknown[]) => {
    if (parts.length > 0) log(frame, "info", logText(parts));
    indents.set(frame.logger, (indents.get(frame.logger) ?? 0) + GROUP_INDENT);
  };
  replacements.set("group", open);
  replacements.set("groupCollapsed", open);
  replacements.set("groupEnd", ({ logger }) => {
    indents.set(logger, Math.max(0, (indents.get(logger) ?? 0) - GROUP_INDENT));
  });
  replacements.set("trace", (frame, parts) => {
    const head = parts.length === 0 ? "Trace" : `Trace: ${logText(parts)}`;
    const frames = (new Error().stack ?? "").split("\n").slice(1);
    log(frame, "info", logText([[head, ...frames].join("\n")]));
  });

  const originals = [...replacements].map(([method, replacement]) => {
    const print = target[method] as (...parts: unknown[]) => void; // each method takes what its callers give
    const wrapped = (...parts: unknown[]) => {
      const frame = currentRun.getStore();
      if (frame?.logPrints) replacement(frame, parts);
      else print.apply(target, parts);
    };
    Object.assign(target, { [method]: wrapped });
    return { method, print };
  });
  return () => {
    for (const { method, print } of originals) Object.assign(target, { [method]: print });
  };
}

function entriesOf<Name extends string>(levels: Record<Name, LogLevel>): [Name, LogLevel][] {
  return Object.entries(levels) as [Name, LogLevel][]; // its own keys
}
