-- Calls that were answered: a repeat of one is answered alike and does nothing. In order of arrival, so the oldest go first.
create table idempotency_key (
  position integer primary key,
  -- The client's key, and which method and path it is for.
  key text not null unique,
  -- Of the body and the query: the same key with another one is refused.
  fingerprint text not null,
  created text not null,
  status integer not null,
  -- The answer; where it is a record, the path at which that is read.
  body text check (body is null or json_valid(body)),
  record text
) strict;
