// Names and deletes blocks.
import type { BlockDocument } from "#wire/blocks.ts";
import { change } from "../../data/query.ts";
import { attempt } from "../../parts/forms/attempt.ts";
import { confirm, named } from "../../parts/forms/confirm.tsx";
import { shellWord } from "../../parts/text/command.tsx";

/** `s3/dev`, as commands and code name it. */
export function blockName({ name, block_type }: BlockDocument): string {
  return `${block_type?.slug ?? "block"}/${name ?? "anonymous"}`;
}

/** Resolves to whether they are gone. */
export async function removedBlocks(blocks: readonly BlockDocument[]): Promise<boolean> {
  const names = blocks.map(blockName);
  const body = "Deployments and flows that name them will fail. This cannot be taken back.";
  const command = names.map((name) => `orch block delete ${shellWord(name)}`).join(" && ");
  if (!(await confirm({ title: named("Delete", "block", names), body, command, action: "Delete" }))) return false;
  const act = () => Promise.all(blocks.map(({ id }) => change("deleteBlockDocument", { params: { id } })));
  return attempt(act, names.length === 1 ? `Deleted ${names[0]}.` : `Deleted ${names.length} blocks.`);
}
