// Stays with a container to its end: its output line by line, its exit code, and its removal where the block asks for it.
import type { Clock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, textOfJson } from "#lib/json.ts";
import type { Exit, Job, Started, Unseen } from "../infrastructure.ts";
import { fieldOf, streamsOutput } from "../job-fields.ts";
import { createLastLines } from "../last-lines.ts";
import type { Output } from "../output-lines.ts";
import type { EndedByAgent } from "../process-exit.ts";
import type { Engine } from "./engine.ts";
import { containerExit, isBySignal } from "./exit.ts";
import { forEachLogLine } from "./frames.ts";

export interface WatchOptions {
  engine: Engine;
  id: string;
  job: Job;
  clock: Clock;
  /** Lines of its log that are handed out of those it has printed already. Default: all. */
  tail?: number | undefined;
  /** The engine may end a log before its last lines: they are asked for again. */
  mayCutLog?: boolean;
  /** What the agent has done to end it, asked at its end. */
  endedByAgent?: () => EndedByAgent | undefined;
}

/** A question that goes on for longer may have been forgotten on its way: it is asked again. */
const ASK_ANEW_MS = 600_000;
/** Between two tries to reach an engine that went away. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** What is printed at the end is waited for so long after the end. */
const LAST_OUTPUT_MS = 2_000;
const GONE: Ending = { code: -1, isOutOfMemory: false, isGone: true };

interface Ending {
  code: number;
  isOutOfMemory: boolean;
  isGone?: boolean;
  wasEngineAway?: boolean;
}

export function followContainer(options: WatchOptions): Pick<Started, "exited" | "lastLines" | "unseen"> {
  const { engine, id, job, clock, tail, mayCutLog } = options;
  const place = createPlace();
  const last = createLastLines();
  const isShown = streamsOutput(job);
  const over = new AbortController();
  const output: Output = (line, isRest) => {
    place.pass(line, isRest);
    last.add(line);
    if (isShown) job.output(line);
  };
  const printed = followLog(options, over.signal, output);
  let unseen: Unseen | undefined;
  const seen = (reason?: string) => {
    unseen = reason === undefined ? undefined : (unseen ?? { since: clock.elapsed(), reason });
  };
  const exited = ending(engine, id, clock, printed, seen).then(async (end): Promise<Exit> => {
    const bound = new AbortController();
    await Promise.race([printed, clock.sleep(LAST_OUTPUT_MS, bound.signal)]);
    bound.abort();
    over.abort();
    if (mayCutLog && tail === undefined) await readRest(engine, id, place, output);
    if (fieldOf(job, "auto_remove") === true) await remove(engine, id);
    const limit = fieldOf(job, "mem_limit");
    const memoryLimit = limit === null ? null : textOfJson(limit);
    return containerExit({ name: job.run.name, ...end, memoryLimit, ended: options.endedByAgent?.() });
  });
  return { exited, lastLines: () => last.all, unseen: () => unseen };
}

/** A log that breaks off is followed again from where it was: the engine was restarted. */
async function followLog({ engine, id, clock, tail }: WatchOptions, over: AbortSignal, output: Output): Promise<void> {
  let since: string | undefined;
  while (!over.aborted) {
    const query = { follow: "1", stdout: "1", stderr: "1", since, tail: since ? undefined : tail?.toString() };
    try {
      await forEachLogLine(await engine.stream("GET", `/containers/${id}/logs`, { query, signal: over }), output);
      return;
    } catch {
      if (over.aborted) return;
    }
    since = String(clock.now() / 1000);
    if (!(await mayGoOn(engine, id))) return;
    await clock.sleep(FIRST_PAUSE_MS, over);
  }
}

/** What follows the lines that were handed out already. A log that cannot be read any more is left as it is. */
async function readRest(engine: Engine, id: string, known: Place, output: Output): Promise<void> {
  const read = createPlace();
  const from = { lines: known.lines, length: known.length };
  const query = { stdout: "1", stderr: "1" };
  const log = await engine.stream("GET", `/containers/${id}/logs`, { query }).catch(() => undefined);
  if (!log) return;
  await forEachLogLine(log, (line, isRest) => {
    read.pass(line, isRest);
    // Of the line that it was cut in, what is left.
    const rest = read.lines === from.lines ? line.slice(Math.max(0, line.length - (read.length - from.length))) : line;
    if (read.lines > from.lines || (read.lines === from.lines && read.length > from.length)) output(rest, isRest);
  }).catch(() => {});
}

/** How far a log was handed out: so many lines, and of the last one so much. */
interface Place {
  lines: number;
  length: number;
  pass(line: string, isRest?: boolean): void;
}

function createPlace(): Place {
  const place: Place = {
    ...{ lines: 0, length: 0 },
    pass(line, isRest = false) {
      place.lines += isRest ? 0 : 1;
      place.length = (isRest ? place.length : 0) + line.length;
    },
  };
  return place;
}

/**
 * Resolves when the container has ended, however long the engine itself is away meanwhile. The end of its log is a hint. `seen` is called
 * when the engine has answered, and with a sentence when it has not.
 */
async function ending(
  engine: Engine,
  id: string,
  clock: Clock,
  printed: Promise<void>,
  seen: (trouble?: string) => void,
): Promise<Ending> {
  let hint: Promise<void> | undefined = printed;
  let wasEngineAway = false;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const asked = new AbortController();
    const signal = AbortSignal.any([asked.signal, AbortSignal.timeout(ASK_ANEW_MS)]);
    // Away, or the question was cut off: it is asked again.
    const answered = engine.ask("POST", `/containers/${id}/wait`, { signal }).catch(() => {
      wasEngineAway ||= !signal.aborted;
    });
    await Promise.race([answered, ...(hint ? [hint.then(() => (hint = undefined))] : [])]);
    asked.abort();
    const end = await endIn(engine, id).then(
      (found) => {
        seen();
        return found;
      },
      (error) => {
        wasEngineAway = true;
        seen(messageOf(error));
      },
    );
    if (end) return { ...end, wasEngineAway: wasEngineAway || (isBySignal(end.code) && (await isAway(engine))) };
    await clock.sleep(pause);
  }
}

/** Undefined while it runs. */
async function endIn(engine: Engine, id: string): Promise<Ending | undefined> {
  const { status, body } = await engine.ask("GET", `/containers/${id}/json`);
  if (status === 404) return GONE;
  const state = objectIn(objectIn(body)["State"]);
  if (status !== 200 || state["Running"] === true || state["Restarting"] === true) return undefined;
  const code = typeof state["ExitCode"] === "number" ? state["ExitCode"] : -1;
  return { code, isOutOfMemory: state["OOMKilled"] === true };
}

/** It takes no new connections: a dockerd that is being stopped ends its containers first. */
async function isAway(engine: Engine): Promise<boolean> {
  return engine.ask("GET", "/_ping", { isFresh: true }).then(
    () => false,
    () => true,
  );
}

async function mayGoOn(engine: Engine, id: string): Promise<boolean> {
  try {
    return (await endIn(engine, id)) === undefined;
  } catch {
    return true; // the engine is away
  }
}

async function remove(engine: Engine, id: string): Promise<void> {
  await engine.ask("DELETE", `/containers/${id}`, { query: { v: "1", force: "1" } }).catch(() => {}); // it went away
}

function objectIn(value: Json | undefined): JsonObject {
  return isObject(value) ? (value as JsonObject) : {}; // JSON holds JSON
}
