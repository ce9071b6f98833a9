// Tells whether Litestream copies a database as it is written. It keeps its place in two tables, which change nothing of orch's,
// and holds a read lock all the time: it moves the log into the file itself, and copies all again when another has cut the log.

const TABLES = /^_litestream_(?:seq|lock)$/;

export function isTableOfLitestream(name: string): boolean {
  return TABLES.test(name);
}

/** Also when it has copied the database once, and does not now. */
export function isReplicated(query: { get(sql: string): unknown }): boolean {
  return query.get("select 1 from sqlite_schema where type = 'table' and name = '_litestream_seq'") !== undefined;
}
