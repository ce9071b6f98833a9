// Takes all of a source into a database of orch, in one transaction: cut off anywhere, nothing has happened.
import type { Database as Sqlite } from "bun:sqlite";
import type { Tx } from "#db/connect.ts";
import { createStatements, createTx } from "#db/unit-of-work.ts";
import { OrchError } from "#lib/errors.ts";
import { nextTurn } from "#lib/yield.ts";
import type { Vault } from "#server/kernel/vault.ts";
import { FLOW_RUNS } from "./history.ts";
import type { Around } from "./plan.ts";
import { PLANS } from "./plans.ts";
import { createTallies, type Tallies } from "./report.ts";
import { schemaFields } from "./schemas.ts";
import type { Source, SourceRow } from "./source.ts";
import { comesWithout, type Surroundings, taker } from "./taking.ts";

export interface IntakeOptions {
  source: Source;
  /** With the settings of ours, nothing under way. */
  sqlite: Sqlite;
  vault: Pick<Vault, "seal">;
  /** Leave out blocks that no key opens. Else they stop everything, with a `conflict`. */
  skipsSealed: boolean;
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
    settle(tx, tallies);
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
  const tallies = createTallies(source.counts, source.lacking);
  const { around, join, arrive } = await surroundings(tx, options);
  for (const plan of PLANS) {
    const tally = tallies.of(plan);
    const take = taker(tx, plan, { around, tally, join, arrive });
    for await (const page of source.pages(plan.table)) {
      for (const row of page) take(row);
      show(plan.what, tally.done(), tally.found);
      await nextTurn();
    }
    if (plan.table === "work_queue") await setDefaultQueues(tx, source, around);
  }
  return tallies;
}

/** Tables that rows refer to and may come without. */
const LINKED = new Set(PLANS.flatMap(({ links }) => Object.values(links ?? {})));

async function surroundings(tx: Tx, { source, vault, skipsSealed }: IntakeOptions): Promise<Surroundings> {
  const joined = new Map<string, Map<unknown, string>>();
  const arrived = new Map<string, Set<string>>();
  // In a home that is empty nothing waits for what arrives.
  const isFirst = tx.get("select 1 from flow limit 1") === undefined;
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
      if (tx.get(`select 1 from ${table} where id = ?`, id)) return String(id);
      around.missed.add(table);
      return null;
    },
    missed: new Set(),
    hasArrived: (table, id) => arrived.get(table)?.has(String(id)) ?? false,
    isJoined: (table, id) => joined.get(table)?.has(id) ?? false,
    sealed(block) {
      const data = source.unsealed(block);
      if (data === undefined && !skipsSealed) throw sealedBlock(block, source.shown);
      return data === undefined ? undefined : vault.seal(tx, data);
    },
    schedules,
    fieldsOf,
  };
  return {
    around,
    join(table, id, target) {
      const ofTable = joined.get(table) ?? new Map<unknown, string>();
      joined.set(table, ofTable.set(id, target));
    },
    arrive(table, id) {
      if (isFirst || !LINKED.has(table)) return;
      const ofTable = arrived.get(table) ?? new Set();
      arrived.set(table, ofTable.add(id));
    },
  };
}

function sealedBlock({ name }: SourceRow, shown: string): OrchError {
  const sentence = `The block '${name}' of '${shown}' cannot be read with the key in it: set PREFECT_SERVER_ENCRYPTION_KEY to the one of Prefect's server, or leave such blocks out with --skip-sealed. Nothing was changed.`;
  return new OrchError("conflict", sentence);
}

/** Of tables that people fill by hand, which are small. */
async function allOf(source: Source, table: string): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  for await (const page of source.pages(table)) rows.push(...page);
  return rows;
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
function settle(tx: Tx, tallies: Tallies): void {
  const orphans = tx.run(`update flow_run set parent_task_run_id = null
    where parent_task_run_id is not null and parent_task_run_id not in (select id from task_run)`);
  tx.run(`update artifact_collection set latest_id =
      (select a.id from artifact a where a.key = artifact_collection.key order by a.created desc, a.id desc limit 1)
    where exists (select 1 from artifact a where a.key = artifact_collection.key
      and a.created > (select b.created from artifact b where b.id = artifact_collection.latest_id))`);
  const tally = tallies.of(FLOW_RUNS);
  for (let orphan = 0; orphan < orphans; orphan += 1) tally.changed(comesWithout("task run that has started it"));
}
