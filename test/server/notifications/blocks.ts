// Blocks that send, made over the API.
import type { JsonObject } from "#lib/json.ts";
import { createBlockDocument, listBlockSchemas, readBlockTypeBySlug } from "#wire/blocks.ts";
import { createNotificationPolicy, type NotificationPolicyCreate } from "#wire/notifications.ts";
import type { TestApp } from "../../app.ts";

export async function makeBlock(app: TestApp, slug: string, name: string, data: JsonObject): Promise<string> {
  const { id: block_type_id } = await app.call(readBlockTypeBySlug, { params: { slug } });
  const filter = { block_type_id: { any_: [block_type_id] } };
  const [schema] = await app.call(listBlockSchemas, { body: { block_schemas: filter } });
  const body = { name, data, block_type_id, block_schema_id: schema?.id ?? "" };
  return (await app.call(createBlockDocument, { body })).id;
}

export function makeSlackBlock(app: TestApp, url = "http://127.0.0.1:9/hook"): Promise<string> {
  return makeBlock(app, "slack-webhook", "team", { url });
}

export async function makePolicy(
  app: TestApp,
  block_document_id: string,
  fields: Partial<NotificationPolicyCreate> = {},
): Promise<string> {
  const body = { state_names: [], tags: [], ...fields, block_document_id };
  return (await app.call(createNotificationPolicy, { body })).id;
}
