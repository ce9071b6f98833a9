// Blocks: typed, named configuration. A type has schemas, a schema has documents.
import * as v from "valibot";
import { creating, endpoint, lazy, type Out, shape, strictShape } from "./endpoint.ts";
import { blockDocumentFilter, blockSchemaFilter, blockTypeFilter, nullAs, page, reading } from "./filters.ts";
import { bool, httpUrl, jsonObject, list, maybe, orDefault, stored, text, uuid } from "./primitives.ts";
import { harmless } from "./repeat.ts";

/** Slugs, document names and artifact keys. */
export const SLUG = /^[a-z0-9-]*$/;
/** Text that is one; `what` begins the sentence for one that is none. */
export const slugText = (what: string) =>
  text({ pattern: SLUG, refusal: `${what} must only contain lowercase letters, numbers, and dashes` });

export const blockType = shape(() => ({
  ...stored(),
  name: text(),
  slug: text(),
  logo_url: v.nullable(text()),
  documentation_url: v.nullable(text()),
  description: v.nullable(text()),
  code_example: v.nullable(text()),
  is_protected: bool(),
}));
export type BlockType = Out<typeof blockType>;

export const blockSchema = shape(() => ({
  ...stored(),
  checksum: text(),
  fields: jsonObject(),
  block_type_id: uuid(),
  block_type: v.nullable(blockType()),
  capabilities: list(text()),
  version: text(),
}));
export type BlockSchema = Out<typeof blockSchema>;

export const blockDocument = shape(() => ({
  ...stored(),
  name: v.nullable(text()),
  data: jsonObject(),
  block_schema_id: uuid(),
  block_schema: v.nullable(blockSchema()),
  block_type_id: uuid(),
  block_type: v.nullable(blockType()),
  block_document_references: jsonObject(),
  is_anonymous: bool(),
}));
export type BlockDocument = Out<typeof blockDocument>;

const includeSecrets = shape(() => ({ include_secrets: orDefault(bool(), () => false) }));

/** What is not sent is none of a new type, and stays in one that is changed. */
const typeTexts = () => ({
  logo_url: v.optional(v.nullable(httpUrl())),
  documentation_url: v.optional(v.nullable(httpUrl())),
  description: v.optional(v.nullable(text())),
  code_example: v.optional(v.nullable(text())),
});

export const blockTypeCreate = strictShape(() => ({
  name: text({ name: true }),
  slug: slugText("slug"),
  ...typeTexts(),
}));
export type BlockTypeCreate = Out<typeof blockTypeCreate>;

export const blockTypeUpdate = strictShape(typeTexts);
export type BlockTypeUpdate = Out<typeof blockTypeUpdate>;

export const createBlockType = creating("/block_types/", blockTypeCreate, blockType);
export const readBlockType = endpoint("GET", "/block_types/{id}", { response: blockType });
export const updateBlockType = endpoint("PATCH", "/block_types/{id}", { body: blockTypeUpdate });
export const deleteBlockType = endpoint("DELETE", "/block_types/{id}");
export const installSystemBlockTypes = endpoint("POST", "/block_types/install_system_block_types", {
  repeat: harmless("A block type is known by its slug."),
});
export const readBlockTypeBySlug = endpoint("GET", "/block_types/slug/{slug}", { response: blockType });
export const listBlockTypes = reading(
  "/block_types/filter",
  () => ({ ...page(), block_types: maybe(blockTypeFilter()), block_schemas: maybe(blockSchemaFilter()) }),
  () => list(blockType()),
);

export const listBlockTypeDocuments = endpoint("GET", "/block_types/slug/{slug}/block_documents", {
  query: includeSecrets,
  response: lazy(() => list(blockDocument())),
});

export const blockSchemaCreate = strictShape(() => ({
  fields: orDefault(jsonObject(), () => ({})),
  block_type_id: uuid(),
  capabilities: orDefault(list(text()), () => []),
  version: orDefault(text(), () => "non-versioned"),
}));
export type BlockSchemaCreate = Out<typeof blockSchemaCreate>;

export const createBlockSchema = creating("/block_schemas/", blockSchemaCreate, blockSchema, [201, 200]);
export const deleteBlockSchema = endpoint("DELETE", "/block_schemas/{id}");
export const listBlockCapabilities = endpoint("GET", "/block_capabilities/", {
  response: lazy(() => list(text())),
});

export const readBlockSchema = endpoint("GET", "/block_schemas/{id}", { response: blockSchema });
export const readBlockSchemaByChecksum = endpoint("GET", "/block_schemas/checksum/{checksum}", {
  query: shape(() => ({ version: maybe(text()) })),
  response: blockSchema,
});
export const listBlockSchemas = reading(
  "/block_schemas/filter",
  () => ({ ...page(), block_schemas: maybe(blockSchemaFilter()) }),
  () => list(blockSchema()),
);

export const blockDocumentCreate = lazy(() =>
  v.pipe(
    v.strictObject({
      name: maybe(slugText("name")),
      data: orDefault(jsonObject(), () => ({})),
      block_schema_id: uuid(),
      block_type_id: uuid(),
      is_anonymous: orDefault(bool(), () => false),
    }),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed || dataset.value.name || dataset.value.is_anonymous) return;
      const path = [
        { type: "object", origin: "value", input: dataset.value, key: "__root__", value: undefined },
      ] as const;
      addIssue({ message: "Names must be provided for block documents.", expected: "value_error", path: [...path] });
    }),
  ),
);
export type BlockDocumentCreate = Out<typeof blockDocumentCreate>;

/** Only what is sent is changed; `data` is laid over the stored data unless told otherwise. */
export const blockDocumentUpdate = strictShape(() => ({
  block_schema_id: v.optional(v.nullable(uuid())),
  data: orDefault(jsonObject(), () => ({})),
  merge_existing_data: orDefault(bool(), () => true),
}));
export type BlockDocumentUpdate = Out<typeof blockDocumentUpdate>;

export const createBlockDocument = creating("/block_documents/", blockDocumentCreate, blockDocument);
export const readBlockDocument = endpoint("GET", "/block_documents/{id}", {
  idInRoute: true,
  query: includeSecrets,
  response: blockDocument,
});
export const updateBlockDocument = endpoint("PATCH", "/block_documents/{id}", {
  idInRoute: true,
  body: blockDocumentUpdate,
});
export const deleteBlockDocument = endpoint("DELETE", "/block_documents/{id}", { idInRoute: true });
export const listBlockDocuments = reading(
  "/block_documents/filter",
  () => ({
    ...page(),
    block_documents: maybe(blockDocumentFilter()),
    block_types: maybe(blockTypeFilter()),
    block_schemas: maybe(blockSchemaFilter()),
    include_secrets: nullAs(bool(), false),
  }),
  () => list(blockDocument()),
);
export const readBlockDocumentByName = endpoint(
  "GET",
  "/block_types/slug/{slug}/block_documents/name/{block_document_name}",
  { query: includeSecrets, response: blockDocument },
);
