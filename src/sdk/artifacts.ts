// Artifacts from user code: what a run leaves for people to look at. Made in a run, they are that run's.

import { sendableValue } from "#domain/parameters/sendable.ts";
import { currentRun } from "#engine/session/context.ts";
import { OrchError } from "#lib/errors.ts";
import { type Json, parseJson } from "#lib/json.ts";
import { createArtifact } from "#wire/artifacts.ts";
import { SLUG } from "#wire/blocks.ts";
import { apiFor, type Host } from "./host.ts";

export interface ArtifactOptions {
  /** Artifacts of one key are versions of one thing. Lower-case letters, digits and dashes. Default: none. */
  key?: string;
  description?: string;
}

/** Columns by their names, or rows by the names of their columns. */
export type ArtifactTable = Record<string, readonly unknown[]> | readonly Record<string, unknown>[];

/** The functions for user files of `host`. Each gives the artifact's id; each throws `invalid` for a key that is none. */
export function artifactsFor(host: Host | null) {
  async function create(
    called: string,
    type: string,
    data: Json,
    { key, description }: ArtifactOptions,
  ): Promise<string> {
    if (key !== undefined && (key === "" || !SLUG.test(key))) {
      const sentence = `'${key}' is no key for an artifact: it has lower-case letters, digits and dashes.`;
      throw new OrchError("invalid", sentence);
    }
    const { client } = await apiFor(host, `${called}()`);
    const frame = currentRun.getStore();
    const run = frame ? { flow_run_id: frame.flowRun.id, task_run_id: frame.taskRun?.id ?? null } : {};
    const body = {
      type,
      data,
      ...(key === undefined ? {} : { key }),
      ...(description === undefined ? {} : { description }),
    };
    return (await client.call(createArtifact, { body: { ...body, ...run } })).id;
  }

  return {
    /** @example await createMarkdownArtifact({ key: "report", markdown: "# All is well" }); */
    createMarkdownArtifact: ({ markdown, ...options }: ArtifactOptions & { markdown: string }): Promise<string> =>
      create("createMarkdownArtifact", "markdown", markdown, options),

    /** @example await createTableArtifact({ key: "prices", table: [{ name: "tea", price: 3 }] }); */
    createTableArtifact: ({ table, ...options }: ArtifactOptions & { table: ArtifactTable }): Promise<string> =>
      create("createTableArtifact", "table", tableData(table), options),

    /** @example await createLinkArtifact({ link: "https://example.org", linkText: "the data" }); */
    createLinkArtifact: ({
      link,
      linkText = link,
      ...options
    }: ArtifactOptions & { link: string; linkText?: string }): Promise<string> =>
      create("createLinkArtifact", "markdown", `[${linkText}](${link})`, options),
  };
}

/** Rows travel as text, columns as they are: so the old pages read them. */
function tableData(table: ArtifactTable): Json {
  try {
    const text = JSON.stringify(table, (_, value) => (hasJson(value) ? value : sendableValue(value, "Cell", "table")));
    return Array.isArray(table) ? text : parseJson(text);
  } catch (cause) {
    throw new OrchError("invalid", "The table of an artifact holds what has no JSON.", { cause });
  }
}

/** False for what JSON.stringify refuses or makes nothing of. */
function hasJson(value: unknown): boolean {
  return typeof value !== "bigint" && !(value instanceof Map) && !(value instanceof Set);
}
