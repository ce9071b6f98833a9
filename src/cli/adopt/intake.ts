// Takes all of a source into a database of orch, in one transaction: cut off anywhere, nothing has happened.
import type { Database as Sqlite } from "bun:sqlite";
import type { Tx } from "#db/connect.ts";
import { sqliteCode } from "#db/faults.ts";
import { createStatements, createTx } from "#db/unit-of-work.ts";
import { nextTurn } from "#lib/turns.ts";
import type { Vault } from "#server/blocks/encryption.ts";
import { jsonOfPython } from "./columns.ts";
import { type Around, Left, type Plan, type Values } from "./plan.ts";
import { PLANS } from "./plans.ts";
import { createTallies, type Tallies, type Tally } from "./report.ts";
import { schemaFields } from "./schemas.ts";
import type { Source, SourceRow } from "./source.ts";

export interface IntakeOptions {
  source: Source;
  /** With the settings of ours, nothing under way. */
  sqlite: Sqlite;
  vault: Pick<Vault, "seal">;
  /** Undo everything at the end: what would be done is known then. */
  isTrial: boolean;
  /** Called now and then, with how far it is. */
  show(what: string, done: number, found: number): void;
}

/** Throws what the source throws, `conflict` when it was written meanwhile, and what SQLite throws for the target. */
export async function takeAll(options: IntakeOptions): Promise<Tallies> {
  const { source, sqlite, isTrial } = options;
  const statements = createStatements(sqlite);
  const tx = createTx(statements, () => {});
  sqlite.run("begin immediate");
  try {
    // Runs and task runs refer to each other: looked at when all are there.
    sqlite.run("pragma defer_foreign_keys = on");
    const tallies = await takeTables(tx, options);
    settle(tx);
    source.requireUnchanged();
    sqlite.run(isTrial ? "rollback" : "commit");
    return tallies;
  } catch (error) {
    if (sqlite.inTransaction) sqlite.run("rollback");
    throw error;
  } finally {
    statements.finalize();
  }
}

async function takeTables(tx: Tx, options: IntakeOptions): Promise<Tallies> {
  const { source, show } = options;
  const tallies = createTallies(source.counts);
  const { around, join } = await surroundings(tx, options);
  for (const plan of PLANS) {
    const tally = tallies.of(plan);
    const take = taker(tx, plan, { around, tally, join });
    for await (const page of source.pages(plan.table)) {
      for (const row of page) take(row);
      show(plan.what, tally.done(), tally.found);
      await nextTurn();
    }
    if (plan.table === "work_queue") await setDefaultQueues(tx, source, around);
  }
  return tallies;
}

interface Surroundings {
  around: Around;
  /** From now on an object of the source is this one of the target. */
  join(table: string, id: string, target: string): void;
}

async function surroundings(tx: Tx, { source, vault }: IntakeOptions): Promise<Surroundings> {
  const joined = new Map<string, Map<unknown, string>>();
  const fieldsOf = schemaFields({
    schemas: await allOf(source, "block_schema"),
    references: await allOf(source, "block_schema_reference"),
    slugs: new Map((await allOf(source, "block_type")).map(({ id, slug }) => [String(id), String(slug)])),
  });
  const schedules = source.counts.has("deployment_schedule")
    ? Map.groupBy(await allOf(source, "deployment_schedule"), (row) => String(row["deployment_id"]))
    : undefined;
  const around: Around = {
    idOf(table, id) {
      if (id === null || id === undefined) return null;
      const known = joined.get(table)?.get(id);
      if (known !== undefined) return known;
      return tx.get(`select 1 from ${table} where id = ?`, id) ? String(id) : null;
    },
    isJoined: (table, id) => joined.get(table)?.has(id) ?? false,
    sealed: (block) => vault.seal(tx, source.unsealed(block)),
    schedules,
    fieldsOf,
  };
  return {
    around,
    join(table, id, target) {
      const ofTable = joined.get(table) ?? new Map<unknown, string>();
      joined.set(table, ofTable.set(id, target));
    },
  };
}

/** Of tables that people fill by hand, which are small. */
async function allOf(source: Source, table: string): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  for await (const page of source.pages(table)) rows.push(...page);
  return rows;
}

interface Taking extends Pick<Surroundings, "around" | "join"> {
  tally: Tally;
}

