// The entry of the thread that ends runs which have passed their time while the main thread does not answer.
import { writeSync } from "node:fs";
import type { TimeLimit, WatchdogMessage } from "#engine/process/watchdog.ts";
import type { LateRuns } from "./late-runs.ts";

declare const self: Worker;

const LOOK_MS = 250;
/** The main thread ends a run that is late by itself, when it can. */
const GRACE_MS = 2_000;
/** So long it has to answer. */
const ANSWER_MS = 1_000;
const STDERR = 2;

interface Entered extends TimeLimit {
  at: number;
}

const entered = new Map<number, Entered>();
let place: Omit<LateRuns, "late" | "say"> | undefined;
let asked: number | undefined;
let isEnding = false;

self.onmessage = ({ data }: MessageEvent<WatchdogMessage>) => {
  if ("api" in data) place = data;
  else if ("enter" in data) entered.set(data.enter, { ...data.limit, at: performance.now() });
  else if ("leave" in data) entered.delete(data.leave);
  else asked = undefined;
};

setInterval(() => {
  const now = performance.now();
  const late = [...entered.values()].filter(({ at, seconds }) => now - at > seconds * 1000 + GRACE_MS);
  if (late.length === 0 || isEnding || !place) return;
  if (asked === undefined) {
    asked = now;
    self.postMessage("alive?");
  } else if (now - asked > ANSWER_MS) {
    isEnding = true;
    void end(late, place);
  }
}, LOOK_MS);

/** Whatever fails, the process ends. */
async function end(late: Entered[], where: NonNullable<typeof place>): Promise<void> {
  const { endLateRuns, killRun } = await import("./late-runs.ts");
  try {
    await endLateRuns({ ...where, late, say: (line) => writeSync(STDERR, `${line}\n`) });
  } finally {
    killRun();
  }
}
