// Holds requests for work until there is some: `Prefer: wait=N` (RFC 7240). They are woken by events, and by the clock at
// the very moment the next run becomes due; nothing polls. Those who ask the same wait in one line: when something
// happens there is one look for the line, not one for each of them.
import type { Clock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { MOST_HELD_REQUESTS } from "#lib/limits.ts";
import { type Timestamp, toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import { nextTurn } from "#lib/turns.ts";
import type { EventsHub } from "../events.ts";
import type { RequestInfo } from "../http/router.ts";
import type { DueRun } from "./due-runs.ts";

const MOST_SECONDS = 60;
/**
 * A run is handed to one held request at a time. If it is not claimed in this time, the next one gets it too: in twice the time
 * that claims took lately, within these bounds. On a busy machine all would go after the same runs otherwise, and make it busier.
 */
const [LEAST_OFFER_MS, MOST_OFFER_MS] = [30, 1_000];
/** What is left of a slow claim's weight at the next one. */
const FORGETTING = 0.95;
/** So many runs are looked for to be shared by all who wait in a line. */
const MOST_SHARED = 200;
/** Lines looked for before other requests get a turn: each look takes about 0.1 ms. */
const LINES_OF_TURN = 16;
const WAIT = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,9}(?:\.\d{1,9})?)/i;

/** Seconds the client is ready to wait; 0 when it does not say. */
export function preferredWait(headers: Headers): number {
  const seconds = WAIT.exec(headers.get("prefer") ?? "")?.[1];
  return Math.min(Number(seconds ?? 0), MOST_SECONDS);
}

/** The refusal of one more request that would be held. */
export function tooManyHeld(): OrchError {
  return new OrchError("unavailable", `${MOST_HELD_REQUESTS} requests are held already: try again later.`);
}

/** Says that the wish was granted. */
export function preferenceApplied(headers: Headers): Record<string, string> {
  const seconds = preferredWait(headers);
  return seconds > 0 ? { "preference-applied": `wait=${seconds}` } : {};
}

export interface Question {
  /** Requests with the same key ask for the same runs; only `before` and `limit` may differ. */
  key: string;
  /** How far ahead to look. The moment a client names moves on while it waits. `null` for no end. */
  before: Timestamp | null;
  limit: number;
  /** The runs due until then, those to start first in front. What it throws goes to the asker. */
  due(before: Timestamp | null, limit: number): Promise<DueRun[]>;
  /** When a run becomes due that is not due at `after`; `undefined` when none is in sight. */
  next(after: Timestamp): Promise<Timestamp | undefined>;
  /** Called if the answer is held. */
  onHold?(): void;
}

export interface WaitingRoom {
  ask(request: Pick<RequestInfo, "headers" | "signal">, question: Question): Promise<DueRun[]>;
}

interface Waiter {
  question: Question;
  /** Milliseconds from now to where it looks. */
  ahead: number;
  resolve(runs: DueRun[]): void;
  reject(error: unknown): void;
}

interface Line {
  waiters: Set<Waiter>;
  looking: boolean;
  /** Something happened during a look. */
  again: boolean;
  alarm: AbortController;
}

