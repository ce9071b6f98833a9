// Block filters to SQL. A filter on types or schemas keeps the documents that belong to a match.
import { writeBool } from "#db/codecs.ts";
import { all, any, type Condition, condition, contains, holdsAll, inList, within } from "#db/sql.ts";
import type { BlockDocumentFilter, BlockSchemaFilter, BlockTypeFilter } from "#wire/filters.ts";

interface BlockFilters {
  block_documents?: BlockDocumentFilter | null;
  block_types?: BlockTypeFilter | null;
  block_schemas?: BlockSchemaFilter | null;
}

function combine({ operator }: { operator: "and_" | "or_" }, conditions: readonly Condition[]): Condition {
  return operator === "or_" ? any(conditions) : all(conditions);
}

function isOneOf(column: string, filter: { any_: readonly string[] | null } | null): Condition[] {
  return filter?.any_ ? [inList(column, filter.any_)] : [];
}

function typeConditions({ name, slug }: BlockTypeFilter): Condition {
  const like = name?.like_ ?? null;
  return all([...(like === null ? [] : [contains("block_type.name", like)]), ...isOneOf("block_type.slug", slug)]);
}

/** Conditions on `block_schema`. */
export function blockSchemasWhere(filter: BlockSchemaFilter): Condition {
  const capabilities = filter.block_capabilities?.all_;
  return combine(filter, [
    ...isOneOf("block_schema.id", filter.id),
    ...isOneOf("block_schema.block_type_id", filter.block_type_id),
    ...isOneOf("block_schema.version", filter.version),
    ...(capabilities ? [holdsAll("block_schema.capabilities", capabilities)] : []),
  ]);
}

/** Conditions on `block_type`. */
export function blockTypesWhere({ block_types, block_schemas }: BlockFilters): Condition {
  const ofSchemas = "select block_schema.block_type_id from block_schema";
  return all([
    ...(block_types ? [typeConditions(block_types)] : []),
    ...(block_schemas ? [within("block_type.id", ofSchemas, blockSchemasWhere(block_schemas))] : []),
  ]);
}

/** Conditions on `block_document`. Without a filter of their own, anonymous documents are left out. */
export function blockDocumentsWhere({ block_documents, block_types, block_schemas }: BlockFilters): Condition {
  return all([
    block_documents ? documentConditions(block_documents) : condition("block_document.is_anonymous = 0"),
    ...(block_types
      ? [within("block_document.block_type_id", "select block_type.id from block_type", typeConditions(block_types))]
      : []),
    ...(block_schemas
      ? [
          within(
            "block_document.block_schema_id",
            "select block_schema.id from block_schema",
            blockSchemasWhere(block_schemas),
          ),
        ]
      : []),
  ]);
}

function documentConditions(filter: BlockDocumentFilter): Condition {
  const anonymous = filter.is_anonymous?.eq_ ?? null;
  return combine(filter, [
    ...isOneOf("block_document.id", filter.id),
    ...(anonymous === null ? [] : [condition("block_document.is_anonymous = ?", writeBool(anonymous))]),
    ...isOneOf("block_document.block_type_id", filter.block_type_id),
    ...isOneOf("block_document.name", filter.name),
    ...(filter.name?.like_ ? [contains("block_document.name", filter.name.like_)] : []),
  ]);
}
