// The routes of block types, schemas and documents.
import { BLOCK_TYPES } from "#blocks/registry.ts";
import { timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/blocks.ts";
import * as documents from "../blocks/documents.ts";
import { createSchema } from "../blocks/schemas.ts";
import * as store from "../blocks/store.ts";
import { found } from "../http/found.ts";
import { handle, type Route, reply } from "../http/route.ts";
import type { ServerContext } from "../kernel/context.ts";
import { changingRecords } from "../kernel/event-hub.ts";
import { pageOf } from "../kernel/paging.ts";

const NO_TYPE = "Block type not found";
const NO_SCHEMA = "Block schema not found";
const NO_DOCUMENT = "Block document not found";

export function blockRoutes({ db, clock, settings, events, vault }: ServerContext): Route[] {
  const hidden = { vault, secrets: false };
  const changing = changingRecords(events);
  return [
    handle(wire.createBlockType, ({ body }, { write }) => {
      if (/^prefect/i.test(body.name)) {
        throw new OrchError("forbidden", "Block type names beginning with 'Prefect' are reserved.");
      }
      return write((tx) => found(store.insertBlockType(tx, timestampNow(clock), body), NO_TYPE));
    }),
    handle(wire.readBlockType, async ({ params }) =>
      found(await db.read((q) => store.readBlockType(q, params.id)), NO_TYPE),
    ),
    handle(wire.updateBlockType, ({ params, body }, { write }) =>
      write((tx) => {
        const type = found(store.readBlockType(tx, params.id), NO_TYPE);
        store.updateBlockType(tx, timestampNow(clock), type, body);
      }),
    ),
    handle(wire.deleteBlockType, ({ params }, { write }) =>
      write((tx) => {
        if (found(store.readBlockType(tx, params.id), NO_TYPE).is_protected) {
          throw new OrchError("forbidden", "protected block types cannot be deleted.");
        }
        store.deleteBlockType(tx, params.id);
        tx.afterCommit(() => events.publish({ type: "runs-due-changed" }));
      }),
    ),
    handle(wire.installSystemBlockTypes, async (_, { write }) => {
      const system = BLOCK_TYPES.filter(({ is_protected }) => is_protected);
      await write((tx) => store.registerBlockTypes(tx, timestampNow(clock), system));
    }),
    handle(wire.readBlockTypeBySlug, async ({ params }) =>
      found(await db.read((q) => store.readBlockTypeBySlug(q, params.slug)), NO_TYPE),
    ),
    handle(wire.listBlockTypes, ({ body }) => db.read((q) => store.listBlockTypes(q, body, pageOf(body, settings)))),
    handle(wire.listBlockTypeDocuments, ({ params, query }) => {
      const options = { vault, secrets: query.include_secrets };
      return db.read((q) => {
        found(store.readBlockTypeBySlug(q, params.slug), NO_TYPE);
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
    handle(wire.deleteBlockSchema, ({ params }, { write }) =>
      write((tx) => {
        const schema = found(store.readBlockSchema(tx, params.id), NO_SCHEMA);
        if (schema.block_type?.is_protected) {
          throw new OrchError("forbidden", "Block schemas for protected block types cannot be deleted.");
        }
        store.deleteBlockSchema(tx, params.id);
        tx.afterCommit(() => events.publish({ type: "runs-due-changed" }));
      }),
    ),
    handle(wire.readBlockSchema, async ({ params }) =>
      found(await db.read((q) => store.readBlockSchema(q, params.id)), NO_SCHEMA),
    ),
    handle(wire.readBlockSchemaByChecksum, async ({ params, query }) =>
      found(await db.read((q) => store.readBlockSchemaByChecksum(q, params.checksum, query.version)), NO_SCHEMA),
    ),
    handle(wire.listBlockSchemas, ({ body }) =>
      db.read((q) => store.listBlockSchemas(q, body.block_schemas, pageOf(body, settings))),
    ),
    handle(wire.createBlockDocument, ({ body }, { write }) =>
      write(
        changing((tx) => {
          const id = documents.insertDocument(tx, timestampNow(clock), body, vault);
          return found(documents.readDocument(tx, id, hidden), NO_DOCUMENT);
        }),
      ),
    ),
    handle(wire.readBlockDocument, async ({ params, query }) =>
      found(
        await db.read((q) => documents.readDocument(q, params.id, { vault, secrets: query.include_secrets })),
        NO_DOCUMENT,
      ),
    ),
    handle(wire.updateBlockDocument, ({ params, body }, { write }) =>
      write(changing((tx) => documents.updateDocument(tx, timestampNow(clock), params.id, body, vault))),
    ),
    handle(wire.deleteBlockDocument, ({ params }, { write }) =>
      write((tx) => {
        found(documents.deleteDocument(tx, params.id) || undefined, NO_DOCUMENT);
        tx.afterCommit(() => events.publish({ type: "runs-due-changed" }));
      }),
    ),
    handle(wire.listBlockDocuments, async ({ body }) => {
      const page = pageOf(body, settings);
      const options = { vault, secrets: body.include_secrets };
      return db.read((q) => documents.listDocuments(q, body, page, options));
    }),
    handle(wire.readBlockDocumentByName, async ({ params, query }) => {
      const { slug, block_document_name: name } = params;
      const options = { vault, secrets: query.include_secrets };
      return found(await db.read((q) => documents.readDocumentByName(q, slug, name, options)), NO_DOCUMENT);
    }),
  ];
}
