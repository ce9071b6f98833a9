// The gallery's table: packages, what each of their flows shows, and the words that prove it.

/** What a flow needs of the machine. Its entries are skipped where it is missing. */
export type Need = "PostgreSQL" | "Redis" | "Chromium";

export interface Entry {
  /** The package, which names the flow's file and the deployment. */
  name: string;
  /** What a reader of the test learns. */
  shows: string;
  /** What the flow logs when the package did its work. */
  logs: string;
  /** Values for the run; the other parameters have their defaults. */
  params?: Record<string, unknown>;
  /** A peer on this machine: its address is the flow's parameter of that name. */
  needs?: { peer: Need; as: string };
  /** A part of the schema that its deployment has for the parameters. */
  schema?: Record<string, unknown>;
  /** The package calls programs of the machine, so the run's PATH is the machine's. */
  programs?: true;
}

export interface Project {
  /** A folder in `projects` that has a package.json. */
  folder: string;
  /** Where the commands are typed, below `folder`; the flows are in `flows` there. Default: `folder` itself. */
  from?: string;
  /** How the files of the flows end. Default: `ts`. */
  extension?: "js" | "tsx";
  entries: Entry[];
}

const database = { peer: "PostgreSQL", as: "host" } as const;

// Left out, as Bun 1.4.5 itself does not run them: zeromq (Bun lacks functions of libuv that it calls), the pools of undici
// (Bun has an undici of its own, without them), workerpool (its workers never answer).
const plain: Entry[] = [
  // Native code
  { name: "sharp", shows: "a native library resizes a picture", logs: "webp of 40 x 20" },
  { name: "duckdb", shows: "a native database answers a query", logs: 'total [{"total":499500}]' },
  { name: "libsql", shows: "a native SQLite runs a batch", logs: "Ada+Bo" },
  { name: "classic-level", shows: "a native store of keys is read in order", logs: "bB cC" },
  { name: "esbuild", shows: "a program inside a package does the work", logs: "export const n=42;" },

  // Databases and their builders of queries
  {
    name: "pg",
    shows: "the driver of PostgreSQL reads arrays and times",
    logs: "1:2:2026-11-27T10:00:00.000Z 2:0:unpaid",
    needs: database,
  },
  { name: "kysely", shows: "a typed builder of queries on PostgreSQL", logs: "2 Bo", needs: database },
  { name: "knex", shows: "a transaction on PostgreSQL", logs: "people 178", needs: database },
  {
    name: "drizzle-orm",
    shows: "an ORM on bun:sqlite, its inferred type as the parameter",
    logs: "Grace 1906",
    schema: {
      definitions: {
        NewUser: {
          properties: { name: { type: "string" }, born: { format: "date-time" }, id: { type: "number" } },
          required: ["name", "born"],
        },
      },
    },
  },
  { name: "ioredis", shows: "a pipeline of Redis commands", logs: '[3,"a",2]', needs: { peer: "Redis", as: "socket" } },

  // Schemas
  {
    name: "zod-4",
    shows: "zod 4 declares the parameters, a coerced date among them",
    logs: "2026-01-01T00:00:00.000Z day 1+2",
    params: { from: "2026-01-01", limits: [1, 2] },
    schema: {
      properties: {
        kind: { default: "day", enum: ["day", "week"] },
        limits: { maxItems: 3, items: { type: "integer" } },
      },
      required: ["from"],
    },
  },
  {
    name: "valibot",
    shows: "valibot declares the parameters and trims one",
    logs: "ada@example.org low",
    params: { email: " ada@example.org " },
    schema: { properties: { email: { format: "email" }, level: { default: "low" } }, required: ["email"] },
  },
  {
    name: "arktype",
    shows: "arktype declares the parameters",
    logs: "cat Tom 3, 2 problems",
    params: { name: "Tom", age: 3, kind: "cat" },
    schema: { properties: { name: { minLength: 1 }, kind: { enum: ["cat", "dog"] } }, required: ["kind", "name"] },
  },
  { name: "ajv", shows: "a validator that is made by generating code", logs: "/sku pattern, /amount minimum" },

  // Ways of working
  { name: "effect", shows: "an effect is tried again until it works", logs: "done after 3, Busy" },
  { name: "rxjs", shows: "a stream calls tasks, two at a time", logs: "sum 20" },
  { name: "fp-ts", shows: "a failed task becomes a value", logs: "quarter 5; Error: 11 is odd" },
  {
    name: "ts-pattern",
    shows: "a union is matched case by case",
    logs: "gone: t",
    schema: { properties: { change: { anyOf: [{ required: ["kind", "rows"] }, { required: ["kind", "table"] }] } } },
  },
  { name: "immer", shows: "frozen results go from task to task", logs: '{"done":["a","b"],"left":0} true 2' },
  { name: "superjson", shows: "dates, maps, sets and bigints go through text", logs: "27 true" },
  { name: "lodash", shows: "rows are grouped and summed", logs: '{"north":8,"south":4}' },
  { name: "p-limit", shows: "tasks in turn, by p-limit and p-queue", logs: "1 4 9, 1 3 2" },

  // Threads and processes
  { name: "pino", shows: "a log whose transport is a worker thread", logs: '{"level":30,"n":1,"msg":"hello"}' },
  {
    name: "winston",
    shows: "a log with formats and a stream",
    logs: '{"level":"warn","message":"hello 42","user":"ada"}',
  },
  { name: "piscina", shows: "a pool of worker threads, the worker in TypeScript", logs: "fibonacci 55 610 6765" },
  {
    name: "tinypool",
    shows: "a pool of threads and one of forked processes",
    logs: "worker_threads 42, child_process 42",
  },
  {
    name: "execa",
    shows: "pipes, exit codes and a script run as by Node",
    logs: "1\thello, 3, script hello",
    programs: true,
  },
  { name: "zx", shows: "shell commands with quoted values", logs: "a b 4 package.json function true", programs: true },
  {
    name: "playwright-core",
    shows: "a browser clicks and takes a picture",
    logs: "clicked, picture 50 x 40",
    needs: { peer: "Chromium", as: "browser" },
    programs: true,
  },

  // HTTP and services
  { name: "axios", shows: "interceptors, and an error with its answer", logs: '/rows?day=monday {"n":1} 404' },
  { name: "got", shows: "an extended client, and an error with its answer", logs: '/rows?day=monday {"n":1} 404' },
  { name: "undici", shows: "its request and its fetch", logs: '/rows?day=monday {"n":1} 404' },
  { name: "node-fetch", shows: "a fetch of its own, over node:http", logs: '/rows?day=monday {"n":1} 404' },
  { name: "express", shows: "a server with a JSON body and a path parameter", logs: '201 {"hello":"Ada","n":5}' },
  { name: "fastify", shows: "a server that checks and converts its query", logs: '{"n":40} 400' },
  { name: "ws", shows: "both ends of a WebSocket", logs: "answer: ping back" },
  { name: "grpc", shows: "both ends of gRPC over HTTP/2", logs: "answer: HELLO" },
  { name: "aws-sdk", shows: "S3: signed calls put, get and list", logs: "héllo, 1 object" },
  { name: "openai", shows: "an answer streamed in pieces", logs: "answer: 5 words" },
  { name: "anthropic", shows: "a busy answer is asked again", logs: "Bearer local: HELLO" },
  { name: "stripe", shows: "a call, and a signed event checked", logs: "amount=1250&currency=chf evt_1" },
  { name: "octokit", shows: "pages are read to the last", logs: "repositories a b c" },
  { name: "slack", shows: "a message is posted", logs: "#data: rows are in" },
  { name: "opentelemetry", shows: "spans inside tasks know the spans around", logs: "load in report: true" },
  { name: "sentry", shows: "an exception is reported", logs: "reported: broken" },
  {
    name: "jose",
    shows: "a token is signed, checked and refused",
    logs: "ada EdDSA ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
  },

  // Documents, text and time
  { name: "cheerio", shows: "prices are picked out of a page", logs: "prices 12 30" },
  { name: "jsdom", shows: "a page with a document and a location", logs: "Hello Ada at /a" },
  { name: "happy-dom", shows: "a page with a document and a location", logs: "Hello <b>Ada</b> at /a" },
  { name: "csv-parse", shows: "a stream of text becomes rows", logs: "Ada, Countess=2; Bo=3" },
  { name: "papaparse", shows: "a delimiter is found", logs: "; 3 name,n|Ada,1" },
  {
    name: "exceljs",
    shows: "a workbook is written and read",
    logs: "2 rows, Bo 4",
    schema: { properties: { rows: { items: { items: [{ type: "string" }, { type: "number" }] } } } },
  },
  { name: "pdf-lib", shows: "a document with a font is written and read", logs: "%PDF- 2 pages of 300" },
  { name: "fast-xml-parser", shows: "attributes and numbers of XML", logs: "2026-11-27 CHF 0.93" },
  {
    name: "yaml",
    shows: "merged keys, and comments that stay",
    logs: '{"base":{"n":1},"other":{"n":1,"m":2},"added":[1,"two"]} a: "yes: no" # kept',
  },
  { name: "dotenv", shows: "a text of variables is read", logs: '{"PORT":"1","TOKEN":"a=b"}' },
  { name: "handlebars", shows: "a template with a helper of its own", logs: "ADA, &lt;BO&gt;" },
  {
    name: "marked",
    shows: "Markdown becomes HTML and an artifact",
    logs: "<h1>Hi</h1><ul><li><em>a</em></li><li>b</li></ul>",
  },
  {
    name: "commander",
    shows: "a command line inside a flow, and chalk without colours",
    logs: 'a.txt b.txt level 9, "\\u001b[31mx\\u001b[39m", plain 0',
  },
  { name: "typescript", shows: "a compiler compiles", logs: "true 3 statements" },
  { name: "date-fns", shows: "business days, from a Date parameter", logs: "2026-12-02, 5 days" },
  { name: "luxon", shows: "a day of 23 hours in a time zone", logs: "23 hours to 2026-03-29T12:00:00.000+02:00" },
  { name: "dayjs", shows: "plugins, and the end of a month in Tokyo", logs: "2026-11-30 23:59" },
  { name: "uuid", shows: "ids by uuid and nanoid", logs: "aad03681-8b63-5304-89e0-8ca8f49461b5 7 false 21 true" },
];

