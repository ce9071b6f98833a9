// `orch block create`: makes a block of any type from its fields; says what may be given where nothing is.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import { pages } from "#lib/text/page-addresses.ts";
import {
  type BlockDocument,
  createBlockDocument,
  readBlockDocument,
  readBlockDocumentByName,
  SLUG,
  updateBlockDocument,
} from "#wire/blocks.ts";
import { withApi } from "../api.ts";
import { answeringPage } from "../kit/answering-page.ts";
import { command, type Io, JSON_OPTION, UsageError } from "../kit/command.ts";
import { checkNewName, shownName } from "../options/new-name.ts";
import { columns } from "../terminal/columns.ts";
import { json } from "../terminal/layout.ts";
import { dataOfFields } from "./fields/ask.ts";
import { withDefaults } from "./fields/data.ts";
import { FIELD_OPTION } from "./fields/given.ts";
import { fieldRecords } from "./fields/listing.ts";
import { printFields, waysToUse } from "./how-to.ts";
import { shownDocument } from "./shown.ts";
import { idsForNew, type TypeWithFields, typesToMake, typeWithFields } from "./type-fields.ts";

export const create = command({
  description: "Create a block or show the fields of a block type.",
  examples: [
    "orch block create",
    "orch block create s3",
    "orch block create s3 --name dev --field bucket_path=flows/dev",
    "orch block create secret --name api-token --field value=@token.txt",
    "orch block create remote-file-system --name files --field basepath=sftp://host/flows --field settings.username=ada --field settings.password=@password.txt",
  ],
  options: {
    type: {
      type: "positional",
      required: false,
      description: "The block type's slug. Without it the types are listed.",
    },
    name: {
      type: "string",
      alias: "n",
      description: "The name of the new block. Without it the type's fields are shown.",
    },
    ...FIELD_OPTION,
    overwrite: { type: "boolean", description: "Replace a block of that name: all of its fields." },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const { type: slug, name, field } = options;
    if (slug === undefined) {
      if (name !== undefined || field.length > 0) throw new UsageError("Say of which type the block is: give TYPE.");
      return withApi(loaded.settings, ({ client }) => listTypes(client, options, io));
    }
    if (slug.includes("/")) {
      throw new UsageError(`'${slug}' is a block: give its type and its name apart, as TYPE --name NAME.`);
    }
    if (name === undefined && field.length > 0) throw new UsageError("Give the block a name: --name NAME.");
    await withApi(loaded.settings, async ({ client, url }) => {
      const type = await typeWithFields(client, slug);
      if (name === undefined) {
        showType(type, options, io);
        const page = options.json ? undefined : await answeringPage(url, pages.createBlock(slug));
        if (page !== undefined) io.out(`On a web page: ${page}`);
        return;
      }
      const { made, data, isNew } = await makeBlock(client, type, { ...options, name }, io);
      if (options.json) io.out(json(shownDocument(made)));
      else io.out(io.paint.good(`${isNew ? "Made" : "Replaced"} the block ${slug}/${name}.`));
      if (!options.json) io.out(columns([], waysToUse(type, name), io.columns));
      const { storageWarning } = await import("./storage-warning.ts");
      const warning = await storageWarning(type, data);
      if (warning !== undefined) io.err(warning);
    });
  },
});

async function listTypes(client: Client, options: { json: boolean }, io: Io): Promise<void> {
  const types = await typesToMake(client);
  if (options.json) return io.out(json(types));
  io.out(
    columns(
      ["TYPE", "WHAT IT IS"],
      types.map(({ slug, description }) => [slug, firstLine(description)]),
      io.columns,
    ),
  );
  io.out("");
  io.out("Its fields and an example: orch block create TYPE");
}

function firstLine(text: string): string {
  return /\S.*/.exec(text)?.[0].trim() ?? "";
}

function showType(type: TypeWithFields, options: { json: boolean }, io: Io): void {
  const { fields, capabilities, slug, name, description } = type;
  if (options.json) io.out(json({ slug, name, description, capabilities, fields: fieldRecords(fields) }));
  else printFields(type, io);
}

interface MakeOptions {
  name: string;
  field: readonly string[];
  overwrite: boolean;
}

interface Made {
  /** With its secrets hidden. */
  made: BlockDocument;
  data: JsonObject;
  isNew: boolean;
}

/** Throws `conflict` for a name that is taken, before anything is asked or read. */
async function makeBlock(client: Client, type: TypeWithFields, options: MakeOptions, io: Io): Promise<Made> {
  const { slug, fields } = type;
  const { name, overwrite } = options;
  requireName(name);
  const before = await blockNamed(client, slug, name);
  if (before && !overwrite) throw taken(slug, name);
  const data = withDefaults(fields, await dataOfFields(options.field, fields, { client, io }));
  return { made: await save(client, type, { name, data, before }), data, isNew: before === null };
}

interface NewBlock {
  name: string;
  data: JsonObject;
  /** The one that it takes the place of, and whose id it keeps. */
  before: BlockDocument | null;
}

async function save(
  client: Client,
  { slug }: TypeWithFields,
  { name, data, before }: NewBlock,
): Promise<BlockDocument> {
  const ids = await idsForNew(client, slug);
  if (!before) {
    return client.call(createBlockDocument, { body: { ...ids, name, data } }).catch((error: unknown) => {
      throw error instanceof OrchError && error.code === "conflict" ? taken(slug, name, error) : error;
    });
  }
  const { id } = before;
  const body = { data, block_schema_id: ids.block_schema_id, merge_existing_data: false };
  await client.call(updateBlockDocument, { params: { id }, body });
  return client.call(readBlockDocument, { params: { id } });
}

function taken(slug: string, name: string, cause?: unknown): OrchError {
  const sentence = `There is a block ${slug}/${name} already: take another --name, or replace it with --overwrite.`;
  return new OrchError("conflict", sentence, { cause });
}

function blockNamed(client: Client, slug: string, name: string): Promise<BlockDocument | null> {
  return client
    .call(readBlockDocumentByName, { params: { slug, block_document_name: name } })
    .catch((error: unknown) => {
      if (error instanceof OrchError && error.code === "not_found") return null;
      throw error;
    });
}

function requireName(name: string): void {
  if (name !== "" && SLUG.test(name)) {
    checkNewName("a block", name);
    return;
  }
  const better = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const hint = better === "" ? "" : ` '${better}' is one.`;
  throw new OrchError(
    "invalid",
    `'${shownName(name)}' is no name for a block: names have small letters, digits and dashes.${hint}`,
  );
}
