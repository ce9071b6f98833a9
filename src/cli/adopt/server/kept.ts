// Keeps each object that a server has sent, as the rows that Prefect's database holds for it.
import type { JsonObject } from "#lib/json.ts";
import { artifact, block, blockSchema, deployment, idOf, objectsOf, row, run, spooled } from "./api-rows.ts";
import type { Spool, SpooledRow } from "./spool.ts";

/** True when no object with this id was kept before. */
export type Keep = (kind: string, one: JsonObject) => boolean;

const CONVERT: Readonly<Record<string, (one: JsonObject) => SpooledRow>> = {
  artifact,
  block_schema: blockSchema,
  deployment,
  log: (one) => ({ row: row(one), at: String(one["timestamp"]) }),
  task_run: run,
};

/** `secrets`: is filled with the data of each block in the clear, by its id; they stay in memory. */
export function createKeep(spool: Spool, secrets: Map<string, JsonObject>): Keep {
  function keepBlock(one: JsonObject): boolean {
    const read = block(one);
    secrets.set(idOf(one), read.data);
    for (const reference of read.references) spool.put("block_document_reference", reference);
    return spool.put("block_document", read.block);
  }

  /** Since 2.16 there are several. */
  function keepSchedules(one: JsonObject): void {
    if (!Array.isArray(one["schedules"])) return;
    spool.know("deployment_schedule");
    for (const each of objectsOf(one["schedules"]))
      spool.put("deployment_schedule", spooled({ ...each, deployment_id: idOf(one) }));
  }

  return (kind, one) => {
    if (kind === "block_document") return keepBlock(one);
    if (kind === "deployment") keepSchedules(one);
    return spool.put(kind, (CONVERT[kind] ?? spooled)(one));
  };
}

const SHOWN: Readonly<Record<string, string>> = {
  artifact_collection: "newest artifacts",
  block_document: "blocks",
  flow_run_notification_policy: "notification policies",
  log: "log lines",
  saved_search: "saved searches",
};

/** A kind in the words of the line that shows how far it is. */
export function shownAs(kind: string): string {
  return SHOWN[kind] ?? `${kind.replaceAll("_", " ")}s`;
}
