-- Workers of a pool, and when each was last heard of.
create table worker (
  id text primary key,
  created text not null,
  updated text not null,
  name text not null,
  work_pool_id text not null references work_pool (id) on delete cascade,
  last_heartbeat_time text not null,
  unique (work_pool_id, name)
) strict;
create index worker_heartbeat on worker (work_pool_id, last_heartbeat_time);