export function createWaitingRoom({ clock, events }: { clock: Clock; events: EventsHub }): WaitingRoom {
  const lines = new Map<string, Line>();
  /** When each run was handed to an asker, and may be handed to another one. */
  const offers = new Map<string, { at: number; until: number }>();
  let claimMs = 0;
  let stopListening: () => void = () => {};
  let held = 0;
  let isServing = false;
  let isNews = false;

  function join(waiter: Waiter): Line {
    if (lines.size === 0) {
      stopListening = events.subscribe((event) => {
        if (event.type === "runs-due-changed") void serveAll();
        else if (event.type === "flow-run-state" && event.state_type === "PENDING") claimed(event.flow_run_id);
      });
    }
    const { key } = waiter.question;
    const line = lines.get(key) ?? { waiters: new Set(), looking: false, again: false, alarm: new AbortController() };
    line.waiters.add(waiter);
    lines.set(key, line);
    return line;
  }

  function claimed(id: string): void {
    const offer = offers.get(id);
    if (!offer) return;
    offers.delete(id);
    claimMs = Math.max(clock.now() - offer.at, claimMs * FORGETTING);
  }

  function leave(line: Line, waiter: Waiter): void {
    line.waiters.delete(waiter);
    if (line.waiters.size > 0 || lines.get(waiter.question.key) !== line) return;
    line.alarm.abort();
    lines.delete(waiter.question.key);
    if (lines.size === 0) stopListening();
  }

  /** One line after the other, with turns for other requests in between; what happens meanwhile is one more round. */
  async function serveAll(): Promise<void> {
    isNews = true;
    if (isServing) return;
    isServing = true;
    while (isNews) {
      isNews = false;
      for (const [index, line] of [...lines.values()].entries()) {
        if (index % LINES_OF_TURN === LINES_OF_TURN - 1) await nextTurn();
        await serve(line);
      }
    }
    isServing = false;
  }

  /** Looks for a line, one look at a time; it never rejects, what goes wrong is the waiters' answer. */
  async function serve(line: Line): Promise<void> {
    line.again = true;
    if (line.looking) return;
    line.looking = true;
    let next = Number.POSITIVE_INFINITY;
    while (line.again) {
      line.again = false;
      next = await pass(line);
    }
    line.looking = false;
    if (line.waiters.size > 0) void arm(line, next);
  }

  /** Serves whom it can, first come, first served; gives the time of the next look, in milliseconds. */
  async function pass(line: Line): Promise<number> {
    let next = Number.POSITIVE_INFINITY;
    let emptyAhead = Number.NEGATIVE_INFINITY;
    for (const waiter of [...line.waiters]) {
      // Where one found nothing, others who look no further will find nothing.
      if (waiter.ahead <= emptyAhead || !line.waiters.has(waiter)) continue;
      try {
        const { runs, again } = await look(waiter, line.waiters.size);
        if (runs.length > 0) {
          leave(line, waiter);
          waiter.resolve(runs);
          continue;
        }
        emptyAhead = waiter.ahead;
        next = again;
      } catch (error) {
        leave(line, waiter);
        waiter.reject(error);
      }
    }
    return next;
  }

  /** Of a crowd that is due each of those who wait gets a share: else one had it all, and the others nothing to do. */
  async function look({ question, ahead }: Waiter, waiting: number): Promise<{ runs: DueRun[]; again: number }> {
    const now = clock.now();
    for (const [id, { until }] of offers) {
      if (until <= now) offers.delete(id);
    }
    const horizon = Number.isFinite(ahead) ? toTimestamp(now + ahead) : null;
    const { limit } = question;
    const most = Math.max(limit, Math.min(limit * waiting, MOST_SHARED));
    const due = await question.due(horizon, most + offers.size);
    const free = due.filter(({ id }) => !offers.has(id)).slice(0, most);
    const runs = free.slice(0, Math.min(limit, Math.ceil(free.length / waiting)));
    if (runs.length > 0) {
      const until = now + Math.min(Math.max(2 * claimMs, LEAST_OFFER_MS), MOST_OFFER_MS);
      for (const { id } of runs) offers.set(id, { at: now, until });
      return { runs, again: now };
    }
    const next = horizon === null ? undefined : await question.next(horizon);
    const times = due.map(({ id }) => offers.get(id)?.until ?? now);
    if (next !== undefined) times.push(toMillis(next) - ahead);
    return { runs, again: Math.min(...times) };
  }

  async function arm(line: Line, at: number): Promise<void> {
    line.alarm.abort();
    const alarm = new AbortController();
    line.alarm = alarm;
    if (at === Number.POSITIVE_INFINITY) return;
    // Timers count whole milliseconds: one that is rounded down would be too early.
    await clock.sleep(Math.ceil(at - clock.now()), alarm.signal);
    if (!alarm.signal.aborted) await serve(line);
  }

  return {
    async ask(request, question) {
      const now = clock.now();
      const seconds = preferredWait(request.headers);
      if (question.limit <= 0) return [];
      if (seconds === 0) return question.due(question.before, question.limit);
      if (held >= MOST_HELD_REQUESTS) throw tooManyHeld();
      const ahead = question.before === null ? Number.POSITIVE_INFINITY : toMillis(question.before) - now;
      const done = new AbortController();
      const giveUp = () => done.abort();
      request.signal.addEventListener("abort", giveUp);
      if (request.signal.aborted) giveUp();
      held += 1;
      try {
        return await new Promise<DueRun[]>((resolve, reject) => {
          const waiter: Waiter = { question, ahead, resolve, reject };
          const line = join(waiter);
          void serve(line).then(() => line.waiters.has(waiter) && question.onHold?.());
          void clock.sleep(seconds * 1000, done.signal).then(() => {
            leave(line, waiter);
            resolve([]);
          });
        });
      } finally {
        held -= 1;
        giveUp();
        request.signal.removeEventListener("abort", giveUp);
      }
    },
  };
}
