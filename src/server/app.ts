// The whole server without a socket: routes and background loops over one database. The only file that knows all parts.
import type { Database } from "#db/connect.ts";
import type { Clock } from "#lib/clock.ts";
import type { Loop } from "#lib/loop.ts";
import { isUnavailable } from "#lib/retry.ts";
import type { Settings } from "#settings/table.ts";
import { attemptOf, refuseOlder } from "./attempts/store.ts";
import { ensureBlockTypes } from "./blocks/register.ts";
import { createRequestCounts, METRICS_PATH } from "./http/request-counts.ts";
import { createRouter } from "./http/router.ts";
import { createEventsHub } from "./kernel/event-hub.ts";
import { createVault } from "./kernel/vault.ts";
import { createCancellations } from "./loops/cancellations.ts";
import { createCheckpoints } from "./loops/checkpoints.ts";
import { createLateRuns } from "./loops/late-runs.ts";
import { createLostRuns } from "./loops/lost-runs.ts";
import { createNotifications } from "./loops/notifications.ts";
import { createPauses } from "./loops/pauses.ts";
import { createRetention } from "./loops/retention.ts";
import { createRunPolicies } from "./loops/run-policies.ts";
import { createRecentDeploymentsScheduler, createScheduler } from "./loops/scheduler.ts";
import { createMetricsPage } from "./metrics/page.ts";
import { createReadiness } from "./metrics/readiness.ts";
import { adminRoutes } from "./routes/admin.ts";
import { artifactRoutes } from "./routes/artifacts.ts";
import { blockRoutes } from "./routes/blocks.ts";
import { collectionRoutes } from "./routes/collections.ts";
import { deploymentActivityRoutes } from "./routes/deployments/deployment-activity.ts";
import { deploymentScheduleRoutes } from "./routes/deployments/deployment-schedules.ts";
import { deploymentRoutes } from "./routes/deployments/deployments.ts";
import { flowRoutes } from "./routes/deployments/flows.ts";
import { schedulePreviewRoutes } from "./routes/deployments/schedule-previews.ts";
import { eventRoutes } from "./routes/events.ts";
import { longPollRoutes } from "./routes/long-polls.ts";
import { notificationRoutes } from "./routes/notifications.ts";
import { agentRoutes } from "./routes/pools/agents.ts";
import { concurrencyLimitRoutes } from "./routes/pools/concurrency-limits.ts";
import { globalConcurrencyLimitRoutes } from "./routes/pools/global-concurrency-limits.ts";
import { poolQueueRoutes } from "./routes/pools/pool-queues.ts";
import { workPoolRoutes } from "./routes/pools/work-pools.ts";
import { workQueueRoutes } from "./routes/pools/work-queues.ts";
import { workerRoutes } from "./routes/pools/workers.ts";
import { bulkRoutes } from "./routes/runs/bulk.ts";
import { flowRunInputRoutes } from "./routes/runs/flow-run-inputs.ts";
import { flowRunPageRoutes } from "./routes/runs/flow-run-pages.ts";
import { flowRunStoryRoutes } from "./routes/runs/flow-run-stories.ts";
import { flowRunRoutes } from "./routes/runs/flow-runs.ts";
import { heartbeatRoutes } from "./routes/runs/heartbeats.ts";
import { historyRoutes } from "./routes/runs/history.ts";
import { logWindowRoutes } from "./routes/runs/log-windows.ts";
import { logRoutes } from "./routes/runs/logs.ts";
import { stateRoutes } from "./routes/runs/states.ts";
import { taskRunRoutes } from "./routes/runs/task-runs.ts";
import { timelineRoutes } from "./routes/runs/timelines.ts";
import { savedSearchRoutes } from "./routes/saved-searches.ts";
import { searchRoutes } from "./routes/search.ts";
import { variableRoutes } from "./routes/variables.ts";
import { createSlowReads, type RouteContext } from "./slow-reads/slow-reads.ts";
import type { UiFiles } from "./ui/files.ts";
import { UI_SETTINGS_PATH, uiSettings } from "./ui/settings.ts";

export interface App {
  fetch(request: Request): Promise<Response>;
  /** Starts the background loops, of a server that is at this address. */
  start(address?: string): void;
  /** Answers held requests now, with what there is. */
  release(): void;
  /** Releases, and waits for the loops. The database stays open. */
  stop(): Promise<void>;
  context: RouteContext;
}

export interface AppOptions {
  db: Database;
  clock: Clock;
  settings: Settings;
  /** Without services there are no loops and no registered block types: what the old client's own tests assume. */
  services?: boolean;
  /** The web UI, below everything that has a path of its own. */
  ui?: UiFiles | undefined;
  log?: (message: string) => void;
}

/** On the root and below `/api`, as the old server has them. */
const DOCUMENTATION = /^[a-z]+:\/\/[^/]*(?:\/api)?\/(openapi\.json|docs)$/;

