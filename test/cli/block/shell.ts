// `orch block …` in this process: makes blocks, and asks the API what is there.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Api, withApi } from "#cli/api.ts";
import { loadSettings } from "#settings/load.ts";
import { type BlockDocument, listBlockDocuments, readBlockDocumentByName } from "#wire/blocks.ts";
import { type Ran, type TestTerminal, testTerminal } from "../io.ts";

export interface BlockShell {
  terminal: TestTerminal;
  orch(...words: string[]): Promise<Ran>;
  /** `orch block create SLUG --name NAME` with these fields. */
  make(slug: string, name: string, ...fields: string[]): Promise<Ran>;
  /** Writes a file into the folder of the commands. */
  file(name: string, content: string | Uint8Array): void;
  api<T>(use: (api: Api) => Promise<T>): Promise<T>;
  /** With its secrets. */
  saved(slug: string, name: string): Promise<BlockDocument>;
  /** Of all blocks. */
  names(): Promise<(string | null)[]>;
  close(): void;
}

/** On a home that nobody else has. */
export function blockShell(): BlockShell {
  const terminal = testTerminal();
  const orch = (...words: string[]) => terminal.orch("block", ...words);
  const api: BlockShell["api"] = (use) => withApi(loadSettings({ ORCH_HOME: terminal.home }).settings, use);
  return {
    ...{ terminal, orch, api },
    make: (slug, name, ...fields) =>
      orch("create", slug, "--name", name, ...fields.flatMap((field) => ["--field", field])),
    file: (name, content) => writeFileSync(join(terminal.folder, name), content),
    saved: (slug, name) =>
      api(({ client }) => {
        const params = { slug, block_document_name: name };
        return client.call(readBlockDocumentByName, { params, query: { include_secrets: true } });
      }),
    names: () =>
      api(async ({ client }) => (await client.call(listBlockDocuments, { body: {} })).map(({ name }) => name)),
    close: () => terminal.close(),
  };
}
