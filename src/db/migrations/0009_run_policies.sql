-- What becomes of a deployment's runs that would overlap and of those that are late: fields of orch alone.
alter table deployment add column overlap text not null default 'allow'
  check (overlap in ('allow', 'skip', 'wait', 'cancel-older'));
alter table deployment add column catchup text not null default 'all' check (catchup in ('all', 'last', 'none', 'within'));
-- How late a run may start, in seconds.
alter table deployment add column catchup_seconds real check ((catchup = 'within') = (catchup_seconds is not null));
-- The latest date that the scheduler has made a run for: what lies between it and now was missed. Null where nothing is missed.
alter table deployment add column scheduled_until text;
create index deployment_run_policy on deployment (id) where overlap <> 'allow' or catchup <> 'all';
