// Names the addresses of the web pages, for links in the pages themselves, in commands and in messages. Prefect's own.

import { pathPart as part } from "./path-part.ts";

/** Paths below the address of the web UI. */
export const pages = {
  runs: () => "/flow-runs",
  flowRun: (id: string) => `/flow-runs/flow-run/${id}`,
  taskRun: (id: string) => `/flow-runs/task-run/${id}`,
  flows: () => "/flows",
  flow: (id: string) => `/flows/flow/${id}`,
  deployments: () => "/deployments",
  deployment: (id: string) => `/deployments/deployment/${id}`,
  editDeployment: (id: string) => `/deployments/deployment/${id}/edit`,
  runDeployment: (id: string) => `/deployments/deployment/${id}/run`,
  workPools: () => "/work-pools",
  createWorkPool: () => "/work-pools/create",
  workPool: (name: string) => `/work-pools/work-pool/${part(name)}`,
  editWorkPool: (name: string) => `/work-pools/work-pool/${part(name)}/edit`,
  createPoolQueue: (pool: string) => `/work-pools/work-pool/${part(pool)}/queue/create`,
  poolQueue: (pool: string, queue: string) => `/work-pools/work-pool/${part(pool)}/queue/${part(queue)}`,
  editPoolQueue: (pool: string, queue: string) => `/work-pools/work-pool/${part(pool)}/queue/${part(queue)}/edit`,
  workQueues: () => "/work-queues",
  createWorkQueue: () => "/work-queues/create",
  workQueue: (id: string) => `/work-queues/work-queue/${id}`,
  editWorkQueue: (id: string) => `/work-queues/work-queue/${id}/edit`,
  blocks: () => "/blocks",
  blockCatalog: () => "/blocks/catalog",
  blockType: (slug: string) => `/blocks/catalog/${part(slug)}`,
  createBlock: (slug: string) => `/blocks/catalog/${part(slug)}/create`,
  block: (id: string) => `/blocks/block/${id}`,
  editBlock: (id: string) => `/blocks/block/${id}/edit`,
  variables: () => "/variables",
  notifications: () => "/notifications",
  createNotification: () => "/notifications/create",
  editNotification: (id: string) => `/notifications/${id}/edit`,
  concurrencyLimits: () => "/concurrency-limits",
  concurrencyLimit: (id: string) => `/concurrency-limits/concurrency-limit/${id}`,
  artifacts: () => "/artifacts",
  artifact: (id: string) => `/artifacts/artifact/${id}`,
  artifactKey: (key: string) => `/artifacts/key/${part(key)}`,
  settings: () => "/settings",
  apiReference: () => "/api-reference",
} as const;

/**
 * Where the pages of the server with this API are.
 *
 * @example pageAt("http://127.0.0.1:4200/api", pages.flows()) // "http://127.0.0.1:4200/flows"
 */
export function pageAt(api: string, page: string): string {
  return api.replace(/\/api\/?$/, "") + page;
}
