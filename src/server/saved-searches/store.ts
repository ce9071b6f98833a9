// Saved searches in the database.
import { readJson, writeJson } from "#db/codecs.ts";
import type { Reader, Tx } from "#db/connect.ts";
import { type Clock, timestampNow } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import type { SavedSearch, SavedSearchCreate } from "#wire/saved-searches.ts";
import { type Page, rowsOfPage } from "../kernel/paging.ts";

const SELECT = "select id, created, updated, name, filters from saved_search";

type Row = Omit<SavedSearch, "filters"> & { filters: string };

function searchOf(row: Row): SavedSearch {
  // What was written from this very type.
  return { ...row, filters: readJson<never[]>(row.filters) satisfies SavedSearch["filters"] };
}

/** Takes the place of the search of that name, whose id and creation stay. */
export function saveSearch(tx: Tx, clock: Clock, { name, filters }: SavedSearchCreate) {
  const now = timestampNow(clock);
  const known = tx.get<Row>(`${SELECT} where name = ?`, name);
  const row = { id: known?.id ?? newId(), created: known?.created ?? now, updated: now, name, filters };
  tx.run(
    `insert into saved_search (id, created, updated, name, filters) values (?, ?, ?, ?, ?)
     on conflict (name) do update set filters = excluded.filters, updated = excluded.updated`,
    ...[row.id, row.created, row.updated, name, writeJson(filters)],
  );
  return { search: row, created: known === undefined };
}

export function readSavedSearch(q: Reader, id: string): SavedSearch | undefined {
  const row = q.get<Row>(`${SELECT} where id = ?`, id);
  return row && searchOf(row);
}

export function listSavedSearches(q: Reader, { limit, offset }: Page): SavedSearch[] {
  const rows = q.each<Row>(`${SELECT} order by name limit ? offset ?`, limit, offset);
  return rowsOfPage(rows, ["name", "filters"]).map(searchOf);
}

export function deleteSavedSearch(tx: Tx, id: string): boolean {
  return tx.run("delete from saved_search where id = ?", id) > 0;
}
