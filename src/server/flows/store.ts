// Flows in the database.

import { readOwnJson, writeJson } from "#db/codecs.ts";
import type { Reader, Tx } from "#db/connect.ts";
import { countRows } from "#db/rows.ts";
import type { Clock } from "#lib/clock.ts";
import { timestampNow } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import type { FLOW_SORTS, Flow } from "#wire/deployments/flows.ts";
import { type Filters, flowsWhere } from "../kernel/filters.ts";
import { type Page, rowsOfPage } from "../kernel/paging.ts";

const COLUMNS = "flow.id, flow.created, flow.updated, flow.name, flow.tags";

type Row = Omit<Flow, "tags"> & { tags: string };

function flowOf(row: Row): Flow {
  return { ...row, tags: readOwnJson<string[]>(row.tags) };
}

const ORDER: Record<(typeof FLOW_SORTS)[number], string> = {
  CREATED_DESC: "flow.created desc",
  UPDATED_DESC: "flow.updated desc",
  NAME_ASC: "flow.name asc",
  NAME_DESC: "flow.name desc",
};

export function readFlow(q: Reader, id: string): Flow | undefined {
  const row = q.get<Row>(`select ${COLUMNS} from flow where id = ?`, id);
  return row && flowOf(row);
}

export function readFlowByName(q: Reader, name: string): Flow | undefined {
  const row = q.get<Row>(`select ${COLUMNS} from flow where name = ?`, name);
  return row && flowOf(row);
}

export function listFlows(q: Reader, filters: Filters, sort: keyof typeof ORDER, page: Page): Flow[] {
  const where = flowsWhere(filters);
  const sql = `select ${COLUMNS} from flow where ${where.sql} order by ${ORDER[sort]} limit ? offset ?`;
  return rowsOfPage(q.each<Row>(sql, ...where.params, page.limit, page.offset), ["name", "tags"], page).map(flowOf);
}

export function countFlows(q: Reader, filters: Filters): number {
  const where = flowsWhere(filters);
  return countRows(q, "flow", where);
}

/** An existing flow is given back unchanged: its name is all that identifies it. */
export function createFlow(tx: Tx, clock: Clock, name: string, tags: string[]): { flow: Flow; created: boolean } {
  const now = timestampNow(clock);
  const inserted = tx.run(
    "insert into flow (id, created, updated, name, tags) values (?, ?, ?, ?, ?) on conflict (name) do nothing",
    ...[newId(), now, now, name, writeJson(tags)],
  );
  const flow = readFlowByName(tx, name);
  if (!flow) throw new Error(`flow '${name}' was neither inserted nor found`);
  return { flow, created: inserted > 0 };
}

export function updateFlowTags(tx: Tx, clock: Clock, id: string, tags: string[]): boolean {
  return tx.run("update flow set tags = ?, updated = ? where id = ?", writeJson(tags), timestampNow(clock), id) > 0;
}

export function deleteFlow(tx: Tx, id: string): boolean {
  return tx.run("delete from flow where id = ?", id) > 0;
}
