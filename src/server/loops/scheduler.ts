// Makes the runs of scheduled deployments ahead of time. Safe to repeat and to cut off: a run's key names its date.
import { type Budget, createBudget } from "#domain/schedules/budget.ts";
import { type Bounds, dates, type ScheduledDate } from "#domain/schedules/expand.ts";
import { createZones, type Zones } from "#domain/schedules/zone.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { createLoop, type Loop } from "#lib/loop.ts";
import { toMillis, toTimestamp } from "#lib/timestamps.ts";
import { nextTurn } from "#lib/turns.ts";
import type { Out } from "#wire/endpoint.ts";
import type { scheduleRequest } from "#wire/schedules.ts";
import type { ServerContext } from "../context.ts";
import { readSchedules } from "../deployments/schedules.ts";
import { logFailure } from "./failures.ts";
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
  /** When deployments were last changed whose schedules cannot be expanded: they are left out until they change. */
  let refused = new Map<string, string>();

  async function runOnce(): Promise<number> {
    started = clock.elapsed();
    const inNeed: store.ScheduledDeployment[] = [];
    const still = new Map<string, string>();
    for (let after: string | undefined = ""; after !== undefined; ) {
      const page = await nextPage(after);
      for (const deployment of page) {
        if (deployment.in_need !== 1) continue;
        if (refused.get(deployment.id) === deployment.updated) still.set(deployment.id, deployment.updated);
        else inNeed.push(deployment);
      }
      after = page.length < size ? undefined : page.at(-1)?.id;
      await nextTurn();
    }
    refused = still;
    return scheduleAll(context, zones, inNeed, (deployment, error) => {
      refused.set(deployment.id, deployment.updated);
      const sentence = `The schedule of deployment ${deployment.id} cannot be expanded: ${messageOf(error)}`;
      log(`${sentence}. It is left out until the deployment changes.`);
    });
  }

  function nextPage(after: string) {
    return db.read((q) => store.pageOfSchedules(q, horizonOf(context), after, size));
  }

  const loop = createLoop({
    clock,
    delay: () => started + settings.ORCH_API_SERVICES_SCHEDULER_LOOP_SECONDS * 1000 - clock.elapsed(),
    runOnce: async () => {
      await runOnce();
    },
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
  let stopListening = () => {};
  let stopped = false;

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
      made += await scheduleAll(context, zones, inNeed, () => {});
      await nextTurn();
    }
    return made;
  }

  const loop = createLoop({
    clock,
    delay: () => lastLook + RECENT_LOOP_SECONDS * 1000 - clock.elapsed(),
    runOnce: async () => {
      await runOnce();
    },
    onError: logFailure(log, "Scheduling changed deployments failed"),
  });
  return {
    ...loop,
    runOnce,
    start() {
      if (stopped) return;
      stopListening();
      stopListening = events.subscribe((event) => {
        if (event.type !== "deployment-changed") return;
        changed.add(event.deployment_id);
        loop.wake();
      });
      loop.start();
    },
    async stop() {
      stopped = true;
      stopListening();
      await loop.stop();
    },
  };
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
  const refuse = (_: unknown, error: unknown) => {
    throw new OrchError("invalid", messageOf(error), { cause: error });
  };
  return deployment ? scheduleAll(context, createZones(), [deployment], refuse, request) : 0;
}

/** Dates are worked out outside of any unit of work, so that requests go on between slices. */
async function scheduleAll(
  context: ServerContext,
  zones: Zones,
  deployments: readonly store.ScheduledDeployment[],
  onRefused: (deployment: store.ScheduledDeployment, error: unknown) => void,
  request: Partial<ScheduleRequest> = {},
): Promise<number> {
  let planned: store.PlannedRun[] = [];
  let made = 0;
  let steps = 0;
  for (const deployment of deployments) {
    const budget = createBudget();
    try {
      const found = datesOf(context, zones, deployment, request, budget);
      for (const date of found) planned.push({ deployment, date });
      steps += COST_OF_DATE * found.length;
    } catch (error) {
      onRefused(deployment, error);
    }
    steps += COST_OF_SCHEDULE + budget.used();
    if (planned.length >= MOST_PLANNED) {
      made += await write(context, planned);
      planned = [];
    } else if (steps >= STEPS_OF_TURN) {
      steps = 0;
      await nextTurn();
    }
  }
  return made + (await write(context, planned));
}

/** In the order of time, so that each write touches one end of every index of time: a third less work than by deployment. */
async function write({ db, clock, events, settings }: ServerContext, planned: store.PlannedRun[]): Promise<number> {
  planned.sort((a, b) => a.date.instant - b.date.instant);
  const most = Math.min(settings.ORCH_API_SERVICES_SCHEDULER_INSERT_BATCH_SIZE, MOST_AT_ONCE);
  let made = 0;
  for (const part of slicesOf(planned, most)) {
    made += await db.write((tx) => {
      const inserted = store.insertScheduledRuns(tx, part, toTimestamp(clock.now()));
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

/** Until there are enough runs, and far enough ahead; never more than the most, never beyond the end. */
function datesOf(
  { clock, settings }: ServerContext,
  zones: Zones,
  deployment: store.ScheduledDeployment,
  request: Partial<ScheduleRequest>,
  budget: Budget,
): ScheduledDate[] {
  const start = request.start_time ? toMillis(request.start_time) : clock.now();
  const horizon = settings.ORCH_API_SERVICES_SCHEDULER_MAX_SCHEDULED_TIME * 1000;
  const minRuns = request.min_runs ?? settings.ORCH_API_SERVICES_SCHEDULER_MIN_RUNS;
  const enough = start + (request.min_time ?? settings.ORCH_API_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME) * 1000;
  const bounds: Bounds = {
    start,
    end: request.end_time ? toMillis(request.end_time) : start + horizon,
    limit: request.max_runs ?? settings.ORCH_API_SERVICES_SCHEDULER_MAX_RUNS,
    anchor: toMillis(deployment.created),
    budget,
  };
  const active = readSchedules(deployment.schedules).filter((schedule) => schedule.active);
  const found = active.flatMap(({ schedule, max_scheduled_runs }) => {
    const limit = Math.min(bounds.limit, max_scheduled_runs ?? Number.POSITIVE_INFINITY);
    return enoughDates(dates(schedule, { ...bounds, limit }, zones), { minRuns, enough });
  });
  // Two schedules may name the same moment: it is one run.
  return active.length > 1 ? [...new Map(found.map((date) => [date.instant, date])).values()] : found;
}

function enoughDates(
  all: Iterable<ScheduledDate>,
  { minRuns, enough }: { minRuns: number; enough: number },
): ScheduledDate[] {
  const found: ScheduledDate[] = [];
  for (const date of all) {
    found.push(date);
    if (found.length >= minRuns && date.instant >= enough) break;
  }
  return found;
}
