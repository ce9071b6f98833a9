-- What clients of Prefect 2.11 to 2.20 store.

-- A deployment has a list of schedules: [{"id", "created", "updated", "schedule", "active", …}], in the order of their
-- creation. The one it had becomes the only one.
alter table deployment add column schedules text not null default '[]' check (json_valid(schedules));
update deployment set schedules = json_array(json_object(
    'id', lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' ||
      substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
    'created', updated, 'updated', updated, 'schedule', json(schedule), 'active', json('true'),
    'max_active_runs', null, 'catchup', json('false'), 'max_scheduled_runs', null
  )) where schedule is not null;
drop index deployment_scheduled;
alter table deployment drop column schedule;
create index deployment_scheduled on deployment (id)
  where is_schedule_active = 1 and instr(schedules, '"active":true') > 0;

-- Whether parameters must fit the schema; null where no client has spoken of it, nor of anything else that is later than 2.10.
alter table deployment add column enforce_parameter_schema integer check (enforce_parameter_schema in (0, 1));

-- What a run's job takes instead of its deployment's variables.
alter table flow_run add column job_variables text check (job_variables is null or json_valid(job_variables));

create table flow_run_input (
  id text primary key,
  created text not null,
  updated text not null,
  flow_run_id text not null references flow_run (id) on delete cascade,
  key text not null,
  value text not null,
  sender text,
  unique (flow_run_id, key)
) strict, without rowid;

-- Limits with a name, taken by code and not by the tags of tasks.
create table global_concurrency_limit (
  id text primary key,
  created text not null,
  updated text not null,
  name text not null unique,
  "limit" integer not null check ("limit" >= 0),
  active integer not null default 1 check (active in (0, 1)),
  active_slots integer not null default 0 check (active_slots >= 0),
  denied_slots integer not null default 0 check (denied_slots >= 0),
  slot_decay_per_second real not null default 0 check (slot_decay_per_second >= 0),
  avg_slot_occupancy_seconds real not null default 2
) strict, without rowid;