export function createApp({ db, clock, settings, services = true, ui, log = () => {} }: AppOptions): App {
  // Writes of other processes are events too, while there are listeners.
  const events = createEventsHub((publish) =>
    db.onForeignWrite(() => {
      publish({ type: "foreign-write" });
      publish({ type: "runs-due-changed" });
    }),
  );
  let address = `http://${settings.ORCH_SERVER_API_HOST}:${settings.ORCH_SERVER_API_PORT}`;
  const vault = createVault(settings.ORCH_HOME);
  const slowReads = createSlowReads({ db, clock, log });
  const context: RouteContext = { db, clock, settings, events, slowReads, vault, log, address: () => address };
  const stopping = new AbortController();
  let preparing: Promise<void> | undefined;

  /** Block types are part of a server's database. */
  const registered = async () => {
    if (services) await ensureBlockTypes(context);
  };

  /** Resolves when requests can be answered. What failed once is tried again. */
  async function prepared(): Promise<void> {
    preparing ??= registered();
    try {
      await preparing;
    } catch (error) {
      preparing = undefined;
      throw error;
    }
  }

  /** What is there can be read before the block types are known, when the machine refuses to store them. */
  const ready = () =>
    prepared().catch((error) => {
      if (!isUnavailable(error)) throw error;
    });

  const loops = services ? createLoops(context) : [];
  const requests = createRequestCounts();
  const obstacle = createReadiness({ context, loops, prepared, stopping: stopping.signal });
  const metrics = createMetricsPage({ context, loops, requests });
  const route = createRouter(
    [
      ...flowRoutes(context),
      ...flowRunRoutes(context),
      ...flowRunPageRoutes(context),
      ...flowRunStoryRoutes(context),
      ...flowRunInputRoutes(context),
      ...taskRunRoutes(context),
      ...historyRoutes(context),
      ...stateRoutes(context),
      ...deploymentRoutes(context),
      ...deploymentScheduleRoutes(context),
      ...deploymentActivityRoutes(context),
      ...schedulePreviewRoutes(context),
      ...timelineRoutes(context),
      ...logRoutes(context),
      ...logWindowRoutes(context),
      ...workQueueRoutes(context),
      ...workPoolRoutes(context),
      ...poolQueueRoutes(context),
      ...workerRoutes(context),
      ...blockRoutes(context),
      ...concurrencyLimitRoutes(context),
      ...globalConcurrencyLimitRoutes(context),
      ...bulkRoutes(context),
      ...searchRoutes(context),
      ...variableRoutes(context),
      ...artifactRoutes(context),
      ...heartbeatRoutes(context),
      ...longPollRoutes(context),
      ...agentRoutes(context),
      ...eventRoutes(context),
      ...savedSearchRoutes(context),
      ...notificationRoutes(context),
      ...collectionRoutes(),
      ...adminRoutes(context, { afterClear: registered, obstacle }),
    ],
    {
      ...{ db, clock, log, stopping: stopping.signal, ready, requests },
      refuse: (headers) => db.read((q) => refuseOlder(q, attemptOf(headers))),
    },
  );
  // The first request tries again, and reports what goes wrong.
  prepared().catch(() => {});
  return {
    context,
    async fetch(request) {
      const page = DOCUMENTATION.exec(request.url)?.[1];
      if (page) return (await import("./http/openapi.ts")).openapiPage(page);
      if (request.url.endsWith(METRICS_PATH) && new URL(request.url).pathname === METRICS_PATH) return metrics();
      if (request.url.endsWith(UI_SETTINGS_PATH)) {
        const { origin, pathname } = new URL(request.url);
        if (pathname === UI_SETTINGS_PATH) return uiSettings(settings, origin);
      }
      return ui?.(request) ?? route(request);
    },
    start(at = address) {
      address = at;
      for (const { loop } of loops) loop.start();
    },
    release() {
      stopping.abort();
    },
    async stop() {
      stopping.abort();
      await Promise.all(loops.map(({ loop }) => loop.stop()));
      await preparing?.catch(() => {});
      await slowReads.stop();
    },
  };
}

function createLoops(context: RouteContext): { name: string; loop: Loop }[] {
  const { settings } = context;
  const {
    ORCH_API_SERVICES_SCHEDULER_ENABLED: schedules,
    ORCH_API_SERVICES_LATE_RUNS_ENABLED: marksLate,
    ORCH_API_SERVICES_LOST_RUNS_ENABLED: endsLost,
    ORCH_API_SERVICES_CANCELLATION_CLEANUP_ENABLED: cleansUp,
    ORCH_API_SERVICES_PAUSE_EXPIRATIONS_ENABLED: endsPauses,
    ORCH_API_SERVICES_FLOW_RUN_NOTIFICATIONS_ENABLED: notifies,
  } = settings;
  const wanted: [name: string, wanted: boolean, create: (context: RouteContext) => Loop][] = [
    ["scheduler", schedules, createScheduler],
    ["recent-deployments", schedules, createRecentDeploymentsScheduler],
    ["run-policies", schedules, createRunPolicies],
    ["late-runs", marksLate, createLateRuns],
    ["lost-runs", endsLost, createLostRuns],
    ["cancellations", cleansUp, createCancellations],
    ["pauses", endsPauses, createPauses],
    ["notifications", notifies, createNotifications],
    ["retention", true, createRetention],
    ["checkpoints", true, createCheckpoints],
  ];
  return wanted.flatMap(([name, isWanted, create]) => (isWanted ? [{ name, loop: create(context) }] : []));
}
