// Block types are made known once for each version of their definitions, not at every start.
import { createHash } from "node:crypto";
import { BLOCK_TYPES } from "#blocks/registry.ts";
import { timestampNow } from "#lib/clock.ts";
import type { ServerContext } from "../context.ts";
import { registerBlockTypes } from "./store.ts";

const KEY = "block-types-registered";

export async function ensureBlockTypes({ db, clock }: Pick<ServerContext, "db" | "clock">): Promise<void> {
  const hash = JSON.stringify(createHash("sha256").update(JSON.stringify(BLOCK_TYPES)).digest("hex"));
  const known = await db.read((q) => q.get<{ value: string }>("select value from configuration where key = ?", KEY));
  if (known?.value === hash) return;
  await db.write((tx) => {
    registerBlockTypes(tx, timestampNow(clock), BLOCK_TYPES);
    tx.run(
      "insert into configuration (key, value) values (?, ?) on conflict (key) do update set value = excluded.value",
      ...[KEY, hash],
    );
  });
}
