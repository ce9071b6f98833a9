// Every page of the web UI with its address on a seeded server, and words that show it is there. A new page is a line here.
import type { Seeded } from "../seed.ts";

export interface PageCase {
  name: string;
  path: (data: Seeded) => string;
  texts: (string | RegExp)[];
}

export const PAGES: readonly PageCase[] = [
  { name: "runs", path: () => "/flow-runs", texts: ["done-run", "broken-run", "busy-run", "Flow run encountered"] },
  {
    name: "flow-run",
    path: ({ runs }) => `/flow-runs/flow-run/${runs.completed}`,
    texts: ["done-run", "Completed", "the report is begun", "a page is missing"],
  },
  {
    name: "flow-run-tasks",
    path: ({ runs }) => `/flow-runs/flow-run/${runs.completed}?tab=tasks`,
    texts: ["extract-0", "load-0"],
  },
  {
    name: "flow-run-waits",
    path: ({ runs }) => `/flow-runs/flow-run/${runs.scheduled}`,
    texts: ["planned-run", "Scheduled"],
  },
  {
    name: "flow-run-history",
    path: ({ runs }) => `/flow-runs/flow-run/${runs.failed}?tab=history`,
    texts: ["broken-run", "Flow run encountered an exception.", "Running"],
  },
  {
    name: "flow-run-artifacts",
    path: ({ runs }) => `/flow-runs/flow-run/${runs.completed}?tab=artifacts`,
    texts: ["Revenue", "Bonn"],
  },
  {
    name: "flow-run-details",
    path: ({ runs }) => `/flow-runs/flow-run/${runs.completed}?tab=details`,
    texts: ["Run count", "night"],
  },
  { name: "task-run", path: ({ taskRun }) => `/flow-runs/task-run/${taskRun}`, texts: ["extract-0", "read"] },
  {
    name: "task-run-details",
    path: ({ taskRun }) => `/flow-runs/task-run/${taskRun}?tab=details`,
    texts: ["extract-0", "Run count"],
  },
  { name: "deployments", path: () => "/deployments", texts: ["production", "hourly", "finance"] },
  {
    name: "deployment",
    path: ({ deployment }) => `/deployments/deployment/${deployment}`,
    texts: ["production", "The next seven days", "done-run"],
  },
  {
    name: "deployment-parameters",
    path: ({ deployment }) => `/deployments/deployment/${deployment}?tab=parameters`,
    texts: ["name", "Arthur", "Marvin"],
  },
  {
    name: "deployment-schedule",
    path: ({ deployment }) => `/deployments/deployment/${deployment}?tab=schedule`,
    texts: ["Change the schedule", /05:00/],
  },
  {
    name: "deployment-place",
    path: ({ deployment }) => `/deployments/deployment/${deployment}?tab=place`,
    texts: ["flows.py:report", "DEBUG"],
  },
  {
    name: "edit-deployment",
    path: ({ deployment }) => `/deployments/deployment/${deployment}/edit`,
    texts: ["Change production", "Work queue"],
  },
  {
    name: "run-deployment",
    path: ({ deployment }) => `/deployments/deployment/${deployment}/run`,
    texts: ["Custom run", "Parameters", "Retries"],
  },
  {
    name: "deployment-yaml",
    path: ({ deployment }) => `/deployments/deployment/${deployment}?tab=yaml`,
    texts: [/entrypoint: flows.py:report/],
  },
  { name: "flows", path: () => "/flows", texts: ["nightly-report"] },
  { name: "variables", path: () => "/variables", texts: ["colour", "petrol", "brand"] },
  { name: "concurrency-limits", path: () => "/concurrency-limits", texts: ["database", "0 of 4"] },
  {
    name: "concurrency-limit",
    path: ({ limit }) => `/concurrency-limits/concurrency-limit/${limit}`,
    texts: ["database", "No slot is taken."],
  },
  { name: "artifacts", path: () => "/artifacts", texts: ["report", "markdown", "rows"] },
  {
    name: "artifact",
    path: ({ artifact }) => `/artifacts/artifact/${artifact}`,
    texts: ["Revenue", "all is well", "done-run", "extract-0"],
  },
  { name: "artifact-key", path: () => "/artifacts/key/rows", texts: ["Bonn", "Versions", "done-run"] },
  {
    name: "settings",
    path: () => "/settings",
    texts: [/orch \d+\.\d+\.\d+\S*, compatible with Prefect 2\.10\.4/, "ORCH_API_URL"],
  },
  {
    name: "api-reference",
    path: () => "/api-reference?call=readFlow",
    texts: ["API reference", "/api/flows/{id}", "It answers 200, application/json"],
  },
  { name: "work-pools", path: () => "/work-pools", texts: ["cluster", "default-agent-pool"] },
  { name: "create-work-pool", path: () => "/work-pools/create", texts: ["New work pool", "Agents take its runs."] },
  {
    name: "work-pool",
    path: () => "/work-pools/work-pool/cluster",
    texts: ["orch agent start --pool cluster", "urgent", "for big things"],
  },
  { name: "edit-work-pool", path: () => "/work-pools/work-pool/cluster/edit", texts: ["Change cluster"] },
  {
    name: "pool-queue",
    path: () => "/work-pools/work-pool/cluster/queue/urgent",
    texts: ["urgent", "Nothing is scheduled in this queue."],
  },
  {
    name: "create-queue",
    path: () => "/work-pools/work-pool/cluster/queue/create",
    texts: ["New work queue", "Still needed: Name."],
  },
  { name: "edit-queue", path: () => "/work-pools/work-pool/cluster/queue/urgent/edit", texts: ["Change urgent"] },
  { name: "work-queues", path: () => "/work-queues", texts: ["night", "urgent"] },
  { name: "create-work-queue", path: () => "/work-queues/create", texts: ["New work queue"] },
  { name: "work-queue", path: ({ queue }) => `/work-queues/work-queue/${queue}`, texts: ["night", "planned-run"] },
  { name: "edit-work-queue", path: ({ queue }) => `/work-queues/work-queue/${queue}/edit`, texts: ["Change night"] },
  { name: "flow", path: ({ flow }) => `/flows/flow/${flow}`, texts: ["nightly-report", "done-run"] },
  {
    name: "flow-deployments",
    path: ({ flow }) => `/flows/flow/${flow}?tab=deployments`,
    texts: ["production", "hourly"],
  },
  { name: "blocks", path: () => "/blocks", texts: ["team-channel", "Slack Webhook"] },
  { name: "block-catalog", path: () => "/blocks/catalog", texts: ["Secret", "S3", "Kubernetes Job"] },
  { name: "block-type", path: () => "/blocks/catalog/s3", texts: ["orch block create s3", "New S3"] },
  { name: "create-block", path: () => "/blocks/catalog/s3/create", texts: ["Bucket Path", "Name"] },
  { name: "block", path: ({ block }) => `/blocks/block/${block}`, texts: ["team-channel", /\*{8}/] },
  { name: "edit-block", path: ({ block }) => `/blocks/block/${block}/edit`, texts: ["Change team-channel"] },
  { name: "notifications", path: () => "/notifications", texts: ["Failed", "finance", "Slack Webhook team-channel"] },
  {
    name: "create-notification",
    path: () => "/notifications/create",
    texts: ["New notification", "Crashed", "Still needed: Sent by."],
  },
  {
    name: "edit-notification",
    path: ({ policy }) => `/notifications/${policy}/edit`,
    texts: ["Change the notification"],
  },
  { name: "not-found", path: () => "/nowhere", texts: ["Not found"] },
];
