import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { openDatabase } from "#db/connect.ts";
import { OrchError } from "#lib/errors.ts";
import { ProblemError } from "#server/http/problem.ts";
import { createRequestCounts } from "#server/http/request-counts.ts";
import { handle, reply } from "#server/http/route.ts";
import { createRouter } from "#server/http/router.ts";
import { endpoint, lazy } from "#wire/endpoint.ts";
import { integer, text } from "#wire/primitives.ts";
import { harmless, READS } from "#wire/repeat.ts";
import { manualClock } from "../../clock.ts";

const ID = "0f9b1c52-8a3e-4c53-9d55-2f5f0f6cf0a1";

const echo = endpoint("POST", "/things/", {
  repeat: harmless("It stores nothing."),
  body: lazy(() => v.strictObject({ name: text(), size: v.optional(integer({ min: 0 }), 1) })),
  response: lazy(() => v.unknown()),
  statuses: [201, 200],
});
const list = endpoint("POST", "/things/filter", {
  repeat: READS,
  body: lazy(() => v.object({ limit: v.optional(integer()) })),
  bodyOptional: true,
  response: lazy(() => v.unknown()),
});
const read = endpoint("GET", "/things/{id}", { response: lazy(() => v.unknown()) });
const search = endpoint("GET", "/search", {
  query: lazy(() => v.object({ size: integer() })),
  response: lazy(() => v.unknown()),
});
const remove = endpoint("DELETE", "/things/{id}");
const fail = endpoint("GET", "/fail/{how}", { response: lazy(() => v.unknown()) });
const open = endpoint("GET", "/open", { response: lazy(() => v.unknown()), versioned: false });
const long = endpoint("GET", "/long/{size}", { response: lazy(() => v.unknown()) });
const held = endpoint("GET", "/held", { response: lazy(() => v.unknown()) });

const FAILURES: Record<string, () => unknown> = {
  missing: () => new OrchError("not_found", "Thing not found"),
  taken: () => new OrchError("conflict", "Taken"),
  forbidden: () => new OrchError("forbidden", "No"),
  own: () => new ProblemError(404, { exception_message: "of its own" }),
  empty: () => new ProblemError(400, undefined),
  locked: () => new OrchError("unavailable", "locked"),
  unique: () => Object.assign(new Error("UNIQUE"), { code: "SQLITE_CONSTRAINT_UNIQUE" }),
  foreign: () => Object.assign(new Error("FOREIGN"), { code: "SQLITE_CONSTRAINT_FOREIGNKEY" }),
  busy: () => Object.assign(new Error("BUSY"), { code: "SQLITE_BUSY_SNAPSHOT" }),
  crowded: () => Object.assign(new Error("EMFILE"), { code: "EMFILE" }),
  check: () => Object.assign(new Error("CHECK"), { code: "SQLITE_CONSTRAINT_CHECK" }),
  defect: () => new TypeError("secret detail"),
};

function setup() {
  const logged: string[] = [];
  const stopping = new AbortController();
  const holding = Promise.withResolvers<void>();
  const route = createRouter(
    [
      handle(echo, async ({ body }) => (body.size === 0 ? reply(200, body) : body)),
      handle(list, async ({ body }) => body),
      handle(read, async ({ params }, { headers }) => ({ ...params, agent: headers.get("user-agent") })),
      handle(search, async ({ query }) => query),
      handle(remove, async () => null),
      handle(fail, async ({ params }) => {
        throw FAILURES[params.how]?.();
      }),
      handle(open, async () => true),
      handle(long, async ({ params }) => "x".repeat(Number(params.size))),
      handle(held, (_, { signal }) => {
        holding.resolve();
        return new Promise((done) => signal.addEventListener("abort", () => done("released")));
      }),
    ],
    {
      db: openDatabase(":memory:"),
      log: (line) => logged.push(line),
      clock: manualClock(),
      stopping: stopping.signal,
      requests: createRequestCounts(),
      ready: async () => {},
      refuse: async () => {},
    },
  );
  async function send(method: string, path: string, body?: string | null, headers: Record<string, string> = {}) {
    const response = await route(new Request(`http://host:1${path}`, { method, body: body ?? null, headers }));
    const answer = await response.text();
    return { status: response.status, body: answer === "" ? undefined : JSON.parse(answer), headers: response.headers };
  }
  return { route, send, logged, stopping, holding };
}

