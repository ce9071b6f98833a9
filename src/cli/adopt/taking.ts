// Takes the rows of one table into orch's, each by the plan for the table, and counts what became of each.
import type { Tx } from "#db/connect.ts";
import { sqliteCode } from "#db/faults.ts";
import { jsonOfPython } from "./columns.ts";
import { type Around, Left, type Plan, type Values } from "./plan.ts";
import type { Tally } from "./report.ts";
import type { SourceRow } from "./source.ts";

export interface Surroundings {
  around: Around;
  /** From now on an object of the source is this one of the target. */
  join(table: string, id: string, target: string): void;
  /** An object was not in the target and is now. */
  arrive(table: string, id: string): void;
}

interface Taking extends Surroundings {
  tally: Tally;
}

/** Gives what takes one row after the other. */
export function taker(tx: Tx, plan: Plan, { around, tally, join, arrive }: Taking): (row: SourceRow) => void {
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
    around.missed.clear();
    const values = plan.convert(row, around);
    if (values instanceof Left) {
      tally.left(values.why, label);
      return;
    }
    if (isSame(values)) {
      tally.here();
      return;
    }
    for (const each of plan.before?.(row, around) ?? []) insert(each.table, each.values);
    if (insert(table, values)) taken(row, label ?? "");
    else if (tx.get(`select 1 from ${table} where id = ?`, String(row["id"]))) known(values);
    else keepOther(String(row["id"]), values, label);
  }

  /** Whether it is there under another id: by the file and by the server it comes with different ones. */
  function isSame(values: Values): boolean {
    if (!plan.same) return false;
    const where = plan.same.map((column) => `${column} = ?`).join(" and ");
    const others = plan.same.map((column) => values[column] ?? null);
    return tx.get(`select 1 from ${table} where ${where} and id <> ?`, ...others, values["id"] ?? null) !== undefined;
  }

  /** It came without something that could not be read then and has come now. What orch has changed since stays as it is. */
  function known(values: Values): void {
    tally.here();
    for (const [column, to] of Object.entries(plan.links ?? {})) {
      if (!around.hasArrived(to, values[column])) continue;
      const sql = `update ${table} set ${column} = ? where id = ? and ${column} is null`;
      if (tx.run(sql, values[column] ?? null, values["id"] ?? null) > 0)
        tally.changed(`they were here already and are now linked to their ${to.replaceAll("_", " ")}`);
    }
  }

  function taken(row: SourceRow, label: string): void {
    tally.taken();
    arrive(table, String(row["id"]));
    for (const missed of around.missed) tally.changed(comesWithout(missed.replaceAll("_", " ")));
    const why = plan.asItIs?.(row, around);
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
      const isNoJson = error instanceof SyntaxError;
      if (!isNoJson && !code.startsWith("SQLITE_CONSTRAINT")) throw error;
      const isAlone = code === "SQLITE_CONSTRAINT_NOTNULL" && around.missed.size > 0;
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

/** Why a row was changed that refers to an object which is not there. */
export function comesWithout(what: string): string {
  return `they come without their ${what}, which is not there`;
}
