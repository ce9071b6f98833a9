// Lists every page with its address. Each is loaded when it is first opened; its file is named after its path.
import type { ComponentType } from "preact";
import { lazy } from "preact-iso";

export interface PageProps<Param extends string = never> {
  params: Record<Param, string>;
}

export interface Page {
  /** As the router reads it, below the base. */
  path: string;
  // biome-ignore lint/suspicious/noExplicitAny: each page names its own parameters; the path above gives them
  component: ComponentType<PageProps<any>>;
}

const RELOADED = "orch.reloaded";

/** After an update of the server the files of this page's version are gone: the page is loaded anew, once. */
// biome-ignore lint/suspicious/noExplicitAny: as above
function opened(load: () => Promise<{ default: ComponentType<PageProps<any>> }>): Page["component"] {
  return lazy(() =>
    load().catch((error) => {
      if (sessionStorage.getItem(RELOADED) === location.href) throw error;
      sessionStorage.setItem(RELOADED, location.href);
      location.reload();
      return new Promise<never>(() => {});
    }),
  );
}

const notYet = opened(() => import("./not-yet.tsx"));

const flowRun = lazy(() => import("./flow-run.tsx"));

export const PAGES: readonly Page[] = [
  { path: "/flow-runs", component: opened(() => import("./flow-runs.tsx")) },
  { path: "/flow-runs/flow-run/:id", component: flowRun },
  { path: "/flow-runs/flow-run/:id/radar", component: flowRun },
  { path: "/flow-runs/task-run/:id", component: lazy(() => import("./task-run.tsx")) },
  { path: "/flows", component: opened(() => import("./flows.tsx")) },
  { path: "/flows/flow/:id", component: notYet },
  { path: "/deployments", component: lazy(() => import("./deployments.tsx")) },
  { path: "/deployments/deployment/:id", component: lazy(() => import("./deployment.tsx")) },
  { path: "/deployments/deployment/:id/edit", component: lazy(() => import("./edit-deployment.tsx")) },
  { path: "/deployments/deployment/:id/run", component: lazy(() => import("./run-deployment.tsx")) },
  { path: "/work-pools", component: lazy(() => import("./work-pools.tsx")) },
  { path: "/work-pools/create", component: lazy(() => import("./pool-edit.tsx").then(({ CreatePool }) => CreatePool)) },
  { path: "/work-pools/work-pool/:name", component: lazy(() => import("./work-pool.tsx")) },
  {
    path: "/work-pools/work-pool/:name/edit",
    component: lazy(() => import("./pool-edit.tsx").then(({ EditPool }) => EditPool)),
  },
  {
    path: "/work-pools/work-pool/:name/queue/create",
    component: lazy(() => import("./queue-edit.tsx").then(({ CreatePoolQueue }) => CreatePoolQueue)),
  },
  { path: "/work-pools/work-pool/:name/queue/:queue", component: lazy(() => import("./pool-queue.tsx")) },
  {
    path: "/work-pools/work-pool/:name/queue/:queue/edit",
    component: lazy(() => import("./queue-edit.tsx").then(({ EditPoolQueue }) => EditPoolQueue)),
  },
  { path: "/work-queues", component: lazy(() => import("./work-queues.tsx")) },
  {
    path: "/work-queues/create",
    component: lazy(() => import("./queue-edit.tsx").then(({ CreateQueue }) => CreateQueue)),
  },
  { path: "/work-queues/work-queue/:id", component: lazy(() => import("./work-queue.tsx")) },
  {
    path: "/work-queues/work-queue/:id/edit",
    component: lazy(() => import("./queue-edit.tsx").then(({ EditQueue }) => EditQueue)),
  },
  { path: "/blocks", component: notYet },
  { path: "/blocks/catalog", component: notYet },
  { path: "/blocks/catalog/:slug", component: notYet },
  { path: "/blocks/catalog/:slug/create", component: notYet },
  { path: "/blocks/block/:id", component: notYet },
  { path: "/blocks/block/:id/edit", component: notYet },
  { path: "/variables", component: opened(() => import("./variables.tsx")) },
  { path: "/notifications", component: notYet },
  { path: "/notifications/create", component: notYet },
  { path: "/notifications/:id/edit", component: notYet },
  { path: "/concurrency-limits", component: lazy(() => import("./concurrency-limits.tsx")) },
  { path: "/concurrency-limits/concurrency-limit/:id", component: lazy(() => import("./concurrency-limit.tsx")) },
  { path: "/artifacts", component: lazy(() => import("./artifacts.tsx")) },
  { path: "/artifacts/artifact/:id", component: lazy(() => import("./artifact.tsx")) },
  { path: "/artifacts/key/:key", component: lazy(() => import("./artifact-key.tsx")) },
  { path: "/settings", component: lazy(() => import("./settings.tsx")) },
];