const { route, send, logged, stopping, holding } = setup();

describe("an answer", () => {
  test("has the usual status of its endpoint, and is JSON", async () => {
    const answer = await send("POST", "/api/things/", '{"name":"a"}');
    expect(answer).toMatchObject({ status: 201, body: { name: "a", size: 1 } });
    expect(answer.headers.get("content-type")).toBe("application/json");
  });

  test("has the status the handler chose", async () => {
    expect((await send("POST", "/api/things/", '{"name":"a","size":0}')).status).toBe(200);
  });

  test("is empty for a 204", async () => {
    expect(await send("DELETE", `/api/things/${ID}`)).toMatchObject({ status: 204, body: undefined });
  });

  for (const [size, accepts, packed] of [
    [1000, "gzip, deflate", true],
    [1000, undefined, false],
    [10, "gzip", false],
  ] as const) {
    test(`of ${size} letters to a client that accepts ${accepts} is ${packed ? "" : "not "}packed`, async () => {
      const headers: Record<string, string> = accepts ? { "accept-encoding": accepts } : {};
      const response = await route(new Request(`http://h/api/long/${size}`, { headers }));
      expect(response.headers.get("content-encoding")).toBe(packed ? "gzip" : null);
      const bytes = new Uint8Array(await response.arrayBuffer());
      const plain = new TextDecoder().decode(packed ? Bun.gunzipSync(bytes) : bytes);
      expect(JSON.parse(plain)).toBe("x".repeat(size));
    });
  }
});

describe("input", () => {
  test("a handler sees parameters and headers", async () => {
    const { body } = await send("GET", `/api/things/${ID}`, null, { "user-agent": "me" });
    expect(body).toEqual({ id: ID, agent: "me" });
  });

  test("an id may come without dashes and in capitals", async () => {
    const { body } = await send("GET", `/api/things/${ID.replaceAll("-", "").toUpperCase()}`);
    expect(body.id).toBe(ID);
  });

  test("query values are coerced", async () => {
    expect((await send("GET", "/api/search?size=3")).body).toEqual({ size: 3 });
  });

  test("an optional body may be left out, be null, or be empty", async () => {
    for (const body of [null, "null", "{}"]) {
      expect(await send("POST", "/api/things/filter", body)).toMatchObject({ status: 200, body: {} });
    }
  });

  const refused: [title: string, method: string, path: string, body: string | null, detail: object][] = [
    [
      "an id that is no UUID",
      "GET",
      "/api/things/7",
      null,
      { loc: ["path", "id"], msg: "value is not a valid uuid", type: "type_error.uuid" },
    ],
    ["no body", "POST", "/api/things/", null, { loc: ["body"], msg: "field required", type: "value_error.missing" }],
    [
      "a missing field",
      "POST",
      "/api/things/",
      "{}",
      { loc: ["body", "name"], msg: "field required", type: "value_error.missing" },
    ],
    [
      "an unknown field",
      "POST",
      "/api/things/",
      '{"name":"a","colour":1}',
      { loc: ["body", "colour"], msg: "extra fields not permitted", type: "value_error.extra" },
    ],
    [
      "a number below its limit",
      "POST",
      "/api/things/",
      '{"name":"a","size":-1}',
      { loc: ["body", "size"], type: "value_error.number.not_ge", ctx: { limit_value: 0 } },
    ],
    [
      "a missing query value",
      "GET",
      "/api/search",
      null,
      { loc: ["query", "size"], msg: "field required", type: "value_error.missing" },
    ],
    [
      "text that is no JSON",
      "POST",
      "/api/things/",
      '{"name": \n @}',
      { loc: ["body", 11], type: "value_error.jsondecode", ctx: { pos: 11, lineno: 2, colno: 2 } },
    ],
    [
      "JSON that ends too early",
      "POST",
      "/api/things/",
      '{"name": "a"',
      { loc: ["body", 12], type: "value_error.jsondecode", ctx: { pos: 12, lineno: 1, colno: 13 } },
    ],
  ];
  for (const [title, method, path, body, detail] of refused) {
    test(`${title} is refused in the words of the old server`, async () => {
      const answer = await send(method, path, body);
      expect(answer.status).toBe(422);
      expect(answer.body.exception_message).toBe("Invalid request received.");
      expect(answer.body.exception_detail[0]).toMatchObject(detail);
    });
  }

  test("a refusal shows the body it is about", async () => {
    expect((await send("POST", "/api/things/", '{"size":2}')).body.request_body).toEqual({ size: 2 });
    expect((await send("POST", "/api/things/", "{")).body.request_body).toBe("{");
    expect((await send("POST", "/api/things/")).body.request_body).toBeNull();
  });
});

