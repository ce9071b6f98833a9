-- What was deleted, in order, so that the event stream can tell it: also to a listener that was away, and by another process.
create table deletion (
  position integer primary key autoincrement,
  kind text not null,
  id text not null,
  -- In milliseconds since 1970.
  at integer not null default (cast(unixepoch('subsec') * 1000 as integer))
) strict;

create trigger work_queue_deleted after delete on work_queue
  begin insert into deletion (kind, id) values ('work-queue', old.id); end;
create trigger work_pool_deleted after delete on work_pool
  begin insert into deletion (kind, id) values ('work-pool', old.id); end;
create trigger deployment_deleted after delete on deployment
  begin insert into deletion (kind, id) values ('deployment', old.id); end;
create trigger flow_deleted after delete on flow
  begin insert into deletion (kind, id) values ('flow', old.id); end;
create trigger variable_deleted after delete on variable
  begin insert into deletion (kind, id) values ('variable', old.id); end;
create trigger block_document_deleted after delete on block_document
  begin insert into deletion (kind, id) values ('block-document', old.id); end;
create trigger flow_run_notification_policy_deleted after delete on flow_run_notification_policy
  begin insert into deletion (kind, id) values ('notification-policy', old.id); end;
create trigger concurrency_limit_deleted after delete on concurrency_limit
  begin insert into deletion (kind, id) values ('concurrency-limit', old.id); end;
create trigger flow_run_deleted after delete on flow_run
  begin insert into deletion (kind, id) values ('flow-run', old.id); end;

-- Who was away for longer reads everything again.
create trigger deletion_kept after insert on deletion
  begin delete from deletion where position <= new.position - 10000; end;

-- When the limit itself was changed or reset. That a task run took or freed a slot changes `updated` alone: the event of
-- the task run tells of it.
alter table concurrency_limit add column changed text;
update concurrency_limit set changed = updated;
