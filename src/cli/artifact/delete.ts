// `orch artifact delete`.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { parseId } from "#lib/ids.ts";
import { type Artifact, deleteArtifact, listArtifacts, readArtifact } from "#wire/artifacts.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { orchErrorIf } from "../kit/missing.ts";
import { allPages } from "../kit/pages.ts";
import { confirmDeletion, YES_OPTION } from "../terminal/confirm.ts";
import { json } from "../terminal/layout.ts";
import { noArtifact } from "./missing.ts";

export const remove = command({
  description: "Delete the artifacts of a key or one by its id.",
  examples: ["orch artifact delete report", "orch artifact delete --id 01234567-89ab-cdef-0123-456789abcdef --yes"],
  options: {
    key: { type: "positional", required: false, description: "The key: all its artifacts are deleted." },
    id: { type: "string", description: "One artifact, by its id." },
    ...YES_OPTION,
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const { key, id } = options;
    if (key && id) throw new OrchError("invalid", "Please provide either a key or an artifact_id but not both.");
    if (!key && !id) throw new OrchError("invalid", "Please provide a key or an artifact_id.");
    await withApi(loaded.settings, async ({ client }) => {
      const found = id ? [await artifactWithId(client, id)] : await artifactsOfKey(client, key ?? "");
      await confirmDeletion(
        io,
        options,
        id ? `artifact with id '${id}'` : `${found.length} artifact(s) with key '${key}'`,
      );
      for (const artifact of found) await client.call(deleteArtifact, { params: { id: artifact.id } });
      if (options.json) return io.out(json(found));
      const said = id ? `Deleted artifact with id '${id}'.` : `Deleted ${found.length} artifact(s) with key '${key}'.`;
      io.out(io.paint.good(said));
    });
  },
});

async function artifactWithId(client: Client, id: string): Promise<Artifact> {
  const sentence = () => `Artifact with id '${id}' not found!`;
  if (!parseId(id)) throw new OrchError("not_found", sentence());
  return client.call(readArtifact, { params: { id } }).catch(orchErrorIf("not_found", sentence));
}

async function artifactsOfKey(client: Client, key: string): Promise<Artifact[]> {
  const artifacts = { key: { any_: [key] } };
  const found = await allPages((page) => client.call(listArtifacts, { body: { ...page, artifacts } }));
  if (found.length > 0) return found;
  throw await noArtifact(client, key);
}
