// Makes the OpenAPI document from the endpoints. Loaded when it is asked for.
import { isObject } from "#lib/json.ts";
import type { Endpoint } from "#wire/endpoint.ts";
import { ENDPOINTS, type NamedEndpoint } from "#wire/index.ts";
import { IDEMPOTENCY_HEADER } from "#wire/repeat.ts";
import { ATTEMPT_HEADER } from "#wire/runs/attempts.ts";
import { API_VERSION, API_VERSION_HEADER } from "#wire/version.ts";
import { paramNames } from "./matcher.ts";
import { docsPage } from "./openapi-docs.ts";
import { createSchemas, type JsonSchema, type Schemas } from "./openapi-schemas.ts";

/** `openapi.json` is the document, `docs` the same for people. */
export function openapiPage(page: string): Response {
  if (page === "openapi.json") return Response.json(openapiDocument());
  return new Response(docsPage(openapiDocument()), { headers: { "content-type": "text/html; charset=utf-8" } });
}

let made: JsonSchema | undefined;

/** Made once: it takes half a second. */
export function openapiDocument(): JsonSchema {
  made ??= makeDocument();
  return made;
}

function makeDocument(): JsonSchema {
  const schemas = createSchemas();
  return {
    openapi: "3.0.2",
    info: { title: "orch REST API", version: API_VERSION },
    paths: pathsOf(schemas),
    components: { schemas: { ...schemas.components(), ...PROBLEMS } },
  };
}

function pathsOf(schemas: Schemas): Record<string, JsonSchema> {
  const paths: Record<string, JsonSchema> = {};
  for (const named of ENDPOINTS) {
    const path = `/api${named.endpoint.path}`;
    paths[path] = { ...paths[path], [named.endpoint.method.toLowerCase()]: operationOf(named, schemas) };
  }
  return paths;
}

function operationOf({ name, resource, endpoint }: NamedEndpoint, schemas: Schemas): JsonSchema {
  const { body, response, statuses } = endpoint;
  const answers = statuses.map((status) => {
    if (status === 204) return [status, { description: "" }];
    if (endpoint.isText) return [status, { description: "", content: { "text/plain": { schema: text } } }];
    return [status, json(response ? schemas.of(response, "output") : NULL)];
  });
  return {
    operationId: name,
    tags: [resource],
    parameters: parametersOf(endpoint, schemas),
    ...(body ? { requestBody: { ...json(schemas.of(body, "input")), required: !endpoint.bodyOptional } } : {}),
    responses: { ...Object.fromEntries(answers), ...refusalsOf(endpoint) },
  };
}

const NULL = { nullable: true, enum: [null] };

function json(schema: JsonSchema): JsonSchema {
  return { description: "", content: { "application/json": { schema } } };
}

const text = { type: "string" };

/** Failures in the two shapes that the old server has, and a failed check of what was sent. */
const PROBLEMS: Record<string, JsonSchema> = {
  ErrorBody: { anyOf: [wordsIn("detail"), wordsIn("exception_message")] },
  NoLongerYours: {
    type: "object",
    required: ["detail", "code"],
    properties: { detail: text, code: { type: "string", enum: ["no_longer_yours"] } },
  },
  HTTPValidationError: {
    type: "object",
    required: ["exception_message", "exception_detail"],
    properties: {
      exception_message: text,
      exception_detail: {
        type: "array",
        items: {
          type: "object",
          required: ["loc", "msg", "type"],
          properties: {
            loc: { type: "array", items: { anyOf: [text, { type: "integer" }] } },
            ...{ msg: text, type: text, ctx: { type: "object" } },
          },
        },
      },
      request_body: {},
    },
  },
};

function wordsIn(field: string): JsonSchema {
  return { type: "object", required: [field], properties: { [field]: text } };
}

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const REFUSAL = json(reference("ErrorBody"));
const NO_LONGER_YOURS = {
  ...json(reference("NoLongerYours")),
  description: `The flow run was taken from the execution that ${ATTEMPT_HEADER} names: it must end.`,
};
const MISFIT = json({ anyOf: [reference("HTTPValidationError"), reference("ErrorBody")] });

/** What can go wrong with a call: by what it takes, and by whether it changes something. */
function refusalsOf(endpoint: Endpoint): JsonSchema {
  const named = paramNames(endpoint.path).length > 0;
  const takes = named || endpoint.query !== undefined || endpoint.body !== undefined;
  const changes = endpoint.method !== "GET";
  return {
    // Of a clearing that was not confirmed it is empty.
    400: endpoint.path.startsWith("/admin/database/") ? { description: "" } : REFUSAL,
    401: REFUSAL,
    403: REFUSAL,
    ...(named || changes ? { 404: REFUSAL } : {}),
    ...(changes ? { 409: REFUSAL, 413: REFUSAL } : {}),
    410: NO_LONGER_YOURS,
    ...(takes ? { 422: MISFIT } : {}),
    503: REFUSAL,
  };
}

/** From 0.8.0 on. */
const VERSIONS = "^(0\\.[89]|[1-9]\\d{0,2}\\.\\d{1,3})\\.\\d{1,3}$";

const ATTEMPT = {
  ...{ name: ATTEMPT_HEADER, in: "header", required: false },
  description:
    "FLOW_RUN_ID/TOKEN: the execution that this call comes from. The token is made by what proposes PENDING and sent with every call about the run from then on; /TOKEN with the creation of a run that the caller executes itself.",
  schema: { ...text, pattern: "^([0-9a-fA-F-]{32,36})?/[A-Za-z0-9_-]{1,100}$" },
};

const KEY = {
  ...{ name: IDEMPOTENCY_HEADER, in: "header", required: false },
  description:
    "Names one call, however often it is sent: a repeat within a day does nothing and is answered as the first was. A key of a call that has changed something is refused with another body.",
  schema: { ...text, minLength: 1, maxLength: 200 },
};

function parametersOf(endpoint: Endpoint, schemas: Schemas): JsonSchema[] {
  const inPath = paramNames(endpoint.path).map((name) => ({
    ...{ name, in: "path", required: true },
    schema: name === "id" ? { type: "string", format: "uuid" } : text,
  }));
  const query = endpoint.query ? schemas.of(endpoint.query, "input") : {};
  const required = Array.isArray(query["required"]) ? query["required"] : [];
  const inQuery = Object.entries(isObject(query["properties"]) ? query["properties"] : {}).map(([name, schema]) => ({
    ...{ name, in: "query", required: required.includes(name), schema },
  }));
  const version = { name: API_VERSION_HEADER, in: "header", required: false, schema: { ...text, pattern: VERSIONS } };
  const key = endpoint.repeat.by === "key" ? [KEY] : [];
  return [...inPath, ...inQuery, ...(endpoint.versioned ? [version] : []), ...key, ATTEMPT];
}
