// Filters are regular: a resource's filter is a set of fields, each with a few operators. Written as tables, not out.
import * as v from "valibot";
import { MOST_PATTERN_LENGTH } from "#lib/limits.ts";
import { endpoint, type In, lazy, type Out, type Schema, shape, strictShape } from "./endpoint.ts";
import { bool, integer, list, maybe, oneOf, orDefault, text, timestamp, uuid } from "./primitives.ts";
import { READS } from "./repeat.ts";
import { stateTypeSchema } from "./runs/states.ts";

const operator = () => ({ operator: orDefault(oneOf(["and_", "or_"]), () => "and_" as const) });

const any = <S extends v.GenericSchema>(item: S) => ({ any_: maybe(list(item)) });
const notAny = <S extends v.GenericSchema>(item: S) => ({ not_any_: maybe(list(item)) });
const like = () => ({ like_: maybe(text({ max: MOST_PATTERN_LENGTH })) });
/** Of orch: the beginnings of ids, as people type them. A server of Prefect passes it over. */
const idBegins = () => ({ startswith_: maybe(list(text({ max: 36 }))) });
const isNull = () => ({ is_null_: maybe(bool()) });
const between = () => ({ before_: maybe(timestamp()), after_: maybe(timestamp()) });
const equals = () => ({ eq_: maybe(bool()) });

const field = <E extends v.ObjectEntries>(entries: E) => maybe(v.strictObject(entries));
const tags = () => field({ ...operator(), all_: maybe(list(text())), ...isNull() });
const state = () => field({ ...operator(), type: field(any(stateTypeSchema())), name: field(any(text())) });

export const flowFilter = strictShape(() => ({
  ...operator(),
  id: field(any(uuid())),
  name: field({ ...any(text()), ...like() }),
  tags: tags(),
}));

export const flowRunFilter = strictShape(() => ({
  ...operator(),
  id: field({ ...any(uuid()), ...notAny(uuid()), ...idBegins() }),
  name: field({ ...any(text()), ...like() }),
  tags: tags(),
  deployment_id: field({ ...operator(), ...any(uuid()), ...isNull() }),
  work_queue_name: field({ ...operator(), ...any(text()), ...isNull() }),
  state: state(),
  flow_version: field(any(text())),
  start_time: field({ ...between(), ...isNull() }),
  expected_start_time: field(between()),
  next_scheduled_start_time: field(between()),
  parent_task_run_id: field({ ...operator(), ...any(uuid()), ...isNull() }),
  // Of clients later than 2.10, as in the other filters below.
  parent_flow_run_id: field({ ...operator(), ...any(uuid()) }),
  idempotency_key: field({ ...any(text()), ...notAny(text()) }),
}));

export const taskRunFilter = strictShape(() => ({
  ...operator(),
  id: field({ ...any(uuid()), ...idBegins() }),
  name: field({ ...any(text()), ...like() }),
  tags: tags(),
  state: state(),
  start_time: field({ ...between(), ...isNull() }),
  subflow_runs: field({ exists_: maybe(bool()) }),
  flow_run_id: field({ ...operator(), ...any(uuid()), ...isNull() }),
}));

export const deploymentFilter = strictShape(() => ({
  ...operator(),
  id: field(any(uuid())),
  name: field({ ...any(text()), ...like() }),
  is_schedule_active: field(equals()),
  tags: tags(),
  work_queue_name: field(any(text())),
  paused: field(equals()),
}));

export const logFilter = strictShape(() => ({
  ...operator(),
  level: field({ ge_: maybe(integer()), le_: maybe(integer()) }),
  timestamp: field(between()),
  flow_run_id: field(any(uuid())),
  task_run_id: field(any(uuid())),
}));

export const workPoolFilter = strictShape(() => ({
  ...operator(),
  id: field(any(uuid())),
  name: field(any(text())),
  type: field(any(text())),
}));

export const workQueueFilter = strictShape(() => ({
  ...operator(),
  id: field(any(uuid())),
  name: field({ ...any(text()), startswith_: maybe(list(text({ max: MOST_PATTERN_LENGTH }))) }),
}));

export const workerFilter = strictShape(() => ({ ...operator(), last_heartbeat_time: field(between()) }));

export const blockTypeFilter = strictShape(() => ({ name: field(like()), slug: field(any(text())) }));

export const blockSchemaFilter = strictShape(() => ({
  ...operator(),
  block_type_id: field(any(uuid())),
  block_capabilities: field({ all_: maybe(list(text())) }),
  id: field(any(uuid())),
  version: field(any(text())),
}));

