// Collects the pages of one folder, such as `/flows`: one file for the browser, as small files of their own cost a request each.
export { default as Artifacts } from "./artifacts/artifacts.tsx";
export { default as Blocks } from "./blocks/blocks.tsx";
export { default as Deployments } from "./deployments.tsx";
export { default as FlowRuns } from "./flow-runs.tsx";
export { default as Flows } from "./flows.tsx";
export { default as ConcurrencyLimits } from "./limits/concurrency-limits.tsx";
export { default as Notifications } from "./notifications.tsx";
export { default as Settings } from "./settings.tsx";
export { default as Variables } from "./variables.tsx";
export { default as WorkPools } from "./work/work-pools.tsx";
export { default as WorkQueues } from "./work/work-queues.tsx";
