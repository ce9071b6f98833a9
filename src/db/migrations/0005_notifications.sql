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

-- In the order of its ids, which are in the order of time. What a row names may be gone when its turn comes: then
-- nothing is told. So it holds no references, which would cost every delete of a run.
create table flow_run_notification_queue (
  id text primary key,
  created text not null,
  flow_run_notification_policy_id text not null,
  flow_run_state_id text not null
) strict, without rowid;
