-- Columns are named as on the wire. Times are text of one width (lib/timestamps.ts), booleans 0 or 1, JSON is text.
-- Constraints say what must never be; foreign keys do what the old server's did when a parent goes.

create table configuration (
  key text primary key,
  value text not null check (json_valid(value))
) strict, without rowid;

create table flow (
  id text primary key,
  created text not null,
  updated text not null,
  name text not null unique,
  tags text not null default '[]' check (json_valid(tags))
) strict, without rowid;
create index flow_created on flow (created);

create table block_type (
  id text primary key,
  created text not null,
  updated text not null,
  name text not null,
  slug text not null unique,
  logo_url text,
  documentation_url text,
  description text,
  code_example text,
  is_protected integer not null default 0 check (is_protected in (0, 1))
) strict;
create index block_type_name on block_type (name);

create table block_schema (
  id text primary key,
  created text not null,
  updated text not null,
  checksum text not null,
  fields text not null check (json_valid(fields)),
  block_type_id text not null references block_type (id) on delete cascade,
  capabilities text not null default '[]' check (json_valid(capabilities)),
  version text not null default 'non-versioned',
  unique (checksum, version)
) strict;
create index block_schema_type on block_schema (block_type_id, created);

create table block_document (
  id text primary key,
  created text not null,
  updated text not null,
  name text not null,
  -- Encrypted: it may hold secrets.
  data text not null,
  block_schema_id text not null references block_schema (id) on delete cascade,
  block_type_id text not null references block_type (id) on delete cascade,
  is_anonymous integer not null default 0 check (is_anonymous in (0, 1)),
  unique (block_type_id, name)
) strict;
create index block_document_name on block_document (is_anonymous, name);
create index block_document_schema on block_document (block_schema_id);

create table block_document_reference (
  id text primary key,
  name text not null,
  parent_block_document_id text not null references block_document (id) on delete cascade,
  reference_block_document_id text not null references block_document (id) on delete cascade,
  unique (parent_block_document_id, name)
) strict, without rowid;
create index block_document_reference_child on block_document_reference (reference_block_document_id);

create table work_pool (
  id text primary key,
  created text not null,
  updated text not null,
  name text not null unique,
  description text,
  type text not null,
  base_job_template text not null default '{}' check (json_valid(base_job_template)),
  is_paused integer not null default 0 check (is_paused in (0, 1)),
  concurrency_limit integer check (concurrency_limit >= 0),
  default_queue_id text references work_queue (id) on delete restrict deferrable initially deferred
) strict;
create index work_pool_default_queue on work_pool (default_queue_id);

create table work_queue (
  id text primary key,
  created text not null,
  updated text not null,
  name text not null,
  description text,
  is_paused integer not null default 0 check (is_paused in (0, 1)),
  concurrency_limit integer check (concurrency_limit >= 0),
  priority integer not null default 1 check (priority >= 1),
  work_pool_id text not null references work_pool (id) on delete cascade,
  filter text check (filter is null or json_valid(filter)),
  last_polled text,
  unique (work_pool_id, name)
) strict;
create index work_queue_name on work_queue (name);

create table agent (
  id text primary key,
  name text not null unique,
  work_queue_id text not null references work_queue (id) on delete cascade,
  last_activity_time text not null
) strict, without rowid;
create index agent_queue on agent (work_queue_id);

create table deployment (
  id text primary key,
  created text not null,
  updated text not null,
  name text not null,
  version text,
  description text,
  flow_id text not null references flow (id) on delete cascade,
  schedule text check (schedule is null or json_valid(schedule)),
  is_schedule_active integer not null default 1 check (is_schedule_active in (0, 1)),
  infra_overrides text not null default '{}' check (json_valid(infra_overrides)),
  parameters text not null default '{}' check (json_valid(parameters)),
  tags text not null default '[]' check (json_valid(tags)),
  work_queue_name text,
  work_queue_id text references work_queue (id) on delete set null,
  parameter_openapi_schema text check (parameter_openapi_schema is null or json_valid(parameter_openapi_schema)),
  path text,
  pull_steps text check (pull_steps is null or json_valid(pull_steps)),
  entrypoint text,
  manifest_path text,
  storage_document_id text references block_document (id) on delete cascade,
  infrastructure_document_id text references block_document (id) on delete cascade,
  unique (flow_id, name)
) strict;
create index deployment_name on deployment (name);
create index deployment_created on deployment (created);
create index deployment_updated on deployment (updated);
create index deployment_queue on deployment (work_queue_id);
create index deployment_storage on deployment (storage_document_id);
create index deployment_infrastructure on deployment (infrastructure_document_id);
create index deployment_scheduled on deployment (id) where is_schedule_active = 1 and schedule is not null;

