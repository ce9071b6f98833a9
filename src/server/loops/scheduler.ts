// Makes the runs of scheduled deployments ahead of time. Safe to repeat and to cut off: a run's key names its date.
import { type Budget, createBudget } from "#domain/schedules/budget.ts";
import { type Bounds, dates, type ScheduledDate } from "#domain/schedules/expand.ts";
import { createZones, type Zones } from "#domain/schedules/zone.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { isObject } from "#lib/json.ts";
import { createLoop, type Loop } from "#lib/loop.ts";
import { toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import { nextTurn } from "#lib/yield.ts";
import type { scheduleRequest } from "#wire/deployments/schedules.ts";
import type { Out } from "#wire/endpoint.ts";
import { readSchedules, type StoredSchedule } from "../deployments/schedules.ts";
import type { ServerContext } from "../kernel/context.ts";
import { logFailure } from "./failures.ts";
import { listening } from "./listening.ts";
import { missedDates } from "./missed-dates.ts";
import { ALL, createRefusals, NO_REFUSALS, type Refusals } from "./refused-schedules.ts";
import * as store from "./scheduled-runs.ts";

const RECENT_LOOP_SECONDS = 5;
/** Steps of expansion before others get a turn: about 1 ms. One schedule alone may take all steps there are (lib/limits.ts). */
const STEPS_OF_TURN = 10_000;
/** What a schedule and each of its dates cost beside the steps. */
const COST_OF_SCHEDULE = 200;
const COST_OF_DATE = 10;
/** Runs written at once: they hold up other requests for 10 to 20 ms, of which the commit is half. */
const MOST_AT_ONCE = 100;
/** Runs kept in memory before they are written. */
const MOST_PLANNED = 6000;

export interface Scheduler extends Loop {
  /** One pass; gives the number of runs it made. */
  runOnce(): Promise<number>;
}

/** Looks at every scheduled deployment once a minute. */
export function createScheduler(context: ServerContext): Scheduler {
  const { db, clock, settings, log } = context;
  const zones = createZones();
  const size = settings.ORCH_API_SERVICES_SCHEDULER_DEPLOYMENT_BATCH_SIZE;
  let started = clock.elapsed();
  const refusals = createRefusals(log);

  async function runOnce(): Promise<number> {
    started = clock.elapsed();
    const inNeed: store.ScheduledDeployment[] = [];
    for (let after: string | undefined = ""; after !== undefined; ) {
      const page = await nextPage(after);
      for (const deployment of page) if (deployment.in_need === 1) inNeed.push(deployment);
      after = page.length < size ? undefined : page.at(-1)?.id;
      await nextTurn();
    }
    refusals.keep(inNeed);
    return scheduleAll(context, zones, inNeed, refusals);
  }

  function nextPage(after: string) {
    return db.read((q) => store.pageOfSchedules(q, horizonOf(context), after, size));
  }

  const loop = createLoop({
    clock,
    delay: () => started + settings.ORCH_API_SERVICES_SCHEDULER_LOOP_SECONDS * 1000 - clock.elapsed(),
    runOnce,
    onError: logFailure(log, "Scheduling failed"),
  });
  return { ...loop, runOnce };
}

function horizonOf({ clock, settings }: ServerContext): store.Horizon {
  const now = clock.now();
  return {
    now: toTimestamp(now),
    until: toTimestamp(now + settings.ORCH_API_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME * 1000),
    minRuns: settings.ORCH_API_SERVICES_SCHEDULER_MIN_RUNS,
  };
}

/**
 * Looks at deployments that were just changed: at once when this process changed them, else within five seconds. The old
 * server's RecentDeploymentsScheduler only had the five seconds.
 */
export function createRecentDeploymentsScheduler(context: ServerContext): Scheduler {
  const { db, clock, settings, events, log } = context;
  const zones = createZones();
  const size = settings.ORCH_API_SERVICES_SCHEDULER_DEPLOYMENT_BATCH_SIZE;
  const changed = new Set<string>();
  // What was changed before the start is the first pass of the other loop.
  let lastLook = clock.elapsed();

  async function runOnce(): Promise<number> {
    const now = clock.elapsed();
    const ids = new Set(changed);
    changed.clear();
    if (now - lastLook >= RECENT_LOOP_SECONDS * 1000) {
      lastLook = now;
      // A second more than the loop, for changes made during the last look.
      const since = toTimestamp(clock.now() - (RECENT_LOOP_SECONDS + 1) * 1000);
      for (const id of await db.read((q) => store.recentlyChanged(q, since))) ids.add(id);
    }
    let made = 0;
    for (const some of slicesOf([...ids], size)) {
      const inNeed = await db.read((q) => store.schedulesInNeed(q, horizonOf(context), some));
      // The other loop logs what cannot be expanded.
      made += await scheduleAll(context, zones, inNeed, NO_REFUSALS);
      await nextTurn();
    }
    return made;
  }

  const loop = createLoop({
    clock,
    delay: () => lastLook + RECENT_LOOP_SECONDS * 1000 - clock.elapsed(),
    runOnce,
    onError: logFailure(log, "Scheduling changed deployments failed"),
  });
  const heard = listening(loop, events, (event) => {
    if (event.type !== "deployment-changed") return;
    changed.add(event.deployment_id);
    loop.wake();
  });
  return { ...heard, runOnce };
}

export type ScheduleRequest = Out<typeof scheduleRequest>;

/**
 * Makes the runs of one deployment within the bounds asked for; none when it has no active schedule. Throws `invalid` for a
 * schedule that cannot be expanded.
 */
export async function scheduleDeployment(
  context: ServerContext,
  deploymentId: string,
  request: Partial<ScheduleRequest>,
): Promise<number> {
  const deployment = await context.db.read((q) => store.readScheduled(q, deploymentId));
  const refusals: Refusals = {
    ...NO_REFUSALS,
    add(_deployment, _index, error) {
      throw new OrchError("invalid", messageOf(error), { cause: error });
    },
  };
  return deployment ? scheduleAll(context, createZones(), [deployment], refusals, request) : 0;
}

/** Dates are worked out outside of any unit of work, so that requests go on between slices. */
async function scheduleAll(
  context: ServerContext,
  zones: Zones,
  deployments: readonly store.ScheduledDeployment[],
  refused: Refusals,
  request: Partial<ScheduleRequest> = {},
): Promise<number> {
  let planned: store.PlannedRun[] = [];
  let made = 0;
  let steps = 0;
  for (const deployment of deployments) {
    // Two schedules may name the same moment: it is one run.
    const found = new Map<number, ScheduledDate>();
    for (const [index, one] of schedulesOf(deployment, refused).entries()) {
      if (!one.active || refused.has(deployment, index)) continue;
      const budget = createBudget();
      try {
        const some = datesOf(context, zones, { deployment, one, request, budget });
        for (const date of some) found.set(date.instant, date);
        steps += COST_OF_DATE * some.length;
      } catch (error) {
        refused.add(deployment, index, error);
      }
      steps += COST_OF_SCHEDULE + budget.used();
      if (steps < STEPS_OF_TURN) continue;
      steps = 0;
      await nextTurn();
    }
    for (const date of found.values()) planned.push({ deployment, date });
    if (planned.length < MOST_PLANNED) continue;
    made += await write(context, planned);
    planned = [];
  }
  return made + (await write(context, planned));
}

/** None where they cannot be read. */
function schedulesOf(deployment: store.ScheduledDeployment, refused: Refusals): StoredSchedule[] {
  if (refused.has(deployment, ALL)) return [];
  try {
    const schedules: unknown = readSchedules(deployment.schedules);
    if (!Array.isArray(schedules)) throw new Error("the stored schedules are no list");
    return schedules.filter(isObject) as unknown as StoredSchedule[]; // each is tried below
  } catch (error) {
    refused.add(deployment, ALL, error);
    return [];
  }
}

/** In the order of time, so that each write touches one end of every index of time: a third less work than by deployment. */
async function write({ db, clock, events, settings }: ServerContext, planned: store.PlannedRun[]): Promise<number> {
  planned.sort((a, b) => a.date.instant - b.date.instant);
  const most = Math.min(settings.ORCH_API_SERVICES_SCHEDULER_INSERT_BATCH_SIZE, MOST_AT_ONCE);
  let made = 0;
  for (const part of slicesOf(planned, most)) {
    made += await db.write((tx) => {
      const inserted = store.insertScheduledRuns(tx, part, toTimestamp(clock.now()));
      store.notePlanned(tx, part);
      if (inserted > 0) tx.afterCommit(() => events.publish({ type: "runs-due-changed" }));
      return inserted;
    });
  }
  return made;
}

function slicesOf<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** Works out dates until there are enough runs, far enough ahead; never more than the maximum, never after the end. */
function datesOf(
  { clock, settings }: ServerContext,
  zones: Zones,
  { deployment, one, request, budget }: Expansion,
): ScheduledDate[] {
  const start = request.start_time ? toMillis(request.start_time) : clock.now();
  const horizon = settings.ORCH_API_SERVICES_SCHEDULER_MAX_SCHEDULED_TIME * 1000;
  const minRuns = request.min_runs ?? settings.ORCH_API_SERVICES_SCHEDULER_MIN_RUNS;
  const enough = start + (request.min_time ?? settings.ORCH_API_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME) * 1000;
  const most = request.max_runs ?? settings.ORCH_API_SERVICES_SCHEDULER_MAX_RUNS;
  const bounds: Bounds = {
    start,
    end: request.end_time ? toMillis(request.end_time) : start + horizon,
    limit: Math.min(most, one.max_scheduled_runs ?? Number.POSITIVE_INFINITY),
    anchor: toMillis(deployment.created),
    budget,
  };
  const missed = request.start_time ? [] : missedDates(one.schedule, deployment, bounds, zones);
  const found: ScheduledDate[] = [];
  for (const date of dates(one.schedule, bounds, zones)) {
    found.push(date);
    if (found.length >= minRuns && date.instant >= enough) break;
  }
  return [...missed, ...found];
}

interface Expansion {
  deployment: store.ScheduledDeployment;
  one: StoredSchedule;
  request: Partial<ScheduleRequest>;
  budget: Budget;
}