function taker(tx: Tx, plan: Plan, { around, tally, join }: Taking): (row: SourceRow) => void {
  const table = plan.into ?? plan.table;
  const insertInto = inserter(tx);

  /** Whether it is there now and was not before. */
  function insert(into: string, values: Values): boolean {
    try {
      return insertInto(into, values);
    } catch (error) {
      if (sqliteCode(error) !== "SQLITE_CONSTRAINT_CHECK") throw error;
      const mended = mendedJson(values);
      tally.changed("NaN and Infinity, which JSON does not have, became null");
      return insertInto(into, mended);
    }
  }

  function take(row: SourceRow): void {
    const label = plan.label?.(row);
    const values = plan.convert(row, around);
    if (values instanceof Left) {
      tally.left(values.why, label);
      return;
    }
    for (const each of plan.before?.(row, around) ?? []) insert(each.table, each.values);
    if (insert(table, values)) taken(row, label ?? "");
    else if (tx.get(`select 1 from ${table} where id = ?`, String(row["id"]))) tally.here();
    else keepOther(String(row["id"]), values, label);
  }

  function taken(row: SourceRow, label: string): void {
    tally.taken();
    const why = plan.asItIs?.(row);
    if (why !== undefined) tally.asItIs(why, label);
  }

  function keepOther(id: string, values: Values, label: string | undefined): void {
    const other = plan.names && findNamed(tx, table, plan.names, values);
    if (other === undefined) {
      tally.left("orch has another one with its key", label);
      return;
    }
    join(plan.table, id, other);
    tally.joined(label ?? id);
  }

  return (row) => {
    try {
      take(row);
    } catch (error) {
      const code = sqliteCode(error);
      if (!code.startsWith("SQLITE_CONSTRAINT")) throw error;
      const isAlone = code === "SQLITE_CONSTRAINT_NOTNULL";
      tally.left(isAlone ? "what it belongs to is not there" : "its values are damaged", plan.label?.(row));
    }
  };
}

/** Of a table always the same columns are given, so that its statement is written once. */
function inserter(tx: Tx): (table: string, values: Values) => boolean {
  const statements = new Map<string, string>();
  return (table, values) => {
    const sql = statements.get(table) ?? insertStatement(table, Object.keys(values));
    statements.set(table, sql);
    return tx.run(sql, ...Object.values(values)) > 0;
  };
}

function insertStatement(table: string, columns: readonly string[]): string {
  const names = columns.map((name) => `"${name}"`).join(", ");
  return `insert into ${table} (${names}) values (${columns.map(() => "?").join(", ")}) on conflict do nothing`;
}

function mendedJson(values: Values): Values {
  const mended = Object.entries(values).map(([column, value]) => {
    const isJson = typeof value === "string" && /^[[{]|^-?Infinity$|^NaN$/.test(value);
    return [column, isJson ? jsonOfPython(value) : value] as const;
  });
  return Object.fromEntries(mended);
}

function findNamed(tx: Tx, table: string, names: readonly string[], values: Values): string | undefined {
  const where = names.map((name) => `"${name}" = ?`).join(" and ");
  return tx.get<{ id: string }>(`select id from ${table} where ${where}`, ...names.map((name) => values[name] ?? null))
    ?.id;
}

/** Of the pools that were taken: their queues have come after them. */
async function setDefaultQueues(tx: Tx, source: Source, { idOf, isJoined }: Around): Promise<void> {
  for (const { id, default_queue_id } of await allOf(source, "work_pool")) {
    if (isJoined("work_pool", id)) continue;
    const sql = "update work_pool set default_queue_id = ? where id = ? and default_queue_id is null";
    tx.run(sql, idOf("work_queue", default_queue_id), String(id));
  }
}

/** What could only be told when all was there. */
function settle(tx: Tx): void {
  tx.run(`update flow_run set parent_task_run_id = null
    where parent_task_run_id is not null and parent_task_run_id not in (select id from task_run)`);
  tx.run(`update artifact_collection set latest_id =
      (select a.id from artifact a where a.key = artifact_collection.key order by a.created desc, a.id desc limit 1)
    where exists (select 1 from artifact a where a.key = artifact_collection.key
      and a.created > (select b.created from artifact b where b.id = artifact_collection.latest_id))`);
}