const decorators: Entry[] = [
  { name: "typeorm", shows: "entities whose columns are known by their types", logs: "1 1815 One+Two" },
  {
    name: "type-graphql",
    shows: "a GraphQL schema made of classes",
    logs: '{"recipe":{"title":"Soup","minutes":25,"vegan":true}}',
  },
  { name: "nestjs", shows: "a provider found by the type of a constructor's parameter", logs: "40 CHF" },
  { name: "class-validator", shows: "plain objects become instances and are checked", logs: "1815 max isEmail" },
  { name: "inversify", shows: "a class with a task gets what it needs", logs: "Sales 2026" },
  { name: "tsyringe", shows: "one instance for all", logs: "visits 3" },
];

const jsx: Entry[] = [
  {
    name: "react-dom",
    shows: "a component becomes HTML",
    logs: '<ul><li class="much">Ada: 2</li><li>&lt;Bo&gt;: 0</li></ul>',
  },
  {
    name: "react-email",
    shows: "a letter becomes HTML and plain text",
    logs: 'true "Dear Ada\\n\\nStart https://example.org/start"',
  },
];

const zod3: Entry[] = [
  {
    name: "zod-3",
    shows: "zod 3 declares the parameters",
    logs: "2026-01-01T00:00:00.000Z day ab",
    params: { from: "2026-01-01", rows: [{ sku: "ab" }] },
    schema: {
      properties: { kind: { enum: ["day", "week"] }, rows: { items: { required: ["sku"] } } },
      required: ["from"],
    },
  },
];

const commonjs: Entry[] = [
  { name: "bluebird", shows: "tasks called by bluebird, async and dataloader", logs: "2,4; 2,4; 2,4" },
  { name: "sequelize", shows: "models with a relation on PostgreSQL", logs: "A: Ada Bo", needs: database },
];

const workspace: Entry[] = [
  {
    name: "report",
    shows: "a package of the workspace, with one of its own and a type for the parameters",
    logs: "total 7 of 2, key of 8",
    schema: {
      definitions: { Row: { properties: { kind: { enum: ["new", "used"] } }, required: ["sku", "amount"] } },
    },
  },
];

export const projects: Project[] = [
  { folder: "plain", entries: plain },
  { folder: "decorators", entries: decorators },
  { folder: "jsx", extension: "tsx", entries: jsx },
  { folder: "zod-3", entries: zod3 },
  { folder: "commonjs", extension: "js", entries: commonjs },
  { folder: "npm-workspace", from: "apps/etl", entries: workspace },
  { folder: "pnpm-workspace", from: "apps/etl", entries: workspace },
];