create table flow_run (
  id text primary key,
  created text not null,
  updated text not null,
  name text not null,
  flow_id text not null references flow (id) on delete cascade,
  state_id text,
  deployment_id text,
  work_queue_name text,
  work_queue_id text references work_queue (id) on delete set null,
  flow_version text,
  parameters text not null default '{}' check (json_valid(parameters)),
  idempotency_key text,
  context text not null default '{}' check (json_valid(context)),
  empirical_policy text not null default '{}' check (json_valid(empirical_policy)),
  tags text not null default '[]' check (json_valid(tags)),
  parent_task_run_id text references task_run (id) on delete set null,
  state_type text check (state_type in
    ('SCHEDULED', 'PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED', 'PAUSED', 'CANCELLING')),
  state_name text,
  state_timestamp text,
  run_count integer not null default 0 check (run_count >= 0),
  expected_start_time text,
  next_scheduled_start_time text,
  start_time text,
  end_time text,
  total_run_time real not null default 0,
  auto_scheduled integer not null default 0 check (auto_scheduled in (0, 1)),
  infrastructure_document_id text references block_document (id) on delete cascade,
  infrastructure_pid text,
  check ((next_scheduled_start_time is null) or (state_type = 'SCHEDULED')),
  unique (flow_id, idempotency_key)
) strict;
create index flow_run_deployment on flow_run (deployment_id, state_type, next_scheduled_start_time)
  where deployment_id is not null;
create index flow_run_queue_due on flow_run (work_queue_id, next_scheduled_start_time)
  where state_type = 'SCHEDULED' and work_queue_id is not null;
create index flow_run_queue_slots on flow_run (work_queue_id, state_type)
  where state_type in ('PENDING', 'RUNNING', 'CANCELLING') and work_queue_id is not null;
create index flow_run_due on flow_run (next_scheduled_start_time);
create index flow_run_state_time on flow_run (state_type, expected_start_time);
create index flow_run_expected on flow_run (expected_start_time);
create index flow_run_start on flow_run (coalesce(start_time, expected_start_time));
create index flow_run_end on flow_run (end_time);
create index flow_run_name on flow_run (name);
create index flow_run_parent on flow_run (parent_task_run_id) where parent_task_run_id is not null;
create index flow_run_infrastructure on flow_run (infrastructure_document_id)
  where infrastructure_document_id is not null;

create table flow_run_state (
  id text primary key,
  flow_run_id text not null references flow_run (id) on delete cascade,
  type text not null check (type in
    ('SCHEDULED', 'PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED', 'PAUSED', 'CANCELLING')),
  name text not null,
  timestamp text not null,
  message text,
  state_details text not null default '{}' check (json_valid(state_details)),
  result_artifact_id text references artifact (id) on delete set null,
  unique (flow_run_id, timestamp)
) strict;
create index flow_run_state_artifact on flow_run_state (result_artifact_id) where result_artifact_id is not null;

create table task_run (
  id text primary key,
  created text not null,
  updated text not null,
  name text not null,
  flow_run_id text not null references flow_run (id) on delete cascade,
  task_key text not null,
  dynamic_key text not null,
  cache_key text,
  cache_expiration text,
  task_version text,
  empirical_policy text not null default '{}' check (json_valid(empirical_policy)),
  tags text not null default '[]' check (json_valid(tags)),
  state_id text,
  task_inputs text not null default '{}' check (json_valid(task_inputs)),
  state_type text check (state_type in
    ('SCHEDULED', 'PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED', 'PAUSED', 'CANCELLING')),
  state_name text,
  state_timestamp text,
  run_count integer not null default 0 check (run_count >= 0),
  flow_run_run_count integer not null default 0,
  expected_start_time text,
  next_scheduled_start_time text,
  start_time text,
  end_time text,
  total_run_time real not null default 0,
  unique (flow_run_id, task_key, dynamic_key)
) strict;
create index task_run_state_time on task_run (state_type, expected_start_time);
create index task_run_expected on task_run (expected_start_time);
create index task_run_name on task_run (name);

create table task_run_state (
  id text primary key,
  task_run_id text not null references task_run (id) on delete cascade,
  type text not null check (type in
    ('SCHEDULED', 'PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED', 'PAUSED', 'CANCELLING')),
  name text not null,
  timestamp text not null,
  message text,
  state_details text not null default '{}' check (json_valid(state_details)),
  result_artifact_id text references artifact (id) on delete set null,
  unique (task_run_id, timestamp)
) strict;
create index task_run_state_artifact on task_run_state (result_artifact_id) where result_artifact_id is not null;

create table task_run_state_cache (
  id text primary key,
  created text not null,
  cache_key text not null,
  cache_expiration text,
  task_run_state_id text not null
) strict;
create index task_run_state_cache_key on task_run_state_cache (cache_key, created);

create table artifact (
  id text primary key,
  created text not null,
  updated text not null,
  key text,
  type text,
  description text,
  data text check (data is null or json_valid(data)),
  metadata_ text check (metadata_ is null or json_valid(metadata_)),
  flow_run_id text,
  task_run_id text
) strict;
create index artifact_key on artifact (key, created) where key is not null;
create index artifact_flow_run on artifact (flow_run_id);
create index artifact_task_run on artifact (task_run_id);

create table log (
  id text primary key,
  created text not null,
  updated text not null,
  name text not null,
  level integer not null,
  message text not null,
  timestamp text not null,
  flow_run_id text not null,
  task_run_id text
) strict;
create index log_flow_run on log (flow_run_id, timestamp);
create index log_task_run on log (task_run_id, timestamp) where task_run_id is not null;
create index log_timestamp on log (timestamp);

create table concurrency_limit (
  id text primary key,
  created text not null,
  updated text not null,
  tag text not null unique,
  concurrency_limit integer not null,
  active_slots text not null default '[]' check (json_valid(active_slots))
) strict, without rowid;

create table heartbeat (
  flow_run_id text primary key references flow_run (id) on delete cascade,
  last_seen text not null
) strict, without rowid;
create index heartbeat_last_seen on heartbeat (last_seen);
