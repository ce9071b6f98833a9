// Says in plain words why the process of a flow run has ended.
import type { Exit } from "./infrastructure.ts";

const BY_SIGNAL: Readonly<Record<number, string>> = {
  1: "was ended by signal SIGHUP",
  2: "was ended by signal SIGINT",
  3: "was ended by signal SIGQUIT",
  4: "crashed in native code (signal SIGILL)",
  5: "crashed in native code (signal SIGTRAP)",
  6: "aborted itself (signal SIGABRT): process.abort() was called, or native code gave up",
  7: "crashed in native code (signal SIGBUS)",
  8: "crashed in native code (signal SIGFPE)",
  9: "was killed by signal SIGKILL, which leaves it no time to report anything: by hand, or by the system",
  11: "crashed in native code (signal SIGSEGV)",
  13: "was ended by signal SIGPIPE",
  15: "was ended by signal SIGTERM",
};
const OUT_OF_MEMORY = "was killed (signal SIGKILL), probably because the machine ran out of memory";

/**
 * What is known of a signal: the system ran out of memory; or the agent ended the job, by asking it (`asked`), at once
 * (`killed`), or because it went on after it was asked (`killed-after-asking`).
 */
export type EndCause = "out-of-memory" | EndedByAgent;
export type EndedByAgent = "asked" | "killed" | "killed-after-asking";

const BY_AGENT: Readonly<Record<EndedByAgent, readonly [signal: number, how: string]>> = {
  asked: [15, "was ended by its agent (signal SIGTERM)"],
  killed: [9, "was killed by its agent (signal SIGKILL)"],
  "killed-after-asking": [9, "did not end when its agent asked it to, and was killed by it (signal SIGKILL)"],
};

const ENDED = " It was ended by SIGTERM, as a cancellation does.";
const HINTS: Readonly<Record<number, string>> = {
  [-9]: " It was killed by SIGKILL: by hand, or because the machine ran out of memory.",
  [-15]: ENDED,
  143: ENDED,
};

/** `name`: the job's. `code`: −N for signal N. */
export function processExit(name: string, code: number, cause?: EndCause): Exit {
  const known = ofCause(signalOf(code), cause);
  const hint = known === undefined ? (HINTS[code] ?? "") : ` It ${known}.`;
  return {
    code,
    line:
      code === 0 ? `Process '${name}' exited cleanly.` : `Process '${name}' exited with status code: ${code}.${hint}`,
    reason: `Crash detected! The process of the flow run ${howItEnded(code, cause)}.`,
    cancelReason: cancelReason(code),
  };
}

/** How a process ended, as the end of a sentence. Shells say 128+N for signal N. */
export function howItEnded(code: number, cause?: EndCause): string {
  const signal = signalOf(code);
  const known = ofCause(signal, cause);
  if (known !== undefined) return known;
  if (code === 0) return "ended without reporting how the run ended";
  return BY_SIGNAL[signal] ?? (code < 0 ? `was ended by signal ${signal}` : `exited with status code ${code}`);
}

function signalOf(code: number): number {
  return code < 0 ? -code : code > 128 ? code - 128 : 0;
}

/** Undefined where another signal has ended it: then the cause is another one. */
function ofCause(signal: number, cause: EndCause | undefined): string | undefined {
  if (cause === undefined) return undefined;
  const [expected, how] = cause === "out-of-memory" ? [9, OUT_OF_MEMORY] : BY_AGENT[cause];
  return signal === expected ? how : undefined;
}

function cancelReason(code: number): string | null {
  if (code === -9)
    return "The flow run was cancelled. Its process did not end in time, and was killed (signal SIGKILL).";
  if (code === -15) return "The flow run was cancelled. Its process was ended (signal SIGTERM).";
  return null;
}
