// What a block type is: its name, what its blocks can do, and the fields they hold as a JSON schema.
import type { JsonObject } from "#lib/json.ts";

export type Capability =
  | "run-infrastructure"
  | "docker-login"
  | "get-directory"
  | "put-directory"
  | "read-path"
  | "write-path"
  | "notify";

export interface BlockTypeDefinition {
  slug: string;
  name: string;
  description: string;
  /** May not be deleted. */
  is_protected: boolean;
  capabilities: readonly Capability[];
  /** `secret_fields` names the fields that are shown as asterisks. */
  fields: JsonObject;
}

interface FieldsOptions {
  required?: string[];
  secret?: string[];
  /** What `$ref`s in the properties stand for: lists of choices, and the fields of blocks in this one. */
  definitions?: JsonObject;
  /** Which property holds a block, and of what type. */
  blocks?: Record<string, { block_type_slug: string }>;
}

/** The fields of a block type as the old server has them: a JSON schema with two lists of its own. */
export function blockFields(
  title: string,
  properties: JsonObject,
  { required, secret = [], definitions, blocks = {} }: FieldsOptions = {},
): JsonObject {
  return {
    title,
    type: "object",
    properties,
    ...(required ? { required } : {}),
    secret_fields: secret,
    ...(definitions ? { definitions } : {}),
    block_schema_references: blocks,
  };
}

/** The fields of a block type as they stand among the definitions of another. */
export function nested({ slug, fields }: BlockTypeDefinition): JsonObject {
  return { ...fields, block_type_slug: slug };
}
