// Deletes artifacts, after asking.
import { call } from "../../data/call.ts";
import { change } from "../../data/query.ts";
import { attempt } from "../../parts/forms/attempt.ts";
import { confirm } from "../../parts/forms/confirm.tsx";
import { shellWord } from "../../parts/text/command.tsx";

const MOST = 200;

/** Resolves to whether the key has no artifacts any more. */
export async function removedKey(key: string): Promise<boolean> {
  const title = `Delete all artifacts of ${key}?`;
  const command = `orch artifact delete ${shellWord(key)}`;
  const body = "Every version is deleted. This cannot be taken back.";
  if (!(await confirm({ title, body, command, action: "Delete" }))) return false;
  return attempt(() => removeAll(key), `Deleted the artifacts of ${key}.`);
}

async function removeAll(key: string): Promise<void> {
  const body = { artifacts: { key: { any_: [key] } }, limit: MOST };
  for (
    let found = await call("listArtifacts", { body });
    found.length > 0;
    found = await call("listArtifacts", { body })
  ) {
    await Promise.all(found.map(({ id }) => change("deleteArtifact", { params: { id } })));
  }
}

/** Resolves to whether it is gone. */
export async function removedArtifact(id: string, title: string): Promise<boolean> {
  const command = `orch artifact delete --id ${id}`;
  const question = {
    title: `Delete the artifact ${title}?`,
    body: "This cannot be taken back.",
    command,
    action: "Delete",
  };
  if (!(await confirm(question))) return false;
  return attempt(() => change("deleteArtifact", { params: { id } }), `Deleted ${title}.`);
}
