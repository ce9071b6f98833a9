-- The newest artifact of each key, and variables.

create table artifact_collection (
  id text primary key,
  created text not null,
  updated text not null,
  key text not null unique,
  latest_id text not null references artifact (id) on delete cascade
) strict;
create index artifact_collection_latest on artifact_collection (latest_id);

create table variable (
  id text primary key,
  created text not null,
  updated text not null,
  name text not null unique,
  value text not null,
  tags text not null default '[]' check (json_valid(tags))
) strict;
