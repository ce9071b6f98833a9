// The routes of block types, schemas and documents.
import { BLOCK_TYPES } from "#blocks/registry.ts";
import { timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/blocks.ts";
import * as documents from "../blocks/documents.ts";
import { createSchema } from "../blocks/schemas.ts";
import * as store from "../blocks/store.ts";
import { handle, type Route, reply } from "../http/route.ts";
import type { ServerContext } from "../kernel/context.ts";
import { pageOf } from "../kernel/paging.ts";

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new OrchError("not_found", `${what} not found`);
  return value;
}

export function blockRoutes({ db, clock, settings, events, vault }: ServerContext): Route[] {
  const hidden = { vault, secrets: false };
  return [
    handle(wire.createBlockType, ({ body }, { write }) => {
      if (/^prefect/i.test(body.name)) {
        throw new OrchError("forbidden", "Block type names beginning with 'Prefect' are reserved.");
      }
      return write((tx) => found(store.insertBlockType(tx, timestampNow(clock), body), "Block type"));
    }),
    handle(wire.readBlockType, async ({ params }) =>
      found(await db.read((q) => store.readBlockType(q, params.id)), "Block type"),
    ),
    handle(wire.updateBlockType, async ({ params, body }, { write }) => {
      await write((tx) => {
        const type = found(store.readBlockType(tx, params.id), "Block type");
        store.updateBlockType(tx, timestampNow(clock), type, body);
      });
      return null;
    }),
    handle(wire.deleteBlockType, async ({ params }, { write }) => {
      await write((tx) => {
        if (found(store.readBlockType(tx, params.id), "Block type").is_protected) {
          throw new OrchError("forbidden", "protected block types cannot be deleted.");
        }
        store.deleteBlockType(tx, params.id);
        tx.afterCommit(() => events.publish({ type: "runs-due-changed" }));
      });
      return null;
    }),
    handle(wire.installSystemBlockTypes, async (_, { write }) => {
      const system = BLOCK_TYPES.filter(({ is_protected }) => is_protected);
      await write((tx) => store.registerBlockTypes(tx, timestampNow(clock), system));
      return null;
    }),
    handle(wire.readBlockTypeBySlug, async ({ params }) =>
      found(await db.read((q) => store.readBlockTypeBySlug(q, params.slug)), "Block type"),
    ),
    handle(wire.listBlockTypes, async ({ body }) => {
      const page = pageOf(body, settings);
      return db.read((q) => store.listBlockTypes(q, body, page));
    }),
    handle(wire.listBlockTypeDocuments, ({ params, query }) => {
      const options = { vault, secrets: query.include_secrets };
      return db.read((q) => {
        found(store.readBlockTypeBySlug(q, params.slug), "Block type");
        return documents.listDocumentsOfType(q, params.slug, options);
      });
    }),
    handle(wire.listBlockCapabilities, () => db.read(store.listCapabilities)),
    handle(wire.createBlockSchema, ({ body }, { write }) =>
      write((tx) => {
        const { schema, created } = createSchema(tx, timestampNow(clock), body);
        return reply(created ? 201 : 200, schema);
      }),
    ),
    handle(wire.deleteBlockSchema, async ({ params }, { write }) => {
      await write((tx) => {
        const schema = found(store.readBlockSchema(tx, params.id), "Block schema");
        if (schema.block_type?.is_protected) {
          throw new OrchError("forbidden", "Block schemas for protected block types cannot be deleted.");
        }
        store.deleteBlockSchema(tx, params.id);
        tx.afterCommit(() => events.publish({ type: "runs-due-changed" }));
      });
      return null;
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
    handle(wire.createBlockDocument, ({ body }, { write }) =>
      write((tx) => {
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
    handle(wire.updateBlockDocument, async ({ params, body }, { write }) => {
      await write((tx) => documents.updateDocument(tx, timestampNow(clock), params.id, body, vault));
      return null;
    }),
    handle(wire.deleteBlockDocument, async ({ params }, { write }) => {
      await write((tx) => {
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
