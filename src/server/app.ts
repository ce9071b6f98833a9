// The whole server without a socket: routes and background loops over one database. The only file that knows all parts.
import type { Database } from "#db/connect.ts";
import type { Clock } from "#lib/clock.ts";
import type { Loop } from "#lib/loop.ts";
import { isUnavailable } from "#lib/patience.ts";
import type { Settings } from "#settings/table.ts";
import { adminRoutes } from "./admin/routes.ts";
import { agentRoutes } from "./agents/routes.ts";
import { artifactRoutes } from "./artifacts/routes.ts";
import { createAside } from "./aside/aside.ts";
import { attemptOf, refuseOlder } from "./attempts/store.ts";
import { createVault } from "./blocks/encryption.ts";
import { ensureBlockTypes } from "./blocks/register.ts";
import { blockRoutes } from "./blocks/routes.ts";
import { bulkRoutes } from "./bulk/routes.ts";
import { changeRoutes } from "./changes/routes.ts";
import { collectionRoutes } from "./collections/routes.ts";
import { concurrencyLimitRoutes } from "./concurrency-limits/routes.ts";
import type { ServerContext } from "./context.ts";
import { deploymentActivityRoutes } from "./deployment-activity/routes.ts";
import { deploymentRoutes } from "./deployments/routes.ts";
import { deploymentScheduleRoutes } from "./deployments/schedule-routes.ts";
import { eventRoutes } from "./events/routes.ts";
import { createEventsHub } from "./events.ts";
import { flowRunInputRoutes } from "./flow-run-inputs/routes.ts";
import { flowRunPageRoutes } from "./flow-run-pages/routes.ts";
import { flowRunStoryRoutes } from "./flow-run-stories/routes.ts";
import { flowRunRoutes } from "./flow-runs/routes.ts";
import { flowRoutes } from "./flows/routes.ts";
import { globalConcurrencyLimitRoutes } from "./global-concurrency-limits/routes.ts";
import { heartbeatRoutes } from "./heartbeats/routes.ts";
import { historyRoutes } from "./history/routes.ts";
import { createRouter } from "./http/router.ts";
import { logWindowRoutes } from "./log-windows/routes.ts";
import { logRoutes } from "./logs/routes.ts";
import { createCancellations } from "./loops/cancellations.ts";
import { createCheckpoints } from "./loops/checkpoints.ts";
import { createLateRuns } from "./loops/late-runs.ts";
import { createLostRuns } from "./loops/lost-runs.ts";
import { createNotifications } from "./loops/notifications.ts";
import { createPauses } from "./loops/pauses.ts";
import { createRetention } from "./loops/retention.ts";
import { createRunPolicies } from "./loops/run-policies.ts";
import { createRecentDeploymentsScheduler, createScheduler } from "./loops/scheduler.ts";
import { createMetricsPage, METRICS_PATH } from "./metrics/page.ts";
import { createRequestCounts } from "./metrics/requests.ts";
import { notificationRoutes } from "./notifications/routes.ts";
import { createReadiness } from "./readiness.ts";
import { savedSearchRoutes } from "./saved-searches/routes.ts";
import { schedulePreviewRoutes } from "./schedule-previews/routes.ts";
import { searchRoutes } from "./search/routes.ts";
import { stateRoutes } from "./states/routes.ts";
import { taskRunRoutes } from "./task-runs/routes.ts";
import { timelineRoutes } from "./timelines/routes.ts";
import type { UiFiles } from "./ui/files.ts";
import { UI_SETTINGS_PATH, uiSettings } from "./ui/settings.ts";
import { variableRoutes } from "./variables/routes.ts";
import { poolQueueRoutes } from "./work-pools/queue-routes.ts";
import { workPoolRoutes } from "./work-pools/routes.ts";
import { workerRoutes } from "./work-pools/workers.ts";
import { workQueueRoutes } from "./work-queues/routes.ts";

export interface App {
  fetch(request: Request): Promise<Response>;
  /** Starts the background loops, of a server that is at this address. */
  start(address?: string): void;
  /** Answers held requests now, with what there is. */
  release(): void;
  /** Releases, and waits for the loops. The database stays open. */
  stop(): Promise<void>;
  context: ServerContext;
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
  // What other processes write is an event too, while somebody listens.
  const events = createEventsHub((publish) =>
    db.onForeignWrite(() => {
      publish({ type: "foreign-write" });
      publish({ type: "runs-due-changed" });
    }),
  );
  let address = `http://${settings.ORCH_SERVER_API_HOST}:${settings.ORCH_SERVER_API_PORT}`;
  const vault = createVault(settings.ORCH_HOME);
  const aside = createAside({ db, clock, log });
  const context: ServerContext = { db, clock, settings, events, aside, vault, log, address: () => address };
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
      ...changeRoutes(context),
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
  // What goes wrong here is said by the first request, which tries again.
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
      await aside.stop();
    },
  };
}

function createLoops(context: ServerContext): { name: string; loop: Loop }[] {
  const { settings } = context;
  const {
    ORCH_API_SERVICES_SCHEDULER_ENABLED: schedules,
    ORCH_API_SERVICES_LATE_RUNS_ENABLED: marksLate,
    ORCH_API_SERVICES_LOST_RUNS_ENABLED: endsLost,
    ORCH_API_SERVICES_CANCELLATION_CLEANUP_ENABLED: cleansUp,
    ORCH_API_SERVICES_PAUSE_EXPIRATIONS_ENABLED: endsPauses,
    ORCH_API_SERVICES_FLOW_RUN_NOTIFICATIONS_ENABLED: notifies,
  } = settings;
  const wanted: [name: string, wanted: boolean, create: (context: ServerContext) => Loop][] = [
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
