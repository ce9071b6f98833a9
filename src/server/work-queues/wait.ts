// Holds requests for work until there is some: `Prefer: wait=N` (RFC 7240). They are woken by events, and by the clock at
// the very moment the next run becomes due; nothing polls. Requests that ask the same form a group: when something
// happens the database is read once for the group, not once for each request.
import type { Clock } from "#lib/clock.ts";
import { MOST_HELD_REQUESTS } from "#lib/limits.ts";
import { type Timestamp, toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import { nextTurn } from "#lib/yield.ts";
import type { RequestInfo } from "../http/route.ts";
import type { EventsHub } from "../kernel/event-hub.ts";
import { preferredWait, tooManyHeld } from "../long-polls/prefer-wait.ts";
import type { DueRun } from "./due-runs.ts";

/**
 * A run is handed to one held request at a time. If it is not claimed in this time, the next one gets it too: in twice the time
 * that claims took lately, within these bounds. On a busy machine all would go after the same runs otherwise, and make it busier.
 */
const [LEAST_OFFER_MS, MOST_OFFER_MS] = [30, 1_000];
/** What is left of a slow claim's weight at the next one. */
const FORGETTING = 0.95;
/** So many runs are looked for to be shared by all requests of a group. */
const MOST_SHARED = 200;
/** Groups looked for before other requests get a turn: each look takes about 0.1 ms. */
const GROUPS_OF_TURN = 16;

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

export interface HeldRequests {
  ask(request: Pick<RequestInfo, "headers" | "signal">, question: Question): Promise<DueRun[]>;
}

interface Waiter {
  question: Question;
  /** Milliseconds from now to where it looks. */
  ahead: number;
  resolve(runs: DueRun[]): void;
  reject(error: unknown): void;
}

interface WaitGroup {
  waiters: Set<Waiter>;
  looking: boolean;
  /** Something happened during a look. */
  again: boolean;
  alarm: AbortController;
}

export function createHeldRequests({ clock, events }: { clock: Clock; events: EventsHub }): HeldRequests {
  const groups = new Map<string, WaitGroup>();
  /** When each run was handed to an asker, and may be handed to another one. */
  const offers = new Map<string, { at: number; until: number }>();
  let claimMs = 0;
  let stopListening: () => void = () => {};
  let held = 0;
  let isServing = false;
  let isNews = false;

  function join(waiter: Waiter): WaitGroup {
    if (groups.size === 0) {
      stopListening = events.subscribe((event) => {
        if (event.type === "runs-due-changed") void serveAll();
        else if (event.type === "flow-run-state" && event.state_type === "PENDING") claimed(event.flow_run_id);
      });
    }
    const { key } = waiter.question;
    const group = groups.get(key) ?? { waiters: new Set(), looking: false, again: false, alarm: new AbortController() };
    group.waiters.add(waiter);
    groups.set(key, group);
    return group;
  }

  function claimed(id: string): void {
    const offer = offers.get(id);
    if (!offer) return;
    offers.delete(id);
    claimMs = Math.max(clock.now() - offer.at, claimMs * FORGETTING);
  }

  function leave(group: WaitGroup, waiter: Waiter): void {
    group.waiters.delete(waiter);
    if (group.waiters.size > 0 || groups.get(waiter.question.key) !== group) return;
    group.alarm.abort();
    groups.delete(waiter.question.key);
    if (groups.size === 0) stopListening();
  }

  /** One group after the other, with turns for other requests in between; what happens meanwhile is one more round. */
  async function serveAll(): Promise<void> {
    isNews = true;
    if (isServing) return;
    isServing = true;
    while (isNews) {
      isNews = false;
      for (const [index, group] of [...groups.values()].entries()) {
        if (index % GROUPS_OF_TURN === GROUPS_OF_TURN - 1) await nextTurn();
        await serve(group);
      }
    }
    isServing = false;
  }

  /** Looks for a group, one look at a time; it never rejects, what goes wrong is the waiters' answer. */
  async function serve(group: WaitGroup): Promise<void> {
    group.again = true;
    if (group.looking) return;
    group.looking = true;
    let next = Number.POSITIVE_INFINITY;
    while (group.again) {
      group.again = false;
      next = await pass(group);
    }
    group.looking = false;
    if (group.waiters.size > 0) void arm(group, next);
  }

  /** Serves whom it can, first come, first served; gives the time of the next look, in milliseconds. */
  async function pass(group: WaitGroup): Promise<number> {
    let next = Number.POSITIVE_INFINITY;
    let emptyAhead = Number.NEGATIVE_INFINITY;
    for (const waiter of [...group.waiters]) {
      // Where one found nothing, others who look no further will find nothing.
      if (waiter.ahead <= emptyAhead || !group.waiters.has(waiter)) continue;
      try {
        const { runs, again } = await look(waiter, group.waiters.size);
        if (runs.length > 0) {
          leave(group, waiter);
          waiter.resolve(runs);
          continue;
        }
        emptyAhead = waiter.ahead;
        next = again;
      } catch (error) {
        leave(group, waiter);
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

  async function arm(group: WaitGroup, at: number): Promise<void> {
    group.alarm.abort();
    const alarm = new AbortController();
    group.alarm = alarm;
    if (at === Number.POSITIVE_INFINITY) return;
    // Timers count whole milliseconds: one that is rounded down would be too early.
    await clock.sleep(Math.ceil(at - clock.now()), alarm.signal);
    if (!alarm.signal.aborted) await serve(group);
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
          const group = join(waiter);
          void serve(group).then(() => group.waiters.has(waiter) && question.onHold?.());
          void clock.sleep(seconds * 1000, done.signal).then(() => {
            leave(group, waiter);
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
