-- Filters of a list of runs, under a name.
create table saved_search (
  id text primary key,
  created text not null,
  updated text not null,
  name text not null unique,
  filters text not null default '[]' check (json_valid(filters))
) strict, without rowid;
