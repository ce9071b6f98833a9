// The routes of block types, schemas and documents.
import { timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/blocks.ts";
import type { ServerContext } from "../context.ts";
import { handle, type Route } from "../http/router.ts";
import { pageOf } from "../paging.ts";
import * as documents from "./documents.ts";
import { createVault } from "./encryption.ts";
import * as store from "./store.ts";

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new OrchError("not_found", `${what} not found`);
  return value;
}

export function blockRoutes({ db, clock, settings, events }: ServerContext): Route[] {
  const vault = createVault(settings.ORCH_HOME);
  const hidden = { vault, secrets: false };
  return [
    handle(wire.readBlockTypeBySlug, async ({ params }) =>
      found(await db.read((q) => store.readBlockTypeBySlug(q, params.slug)), "Block type"),
    ),
    handle(wire.listBlockTypes, async ({ body }) => {
      const page = pageOf(body, settings);
      return db.read((q) => store.listBlockTypes(q, body, page));
    }),
    handle(wire.readBlockSchema, async ({ params }) =>
      found(await db.read((q) => store.readBlockSchema(q, params.id)), "Block schema"),
    ),
    handle(wire.readBlockSchemaByChecksum, async ({ params, query }) =>
      found(await db.read((q) => store.readBlockSchemaByChecksum(q, params.checksum, query.version)), "Block schema"),
    ),
    handle(wire.listBlockSchemas, async ({ body }) => {
      const page = pageOf(body, settings);
      return db.read((q) => store.listBlockSchemas(q, body.block_schemas, page));
    }),
    handle(wire.createBlockDocument, ({ body }) =>
      db.write((tx) => {
        const id = documents.insertDocument(tx, timestampNow(clock), body, vault);
        return found(documents.readDocument(tx, id, hidden), "Block document");
      }),
    ),
    handle(wire.readBlockDocument, async ({ params, query }) =>
      found(
        await db.read((q) => documents.readDocument(q, params.id, { vault, secrets: query.include_secrets })),
        "Block document",
      ),
    ),
    handle(wire.updateBlockDocument, async ({ params, body }) => {
      await db.write((tx) => documents.updateDocument(tx, timestampNow(clock), params.id, body, vault));
      return null;
    }),
    handle(wire.deleteBlockDocument, async ({ params }) => {
      await db.write((tx) => {
        found(documents.deleteDocument(tx, params.id) || undefined, "Block document");
        tx.afterCommit(() => events.publish({ type: "runs-due-changed" }));
      });
      return null;
    }),
    handle(wire.listBlockDocuments, async ({ body }) => {
      const page = pageOf(body, settings);
      const options = { vault, secrets: body.include_secrets };
      return db.read((q) => documents.listDocuments(q, body, page, options));
    }),
    handle(wire.readBlockDocumentByName, async ({ params, query }) => {
      const { slug, block_document_name: name } = params;
      const options = { vault, secrets: query.include_secrets };
      return found(await db.read((q) => documents.readDocumentByName(q, slug, name, options)), "Block document");
    }),
  ];
}
