// The module "orch" with its types under the names that orch.d.ts gives them.
export type { RunState as State } from "#domain/run-state.ts";
export type { TaskFuture } from "#engine/session/future.ts";
export * from "#sdk/index.ts";
export type { Flow, Task } from "#sdk/types.ts";