describe("paths", () => {
  test("an unknown path, and one outside of /api, are 404", async () => {
    for (const path of ["/api/nothing", "/things/", "/apis/things/"]) {
      expect(await send("GET", path)).toMatchObject({ status: 404, body: { detail: "Not Found" } });
    }
  });

  test("C2: the root and the address of the API lead to the reference", async () => {
    for (const path of ["/", "/api", "/api/"]) {
      const { status, headers } = await send("GET", path);
      expect([path, status, headers.get("location")]).toEqual([path, 302, "docs"]);
    }
  });

  test("another method is 405 and names those there are", async () => {
    const answer = await send("PUT", `/api/things/${ID}`);
    expect(answer).toMatchObject({ status: 405, body: { detail: "Method Not Allowed" } });
    expect(answer.headers.get("allow")).toBe("GET, DELETE");
  });

  test("a missing or superfluous slash redirects with a relative address, query included", async () => {
    const there = await send("POST", "/api/things?x=1");
    expect([there.status, there.headers.get("location")]).toEqual([307, "./things/?x=1"]);
    const back = await send("GET", "/api/search/?size=2");
    expect([back.status, back.headers.get("location")]).toEqual([307, "../search?size=2"]);
  });
});

describe("the version header", () => {
  const cases: [version: string, status: number][] = [
    ["0.8.4", 200],
    ["0.8.0", 200],
    ["0.10.0", 200],
    ["1.0.0", 200],
    ["0.7.9", 400],
    ["0.8", 400],
    ["latest", 400],
    ["0.8.4.1", 400],
  ];
  for (const [version, status] of cases) {
    test(`${version} is answered ${status}`, async () => {
      const answer = await send("GET", "/api/search?size=1", null, { "x-prefect-api-version": version });
      expect(answer.status).toBe(status);
      if (status === 400) expect(answer.body.detail).toContain(version);
    });
  }

  test("is not looked at where clients ask for the version itself", async () => {
    expect((await send("GET", "/api/open", null, { "x-prefect-api-version": "0.1.0" })).status).toBe(200);
  });
});

describe("a failure", () => {
  const integrity = { detail: expect.stringContaining("Data integrity conflict.") };
  const cases: [how: string, status: number, body: unknown][] = [
    ["missing", 404, { detail: "Thing not found" }],
    ["taken", 409, { detail: "Taken" }],
    ["forbidden", 403, { detail: "No" }],
    ["own", 404, { exception_message: "of its own" }],
    ["empty", 400, undefined],
    ["locked", 503, { exception_message: "Service Unavailable", detail: "locked" }],
    ["busy", 503, { exception_message: "Service Unavailable" }],
    ["crowded", 503, { exception_message: "Service Unavailable", detail: expect.stringContaining("ulimit -n") }],
    ["unique", 409, integrity],
    ["foreign", 409, integrity],
  ];
  for (const [how, status, body] of cases) {
    test(`'${how}' is answered ${status}, and is no defect`, async () => {
      const before = logged.length;
      const answer = await send("GET", `/api/fail/${how}`);
      expect(answer.status).toBe(status);
      expect(answer.body).toEqual(body);
      expect(logged.length).toBe(before);
    });
  }

  for (const how of ["defect", "check"]) {
    test(`'${how}' is a 500 that tells the client nothing and the log everything`, async () => {
      const answer = await send("GET", `/api/fail/${how}`);
      expect(answer).toMatchObject({ status: 500, body: { exception_message: "Internal Server Error" } });
      expect(logged.at(-1)).toMatch(/^GET \/api\/fail\/\w+ failed: (TypeError: secret detail|Error: CHECK)\n/);
    });
  }
});

test("a held request is released when the server stops", async () => {
  const answer = send("GET", "/api/held");
  await holding.promise;
  stopping.abort();
  expect((await answer).body).toBe("released");
});
