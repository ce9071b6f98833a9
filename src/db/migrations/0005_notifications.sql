-- Which states of which flow runs are told to whom, and what is still to be told.
create table flow_run_notification_policy (
  id text primary key,
  created text not null,
  updated text not null,
  is_active integer not null default 1 check (is_active in (0, 1)),
  state_names text not null default '[]' check (json_valid(state_names)),
  tags text not null default '[]' check (json_valid(tags)),
  block_document_id text not null references block_document (id) on delete cascade,
  message_template text
) strict, without rowid;
create index flow_run_notification_policy_block on flow_run_notification_policy (block_document_id);

-- Of each policy in the order of ids, which are in the order of time. A state may be gone when its turn comes: then
-- nothing is told. So it is no reference, which would cost every delete of a run.
create table flow_run_notification_queue (
  id text primary key,
  created text not null,
  flow_run_notification_policy_id text not null references flow_run_notification_policy (id) on delete cascade,
  flow_run_state_id text not null,
  -- Until then it is being sent by somebody, who removes it. After that nobody is.
  claimed_until text
) strict, without rowid;
create index flow_run_notification_queue_policy on flow_run_notification_queue (flow_run_notification_policy_id, id);
