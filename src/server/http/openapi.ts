// The OpenAPI page, derived from the endpoints. Loaded when somebody asks for it.
import { toJsonSchema } from "@valibot/to-json-schema";
import { isObject } from "#lib/json.ts";
import type { Endpoint, Lazy } from "#wire/endpoint.ts";
import { ENDPOINTS, type NamedEndpoint } from "#wire/index.ts";
import { paramNames } from "./matcher.ts";

type Schema = Record<string, unknown>;

/** `openapi.json` is the document, `docs` the same for people. */
export function openapiPage(page: string): Response {
  if (page === "openapi.json") return Response.json(openapiDocument());
  return new Response(docsPage(), { headers: { "content-type": "text/html; charset=utf-8" } });
}

export function openapiDocument(): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const named of ENDPOINTS) {
    const path = `/api${named.endpoint.path}`;
    paths[path] = { ...paths[path], [named.endpoint.method.toLowerCase()]: operationOf(named) };
  }
  return { openapi: "3.0.2", info: { title: "orch REST API", version: "0.8.4" }, paths };
}

function operationOf({ name, resource, endpoint }: NamedEndpoint): Schema {
  return {
    operationId: name,
    tags: [resource],
    parameters: parametersOf(endpoint),
    ...(endpoint.body ? { requestBody: content(endpoint.body, !endpoint.bodyOptional) } : {}),
    responses: Object.fromEntries(endpoint.statuses.map((status) => [status, answerOf(endpoint, status)])),
  };
}

function answerOf({ response }: Endpoint, status: number): Schema {
  if (status === 204 || !response) return { description: "" };
  return { description: "", content: { "application/json": { schema: schemaOf(response, "output") } } };
}

function content(body: Lazy, required: boolean): Schema {
  return { required, content: { "application/json": { schema: schemaOf(body, "input") } } };
}

function parametersOf(endpoint: Endpoint): Schema[] {
  const inPath = paramNames(endpoint.path).map((name) => ({
    name,
    in: "path",
    required: true,
    schema: name === "id" ? { type: "string", format: "uuid" } : { type: "string" },
  }));
  const query = endpoint.query ? schemaOf(endpoint.query, "input") : {};
  const required = Array.isArray(query["required"]) ? query["required"] : [];
  const inQuery = Object.entries(isObject(query["properties"]) ? query["properties"] : {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
  return [...inPath, ...inQuery];
}

/** Our primitives check in code, so they carry their own JSON schema as metadata. */
function schemaOf(lazy: Lazy, typeMode: "input" | "output"): Schema {
  const { $schema: _, ...schema } = toJsonSchema(lazy(), {
    target: "openapi-3.0",
    typeMode,
    errorMode: "ignore",
    overrideAction: ({ valibotAction, jsonSchema }) => described(valibotAction, jsonSchema),
  });
  return schema as Schema; // an object, as JSON schemas are
}

function described(action: object, made: object): Schema {
  // The library copies metadata as it is.
  const { openapi: _, ...rest } = made as Schema; // an object, as above
  const metadata = "metadata" in action && isObject(action.metadata) ? action.metadata : {};
  return isObject(metadata["openapi"]) ? { ...rest, ...metadata["openapi"] } : rest;
}

function docsPage(): string {
  const rows = ENDPOINTS.map(
    ({ name, endpoint }) =>
      `<tr><td>${endpoint.method}</td><td><code>/api${endpoint.path}</code></td><td>${name}</td></tr>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>orch REST API</title>
<style>body{font:16px system-ui;margin:2rem auto;max-width:60rem}td{padding:.2rem 1rem .2rem 0}</style>
<h1>orch REST API</h1><p>Shapes: <a href="/openapi.json">/openapi.json</a></p>
<table>${rows.join("\n")}</table></html>`;
}
