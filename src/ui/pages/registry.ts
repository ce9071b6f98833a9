// Lists every page with its address. Each is loaded when it is first opened; its file is named after its path.
import type { ComponentType } from "preact";
import { lazy } from "preact-iso";
import { isServerThere } from "../data/call.ts";
import { Unreached } from "../parts/unreached.tsx";

export interface PageProps<Param extends string = never> {
  params: Record<Param, string>;
}

export interface Page {
  /** As the router reads it, below the base. */
  path: string;
  // biome-ignore lint/suspicious/noExplicitAny: each page names its own parameters; the path above gives them
  component: Lazy<PageProps<any>>;
}

type Lazy<Props> = ComponentType<Props> & { preload(): Promise<ComponentType<Props>> };

interface PageModule {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  default: ComponentType<PageProps<any>>;
}

const RELOADED = "orch.reloaded";

/** After an update of the server the files of this page's version are gone: the page is loaded anew, once. */
function opened(load: () => Promise<PageModule>): Page["component"] {
  return lazy(() =>
    load().catch(async (error) => {
      if (!(await isServerThere())) return { default: Unreached };
      if (sessionStorage.getItem(RELOADED) === location.href) throw error;
      sessionStorage.setItem(RELOADED, location.href);
      location.reload();
      return new Promise<never>(() => {});
    }),
  );
}

const flowRun = opened(() => import("./flow-run.tsx"));

export const PAGES: readonly Page[] = [
  { path: "/flow-runs", component: opened(() => import("./flow-runs.tsx")) },
  { path: "/flow-runs/flow-run/:id", component: flowRun },
  { path: "/flow-runs/flow-run/:id/radar", component: flowRun },
  { path: "/flow-runs/task-run/:id", component: opened(() => import("./task-run.tsx")) },
  { path: "/flows", component: opened(() => import("./flows.tsx")) },
  { path: "/flows/flow/:id", component: opened(() => import("./flow.tsx")) },
  { path: "/deployments", component: opened(() => import("./deployments.tsx")) },
  { path: "/deployments/deployment/:id", component: opened(() => import("./deployment.tsx")) },
  { path: "/deployments/deployment/:id/edit", component: opened(() => import("./edit-deployment.tsx")) },
  { path: "/deployments/deployment/:id/run", component: opened(() => import("./run-deployment.tsx")) },
  { path: "/work-pools", component: opened(() => import("./work/work-pools.tsx")) },
  {
    path: "/work-pools/create",
    component: opened(() => import("./work/pool-edit.tsx").then(({ CreatePool }) => ({ default: CreatePool }))),
  },
  { path: "/work-pools/work-pool/:name", component: opened(() => import("./work/work-pool.tsx")) },
  {
    path: "/work-pools/work-pool/:name/edit",
    component: opened(() => import("./work/pool-edit.tsx").then(({ EditPool }) => ({ default: EditPool }))),
  },
  {
    path: "/work-pools/work-pool/:name/queue/create",
    component: opened(() =>
      import("./work/queue-edit.tsx").then(({ CreatePoolQueue }) => ({ default: CreatePoolQueue })),
    ),
  },
  { path: "/work-pools/work-pool/:name/queue/:queue", component: opened(() => import("./work/pool-queue.tsx")) },
  {
    path: "/work-pools/work-pool/:name/queue/:queue/edit",
    component: opened(() => import("./work/queue-edit.tsx").then(({ EditPoolQueue }) => ({ default: EditPoolQueue }))),
  },
  { path: "/work-queues", component: opened(() => import("./work/work-queues.tsx")) },
  {
    path: "/work-queues/create",
    component: opened(() => import("./work/queue-edit.tsx").then(({ CreateQueue }) => ({ default: CreateQueue }))),
  },
  { path: "/work-queues/work-queue/:id", component: opened(() => import("./work/work-queue.tsx")) },
  {
    path: "/work-queues/work-queue/:id/edit",
    component: opened(() => import("./work/queue-edit.tsx").then(({ EditQueue }) => ({ default: EditQueue }))),
  },
  { path: "/blocks", component: opened(() => import("./blocks/blocks.tsx")) },
  { path: "/blocks/catalog", component: opened(() => import("./blocks/block-catalog.tsx")) },
  { path: "/blocks/catalog/:slug", component: opened(() => import("./blocks/block-type.tsx")) },
  {
    path: "/blocks/catalog/:slug/create",
    component: opened(() => import("./blocks/block-form.tsx").then(({ CreateBlock }) => ({ default: CreateBlock }))),
  },
  { path: "/blocks/block/:id", component: opened(() => import("./blocks/block.tsx")) },
  {
    path: "/blocks/block/:id/edit",
    component: opened(() => import("./blocks/block-form.tsx").then(({ EditBlock }) => ({ default: EditBlock }))),
  },
  { path: "/variables", component: opened(() => import("./variables.tsx")) },
  { path: "/notifications", component: opened(() => import("./notifications.tsx")) },
  {
    path: "/notifications/create",
    component: opened(() =>
      import("./notification-form.tsx").then(({ CreateNotification }) => ({ default: CreateNotification })),
    ),
  },
  {
    path: "/notifications/:id/edit",
    component: opened(() =>
      import("./notification-form.tsx").then(({ EditNotification }) => ({ default: EditNotification })),
    ),
  },
  { path: "/concurrency-limits", component: opened(() => import("./limits/concurrency-limits.tsx")) },
  {
    path: "/concurrency-limits/concurrency-limit/:id",
    component: opened(() => import("./limits/concurrency-limit.tsx")),
  },
  { path: "/artifacts", component: opened(() => import("./artifacts/artifacts.tsx")) },
  { path: "/artifacts/artifact/:id", component: opened(() => import("./artifacts/artifact.tsx")) },
  { path: "/artifacts/key/:key", component: opened(() => import("./artifacts/artifact-key.tsx")) },
  { path: "/settings", component: opened(() => import("./settings.tsx")) },
  { path: "/api-reference", component: opened(() => import("./api-reference.tsx")) },
];

/** Loads the page of a path below the base before it is drawn. One that cannot be loaded says so when it is. */
export async function loadPage(path: string): Promise<void> {
  const folders = path.split("/");
  const page = PAGES.find((each) => {
    const wanted = each.path.split("/");
    return wanted.length === folders.length && wanted.every((part, at) => part.startsWith(":") || part === folders[at]);
  });
  await page?.component.preload().catch(() => {}); // drawing it reports the same failure
}
