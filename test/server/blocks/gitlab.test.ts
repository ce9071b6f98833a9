// The client of prefect-gitlab registers its own types over those that are here.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { gitlabRepository } from "#blocks/gitlab.ts";
import { ensureBlockTypes } from "#server/blocks/register.ts";
import { createBlockDocument, listBlockSchemas, readBlockDocument, readBlockTypeBySlug } from "#wire/blocks.ts";
import { type TestApp, testApp } from "../../app.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp();
});
afterEach(() => app.close());

/** As pydantic makes them of the classes of prefect-gitlab 0.2. */
const CREDENTIALS = {
  title: "GitLabCredentials",
  description: "Store a GitLab personal access token to interact with private GitLab\nrepositories.",
  type: "object",
  properties: {
    token: {
      title: "Token",
      description: "A GitLab Personal Access Token with read_repository scope.",
      name: "Personal Access Token",
      type: "string",
      writeOnly: true,
      format: "password",
    },
    url: { title: "URL", description: "URL to self-hosted GitLab instances.", type: "string" },
  },
  block_type_slug: "gitlab-credentials",
  secret_fields: ["token"],
  block_schema_references: {},
};
const REPOSITORY = {
  title: "GitLabRepository",
  description: "Interact with files stored in GitLab repositories.",
  type: "object",
  properties: {
    repository: { title: "Repository", description: "The URL of a GitLab repository.", type: "string" },
    reference: { title: "Reference", description: "An optional reference to pin to.", type: "string" },
    credentials: {
      title: "Credentials",
      description: "An optional GitLab Credentials block.",
      allOf: [{ $ref: "#/definitions/GitLabCredentials" }],
    },
  },
  required: ["repository"],
  block_type_slug: "gitlab-repository",
  secret_fields: ["credentials.token"],
  block_schema_references: { credentials: { block_type_slug: "gitlab-credentials" } },
  definitions: { GitLabCredentials: CREDENTIALS },
};

const typeOf = (slug: string) => app.call(readBlockTypeBySlug, { params: { slug } });
const schemasOf = async (slug: string) => {
  const filter = { block_schemas: { block_type_id: { any_: [(await typeOf(slug)).id] } } };
  return app.call(listBlockSchemas, { body: filter });
};
const register = async (slug: string, fields: object, capabilities: string[]) => {
  const { id } = await typeOf(slug);
  const patched = await app.send("PATCH", `/block_types/${id}`, {
    description: "theirs",
    logo_url: "https://example.com/x.png",
  });
  expect(patched.status).toBe(204);
  const body = { fields, capabilities, block_type_id: id, version: "0.2.1" };
  const { status, body: schema } = await app.send("POST", "/block_schemas/", body);
  expect(status).toBe(201);
  return { block_type_id: id, block_schema_id: (schema as { id: string }).id }; // as the server answers
};

test("blocks 14: blocks of both schemas are there, with the token of the block in them", async () => {
  const [ours] = await schemasOf("gitlab-repository");
  expect(ours?.fields).toEqual({ ...gitlabRepository.fields, block_type_slug: "gitlab-repository" });
  const ids = { block_type_id: ours?.block_type_id ?? "", block_schema_id: ours?.id ?? "" };
  const data = { repository: "https://h/a.git" };
  const before = await app.call(createBlockDocument, { body: { name: "ours", data, ...ids } });

  const credentials = await register("gitlab-credentials", CREDENTIALS, []);
  const repository = await register("gitlab-repository", REPOSITORY, ["get-directory"]);
  const inner = await app.call(createBlockDocument, { body: { name: "c", data: { token: "t0k" }, ...credentials } });
  const reference = { $ref: { block_document_id: inner.id } };
  const theirs = await app.call(createBlockDocument, {
    body: { name: "theirs", data: { ...data, reference: "main", credentials: reference }, ...repository },
  });
  await app.db.write((tx) => tx.run("update configuration set value = '\"an older hash\"'"));
  await ensureBlockTypes(app.app.context);

  const read = (id: string, secrets: boolean) =>
    app.call(readBlockDocument, { params: { id }, query: { include_secrets: secrets } });
  expect((await read(before.id, true)).data).toEqual(data);
  expect((await read(theirs.id, true)).data).toMatchObject({ reference: "main", credentials: { token: "t0k" } });
  expect((await read(theirs.id, false)).data).toMatchObject({ credentials: { token: "********" } });
  expect((await read(theirs.id, false)).block_schema?.capabilities).toEqual(["get-directory"]);
  expect((await schemasOf("gitlab-repository")).map(({ version }) => version).toSorted()).toEqual(["0.2.1", "2.10.4"]);
});