/** Anonymous documents are left out unless `is_anonymous` is sent as null: a default of the old server. */
export const blockDocumentFilter = strictShape(() => ({
  ...operator(),
  id: field(any(uuid())),
  is_anonymous: v.optional(v.nullable(v.strictObject(equals())), { eq_: false }),
  block_type_id: field(any(uuid())),
  name: field({ ...any(text()), ...like() }),
}));

/** Once a filter is sent at all, `is_active` is false unless it says otherwise: a default of the old server. */
export const notificationPolicyFilter = strictShape(() => ({
  is_active: v.optional(v.nullable(v.strictObject(equals())), { eq_: false }),
}));

const artifactFields = () => ({
  key: field({ ...any(text()), ...like(), exists_: maybe(bool()) }),
  flow_run_id: field(any(uuid())),
  task_run_id: field(any(uuid())),
  type: field({ ...any(text()), ...notAny(text()) }),
});

export const artifactFilter = strictShape(() => ({ ...operator(), id: field(any(uuid())), ...artifactFields() }));
export const artifactCollectionFilter = strictShape(() => ({
  ...operator(),
  latest_id: field(any(uuid())),
  ...artifactFields(),
}));

export const variableFilter = strictShape(() => ({
  ...operator(),
  id: field(any(uuid())),
  name: field({ ...any(text()), ...like() }),
  value: field({ ...any(text()), ...like() }),
  tags: tags(),
}));

/** The filters that join runs, tasks, flows and deployments; each may be left out. */
export const runFilters = () => ({
  flows: maybe(flowFilter()),
  flow_runs: maybe(flowRunFilter()),
  task_runs: maybe(taskRunFilter()),
  deployments: maybe(deploymentFilter()),
});

/** The same with pools and queues, where an endpoint takes them. */
export const runAndPoolFilters = () => ({
  ...runFilters(),
  work_pools: maybe(workPoolFilter()),
  work_pool_queues: maybe(workQueueFilter()),
});

/** Of deployments, by what they are and where they run; not by their runs, of which there may be many. */
export const deploymentFilters = () => ({
  flows: maybe(flowFilter()),
  deployments: maybe(deploymentFilter()),
  work_pools: maybe(workPoolFilter()),
  work_pool_queues: maybe(workQueueFilter()),
});

/** Null and nothing mean the usual value: so the old server takes what stands beside filters in a body. */
export const nullAs = <S extends v.GenericSchema>(schema: S, fallback: v.InferOutput<S>) =>
  v.pipe(
    v.optional(v.nullable(schema), fallback as never), // what the schema gives is what it takes
    v.transform((value): v.InferOutput<S> => value ?? fallback),
  );

/** A call that reads what filters leave: a list, or a count. All filters may be left out. */
export function reading<Path extends string, E extends v.ObjectEntries, R extends Schema>(
  path: Path,
  filters: () => E,
  response: () => R,
  since = 10,
) {
  const body = shape(filters);
  return endpoint("POST", path, { repeat: READS, body, bodyOptional: true, response: lazy(response), since });
}

/** `limit` and `offset`. A limit above 200 is refused by the server, in a shape of its own, not here. */
export const page = () => ({
  // Clients of the old server send an explicit null for what they leave open.
  offset: nullAs(integer({ min: 0 }), 0),
  limit: v.optional(v.nullable(integer())),
});

/** An order out of a closed list; null and nothing mean the usual one. */
export const sortedBy = <const Sorts extends readonly string[], Usual extends Sorts[number]>(
  sorts: Sorts,
  fallback: Usual,
) => nullAs(oneOf(sorts), fallback);

export type FlowFilter = Out<typeof flowFilter>;
export type FlowRunFilter = Out<typeof flowRunFilter>;
export type FlowRunFilterInput = In<typeof flowRunFilter>;
export type TaskRunFilter = Out<typeof taskRunFilter>;
export type DeploymentFilter = Out<typeof deploymentFilter>;
export type LogFilter = Out<typeof logFilter>;
export type WorkPoolFilter = Out<typeof workPoolFilter>;
export type WorkQueueFilter = Out<typeof workQueueFilter>;
export type ArtifactFilter = Out<typeof artifactFilter>;
export type ArtifactCollectionFilter = Out<typeof artifactCollectionFilter>;
export type VariableFilter = Out<typeof variableFilter>;
export type WorkerFilter = Out<typeof workerFilter>;
export type BlockTypeFilter = Out<typeof blockTypeFilter>;
export type BlockSchemaFilter = Out<typeof blockSchemaFilter>;
export type BlockDocumentFilter = Out<typeof blockDocumentFilter>;
export type NotificationPolicyFilter = Out<typeof notificationPolicyFilter>;
