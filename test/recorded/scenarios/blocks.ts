// Block types, schemas and documents: secrets, references, checksums; and the notification policies that name them.
import type { Talk } from "../talk.ts";
import { BROKEN, each, NOBODY } from "./shared.ts";

const FIELDS = {
  ...{ title: "Login", type: "object", secret_fields: ["password", "deep.*"], block_type_slug: "login" },
  properties: { user: { title: "User", type: "string" }, password: { type: "string" }, deep: { type: "object" } },
  required: ["user"],
};

const own = (because: string) => ({ differs: { status: 422, because } });

export async function blocks(talk: Talk): Promise<void> {
  const type = await talk("POST /block_types/", {
    name: "Login",
    slug: "login",
    description: "a <b> & 'c'",
    code_example: "x < 1",
  });
  await talk("POST /block_types/", { name: "Login", slug: "login" });
  await each(talk, "POST /block_types/", [
    { name: "Prefect x", slug: "x-1" },
    { name: "a/b", slug: "x-2" },
    { name: "X 3", slug: "Bad Slug" },
    { name: "X 4", slug: "x-4", bogus: 1 },
    { name: "X 5", slug: "x-5", logo_url: "http://localhost/x.png" },
    { name: "X 6", slug: "x-6", logo_url: "not a url" },
  ]);
  await talk("POST /block_types/", {}, BROKEN);
  await talk(`GET /block_types/${type.id}`);
  await talk(`GET /block_types/${NOBODY}`);
  await talk("GET /block_types/slug/login");
  await talk("GET /block_types/slug/nobody");
  await talk(`PATCH /block_types/${type.id}`, { description: "<new>", logo_url: "https://example.com/logo.png" });
  await talk(`PATCH /block_types/${type.id}`, { name: "x" });
  await talk(`PATCH /block_types/${NOBODY}`, { description: "x" });
  await talk(`GET /block_types/${type.id}`);
  await each(talk, "POST /block_types/filter", [
    {},
    { limit: 1 },
    { block_types: { name: { like_: "LOG" } } },
    { block_types: { slug: { any_: ["nobody"] } } },
    { limit: 201 },
  ]);

  const block_type_id = type.id;
  const schema = await talk("POST /block_schemas/", {
    block_type_id,
    fields: FIELDS,
    capabilities: ["login", "write"],
  });
  await talk("POST /block_schemas/", { block_type_id, fields: FIELDS, capabilities: ["login", "write"] });
  const newer = await talk("POST /block_schemas/", {
    block_type_id,
    fields: { ...FIELDS, title: "Login 2" },
    version: "2.0",
  });
  await each(talk, "POST /block_schemas/", [
    { block_type_id: NOBODY, fields: {} },
    { block_type_id, fields: "x" },
    { block_type_id, fields: {}, bogus: 1 },
  ]);
  await talk(`GET /block_schemas/${schema.id}`);
  await talk(`GET /block_schemas/${NOBODY}`);
  const { checksum } = schema.body as { checksum: string };
  await talk(`GET /block_schemas/checksum/${checksum}`);
  await talk(`GET /block_schemas/checksum/${checksum}?version=9`);
  await talk("GET /block_schemas/checksum/sha256:nothing");
  await each(talk, "POST /block_schemas/filter", [
    {},
    { block_schemas: { block_type_id: { any_: [block_type_id] } } },
    { block_schemas: { block_capabilities: { all_: ["login"] } } },
    { block_schemas: { version: { any_: ["2.0"] } } },
    { block_schemas: { id: { any_: [NOBODY] } } },
    { limit: 201 },
  ]);
  await talk("GET /block_capabilities/", undefined, { unordered: true });

  const data = { user: "me", password: "hush", deep: { a: "x", b: { c: 1 } } };
  const document = (name: string, fields: object = {}) => ({
    name,
    data,
    block_type_id,
    block_schema_id: schema.id,
    ...fields,
  });
  const mine = await talk("POST /block_documents/", document("mine"));
  await talk("POST /block_documents/", document("mine"));
  const parent = await talk(
    "POST /block_documents/",
    document("parent", { data: { user: { $ref: { block_document_id: mine.id } } } }),
  );
  const { name: _, ...nameless } = document("");
  await talk("POST /block_documents/", { ...nameless, is_anonymous: true });
  await talk("POST /block_documents/", nameless);
  await each(talk, "POST /block_documents/", [document("x", { bogus: 1 }), document("y", { block_type_id: NOBODY })]);
  await talk("POST /block_documents/", document("Bad Name"), own("ours says once what is wrong with a name"));
  await talk("POST /block_documents/", {}, own("ours says everything that is missing"));
  await talk(`GET /block_documents/${mine.id}`);
  await talk(`GET /block_documents/${mine.id}?include_secrets=true`);
  await talk(`GET /block_documents/${parent.id}`);
  await talk(`GET /block_documents/${parent.id}?include_secrets=true`);
  await talk(`GET /block_documents/${NOBODY}`);
  await talk("GET /block_documents/x");
  await talk(`PATCH /block_documents/${mine.id}`, { data: { user: "you", password: "********" } });
  await talk(`GET /block_documents/${mine.id}?include_secrets=true`);
  await talk(`PATCH /block_documents/${mine.id}`, { data: { user: "they" }, merge_existing_data: false });
  await talk(`GET /block_documents/${mine.id}?include_secrets=true`);
  await talk(`PATCH /block_documents/${mine.id}`, { data: { user: "we" }, block_schema_id: newer.id });
  await talk(`PATCH /block_documents/${mine.id}`, { name: "x" });
  await talk(`PATCH /block_documents/${NOBODY}`, { data: {} });
  await each(talk, "POST /block_documents/filter", [
    {},
    { include_secrets: true },
    { block_documents: { is_anonymous: { eq_: true } } },
    { block_documents: { name: { any_: ["mine"] } } },
    { block_documents: { is_anonymous: null, block_type_id: { any_: [block_type_id] } }, limit: 2 },
    { block_types: { slug: { any_: ["login"] } }, limit: 1 },
    { block_schemas: { block_capabilities: { all_: ["write"] } }, limit: 1 },
    { limit: 201 },
  ]);
  await talk("GET /block_types/slug/login/block_documents");
  await talk("GET /block_types/slug/login/block_documents?include_secrets=true");
  await talk("GET /block_types/slug/nobody/block_documents");
  await talk("GET /block_types/slug/login/block_documents/name/parent");
  await talk("GET /block_types/slug/login/block_documents/name/nobody");

  await policies(talk, mine.id);

  await talk(`DELETE /block_documents/${mine.id}`);
  await talk(`GET /block_documents/${parent.id}`);
  await talk(`DELETE /block_documents/${mine.id}`);
  await talk(`DELETE /block_schemas/${newer.id}`);
  await talk(`DELETE /block_schemas/${newer.id}`);
  await talk(`DELETE /block_types/${type.id}`);
  await talk(`DELETE /block_types/${type.id}`);
  await talk("POST /block_documents/filter", { block_documents: { is_anonymous: null } });
  await talk("POST /block_types/install_system_block_types");
  const secret = (await talk("GET /block_types/slug/secret", undefined, { ownBody: "our own words describe it" })).id;
  await talk(`DELETE /block_types/${secret}`);
}

