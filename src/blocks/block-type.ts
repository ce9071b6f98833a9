// What a block type is: its name, what its blocks can do, and the fields they hold as a JSON schema.
import type { JsonObject } from "#lib/json.ts";

export type Capability =
  | "run-infrastructure"
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

/** The fields of a block type as the old server has them: a JSON schema with two lists of its own. */
export function blockFields(
  title: string,
  properties: JsonObject,
  { required, secret = [] }: { required?: string[]; secret?: string[] } = {},
): JsonObject {
  return {
    title,
    type: "object",
    properties,
    ...(required ? { required } : {}),
    secret_fields: secret,
    block_schema_references: {},
  };
}
