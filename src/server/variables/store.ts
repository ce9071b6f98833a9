// Variables in the database.

import { readJson, writeJson } from "#db/codecs.ts";
import type { Reader, SqlValue, Tx } from "#db/connect.ts";
import { countRows } from "#db/rows.ts";
import { all, any, type Condition } from "#db/sql.ts";
import { OrchError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import type { VariableFilter } from "#wire/filters.ts";
import type { VARIABLE_SORTS, Variable, VariableCreate, VariableUpdate } from "#wire/variables.ts";
import { field, tags } from "../kernel/filters.ts";
import { type Page, rowsOfPage } from "../kernel/paging.ts";

const COLUMNS = "variable.id, variable.created, variable.updated, variable.name, variable.value, variable.tags";

type Row = Omit<Variable, "tags"> & { tags: string };
type Sort = (typeof VARIABLE_SORTS)[number];

/** By its id or by its name. */
export type Which = { id: string } | { name: string };

function condition(which: Which): { sql: string; params: SqlValue[] } {
  return "id" in which ? { sql: "id = ?", params: [which.id] } : { sql: "name = ?", params: [which.name] };
}

function variableOf(row: Row): Variable {
  return { ...row, tags: readJson<string[]>(row.tags) };
}

function filtered(filter: VariableFilter | null): Condition {
  if (!filter) return all([]);
  const found = [
    ...field("variable.id", filter.id),
    ...field("variable.name", filter.name),
    ...field("variable.value", filter.value),
    ...tags("variable.tags", filter.tags),
  ];
  return filter.operator === "or_" ? any(found) : all(found);
}

export function readVariable(q: Reader, which: Which): Variable | undefined {
  const where = condition(which);
  const row = q.get<Row>(`select ${COLUMNS} from variable where ${where.sql}`, ...where.params);
  return row && variableOf(row);
}

const ORDERS: Record<Sort, string> = {
  CREATED_DESC: "created desc",
  UPDATED_DESC: "updated desc",
  NAME_DESC: "name desc",
  NAME_ASC: "name asc",
};

export function listVariables(q: Reader, filter: VariableFilter | null, sort: Sort, page: Page): Variable[] {
  const where = filtered(filter);
  const sql = `select ${COLUMNS} from variable where ${where.sql} order by variable.${ORDERS[sort]} limit ? offset ?`;
  return rowsOfPage(q.each<Row>(sql, ...where.params, page.limit, page.offset), ["value", "tags"]).map(variableOf);
}

export function countVariables(q: Reader, filter: VariableFilter | null): number {
  const where = filtered(filter);
  return countRows(q, "variable", where);
}

/** Throws `conflict` for a name that is taken. */
export function insertVariable(tx: Tx, now: string, { name, value, tags: given }: VariableCreate): string {
  refuseTaken(tx, name);
  const id = newId();
  tx.run(
    "insert into variable (id, created, updated, name, value, tags) values (?, ?, ?, ?, ?, ?)",
    ...[id, now, now, name, value, writeJson(given)],
  );
  return id;
}

/** False when it is not there. Throws `conflict` for a name that another one has. */
export function updateVariable(tx: Tx, now: string, which: Which, given: VariableUpdate): boolean {
  const stored = readVariable(tx, which);
  if (!stored) return false;
  if (given.name !== undefined && given.name !== stored.name) refuseTaken(tx, given.name);
  const { name = stored.name, value = stored.value, tags: own = stored.tags } = given;
  const sql = "update variable set name = ?, value = ?, tags = ?, updated = ? where id = ?";
  return tx.run(sql, name, value, writeJson(own), now, stored.id) > 0;
}

export function deleteVariable(tx: Tx, which: Which): boolean {
  const where = condition(which);
  return tx.run(`delete from variable where ${where.sql}`, ...where.params) > 0;
}

function refuseTaken(tx: Tx, name: string): void {
  if (!readVariable(tx, { name })) return;
  throw new OrchError("conflict", `A variable named '${name}' already exists.`);
}
