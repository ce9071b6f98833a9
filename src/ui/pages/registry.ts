// Lists every page with its address. The pages of one folder are loaded together when one of them is opened, and so are the others.
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

/** After an update of the server the files of this page's version are gone: the page is loaded again, once. */
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

type Lists = typeof import("./list-pages.ts");
type Details = typeof import("./detail-pages.ts");

function list(name: keyof Lists): Page["component"] {
  return opened(() => import("./list-pages.ts").then((pages) => ({ default: pages[name] })));
}

function detail(name: keyof Details): Page["component"] {
  return opened(() => import("./detail-pages.ts").then((pages) => ({ default: pages[name] })));
}

const flowRun = detail("FlowRun");

export const PAGES: readonly Page[] = [
  { path: "/flow-runs", component: list("FlowRuns") },
  { path: "/flow-runs/flow-run/:id", component: flowRun },
  { path: "/flow-runs/flow-run/:id/radar", component: flowRun },
  { path: "/flow-runs/task-run/:id", component: detail("TaskRun") },
  { path: "/flows", component: list("Flows") },
  { path: "/flows/flow/:id", component: detail("Flow") },
  { path: "/deployments", component: list("Deployments") },
  { path: "/deployments/deployment/:id", component: detail("Deployment") },
  { path: "/deployments/deployment/:id/edit", component: detail("EditDeployment") },
  { path: "/deployments/deployment/:id/run", component: detail("RunDeployment") },
  { path: "/work-pools", component: list("WorkPools") },
  { path: "/work-pools/create", component: detail("CreatePool") },
  { path: "/work-pools/work-pool/:name", component: detail("WorkPool") },
  { path: "/work-pools/work-pool/:name/edit", component: detail("EditPool") },
  { path: "/work-pools/work-pool/:name/queue/create", component: detail("CreatePoolQueue") },
  { path: "/work-pools/work-pool/:name/queue/:queue", component: detail("PoolQueue") },
  { path: "/work-pools/work-pool/:name/queue/:queue/edit", component: detail("EditPoolQueue") },
  { path: "/work-queues", component: list("WorkQueues") },
  { path: "/work-queues/create", component: detail("CreateQueue") },
  { path: "/work-queues/work-queue/:id", component: detail("WorkQueue") },
  { path: "/work-queues/work-queue/:id/edit", component: detail("EditQueue") },
  { path: "/blocks", component: list("Blocks") },
  { path: "/blocks/catalog", component: detail("BlockCatalog") },
  { path: "/blocks/catalog/:slug", component: detail("BlockType") },
  { path: "/blocks/catalog/:slug/create", component: detail("CreateBlock") },
  { path: "/blocks/block/:id", component: detail("Block") },
  { path: "/blocks/block/:id/edit", component: detail("EditBlock") },
  { path: "/variables", component: list("Variables") },
  { path: "/notifications", component: list("Notifications") },
  { path: "/notifications/create", component: detail("CreateNotification") },
  { path: "/notifications/:id/edit", component: detail("EditNotification") },
  { path: "/concurrency-limits", component: list("ConcurrencyLimits") },
  { path: "/concurrency-limits/concurrency-limit/:id", component: detail("ConcurrencyLimit") },
  { path: "/artifacts", component: list("Artifacts") },
  { path: "/artifacts/artifact/:id", component: detail("Artifact") },
  { path: "/artifacts/key/:key", component: detail("ArtifactKey") },
  { path: "/settings", component: list("Settings") },
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