async function policies(talk: Talk, block_document_id: string): Promise<void> {
  const path = "/flow_run_notification_policies";
  const made = await talk(`POST ${path}/`, {
    is_active: true,
    state_names: ["Failed"],
    tags: ["a"],
    block_document_id,
  });
  await talk(`POST ${path}/`, {
    is_active: false,
    state_names: [],
    tags: [],
    block_document_id,
    message_template: "{flow_run_name} is {flow_run_state_name}",
  });
  await each(talk, `POST ${path}/`, [
    { state_names: [], tags: [], block_document_id, message_template: "{nonsense}" },
    { state_names: [], tags: [], block_document_id: NOBODY },
    { state_names: [], tags: [], block_document_id: "x" },
    { state_names: null, tags: [], block_document_id },
    { state_names: [], tags: [], block_document_id, bogus: 1 },
  ]);
  await talk(`POST ${path}/`, {}, { differs: { status: 422, because: "the old server answers 409" } });
  await talk(`GET ${path}/${made.id}`);
  await talk(`GET ${path}/${NOBODY}`);
  await talk(`PATCH ${path}/${made.id}`, { is_active: false, tags: ["b"] });
  await talk(`PATCH ${path}/${made.id}`, { message_template: "{nonsense}" });
  await talk(`PATCH ${path}/${NOBODY}`, { is_active: false });
  await talk(`GET ${path}/${made.id}`);
  await talk(`POST ${path}/filter`, undefined, { unordered: true });
  await talk(`POST ${path}/filter`, {}, { unordered: true });
  await talk(`POST ${path}/filter`, { flow_run_notification_policy_filter: {} }, { unordered: true });
  await talk(
    `POST ${path}/filter`,
    { flow_run_notification_policy_filter: { is_active: { eq_: true } } },
    { unordered: true },
  );
  await talk(`POST ${path}/filter`, { flow_run_notification_policy_filter: { is_active: null } }, { unordered: true });
  await talk(`POST ${path}/filter`, { limit: 201 });
  await talk(`DELETE ${path}/${made.id}`);
  await talk(`DELETE ${path}/${made.id}`);
}
