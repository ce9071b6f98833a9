// Block types are made known once for each version of their definitions, not at every start.
import { createHash } from "node:crypto";
import { BLOCK_TYPES } from "#blocks/registry.ts";
import { timestampNow } from "#lib/clock.ts";
import { PREFECT_VERSION } from "#wire/version.ts";
import type { ServerContext } from "../kernel/context.ts";
import { readRegistered, registerBlockTypes, writeRegistered } from "./store.ts";

/** Safe to repeat, and to be done by two processes at once. */
export async function ensureBlockTypes({ db, clock }: Pick<ServerContext, "db" | "clock">): Promise<void> {
  const definitions = JSON.stringify([PREFECT_VERSION, BLOCK_TYPES]);
  const hash = createHash("sha256").update(definitions).digest("hex");
  if ((await db.read(readRegistered)) === hash) return;
  await db.write((tx) => {
    registerBlockTypes(tx, timestampNow(clock), BLOCK_TYPES);
    writeRegistered(tx, hash);
  });
}
