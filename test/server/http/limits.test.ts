// What a body may bring: broken, deep, long and huge ones get a short refusal that names the limit; the server goes on.
import { afterAll, describe, expect, test } from "bun:test";
import { MOST_BODIES_BYTES, MOST_BODY_BYTES, MOST_FAULTS, MOST_ITEMS, MOST_VALUES } from "#lib/limits.ts";
import { nextTurn } from "#lib/yield.ts";
import { createBodies } from "#server/http/body.ts";
import { ProblemError } from "#server/http/problem.ts";
import { testApp } from "../../app.ts";
import { manualClock } from "../../clock.ts";

const app = testApp();
afterAll(() => app.close());

interface Refusal {
  detail?: string;
  exception_message: string;
  exception_detail: { loc: (string | number)[]; msg: string; type: string; ctx?: { doc?: string } }[];
  request_body: unknown;
}

async function refused(
  path: string,
  body: unknown,
  method = "POST",
): Promise<Refusal & { status: number; size: number }> {
  const { status, body: answer } = await app.send(method, path, body);
  return { status, size: JSON.stringify(answer).length, ...(answer as Refusal) };
}

const repeated = (unit: string, times: number) => `[${Array(times).fill(unit).join(",")}]`;
const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

describe("R4: faults are listed", () => {
  test("as before, when they are few", async () => {
    const { exception_detail, request_body } = await refused("/logs/", [{}, {}]);
    expect(exception_detail.map(({ loc }) => loc.join("."))).toEqual(
      [0, 1].flatMap((at) =>
        ["name", "level", "message", "timestamp", "flow_run_id"].map((key) => `body.${at}.${key}`),
      ),
    );
    expect(request_body).toEqual([{}, {}]);
  });

  test("100 at most", async () => {
    const { exception_detail } = await refused("/logs/", Array(100).fill({}));
    expect(exception_detail).toHaveLength(MOST_FAULTS);
  });

  const LONG: [what: string, path: string, body: string][] = [
    ["a list of 50,000 empty objects", "/logs/", repeated("{}", 50_000)],
    ["as many objects with an unknown key", "/logs/", repeated('{"a":1}', 50_000)],
    ["as many tags that are none", "/flows/", `{"name":"x","tags":${repeated("{}", 50_000)}}`],
    ["as many ids that are none", "/flow_runs/filter", `{"flows":{"id":{"any_":${repeated('"x"', 50_000)}}}}`],
    ["2 MB of a name that is none", "/flows/", JSON.stringify({ name: "/".repeat(2_000_000) })],
    ["2 MB of an id", "/logs/", JSON.stringify([{ flow_run_id: "x".repeat(2_000_000) }])],
    ["2 MB of a time", "/logs/", JSON.stringify([{ timestamp: "x".repeat(2_000_000) }])],
    ["2 MB of a key", "/flows/", JSON.stringify({ ["k".repeat(2_000_000)]: 1 })],
    ["2 MB of broken JSON", "/logs/", `[${'"aaaa",'.repeat(100_000)}`],
    ["2 MB of a text without an end", "/logs/", `["${"a".repeat(2_000_000)}`],
    ["2 MB of line breaks", "/logs/", `${"\n".repeat(2_000_000)}x`],
  ];
  for (const [what, path, body] of LONG) {
    test(`${what} get an answer of 50 KB at most`, async () => {
      const { status, size, exception_detail } = await refused(path, body);
      expect([status, exception_detail.length > 0]).toEqual([422, true]);
      expect(size).toBeLessThan(50_000);
    });
  }

  test("names that are not found are repeated in part", async () => {
    const { status, detail } = await refused(`/flows/name/${"a".repeat(100_000)}`, undefined, "GET");
    expect([status, (detail ?? "").length < 3_000]).toEqual([404, true]);
  });
});

describe("R5, R6: too much is refused with the limit and its number", () => {
  const TOO_MUCH: [what: string, path: string, body: string, msg: string][] = [
    ["100,000 brackets", "/flow_runs/filter", deep(50_000), "The body is nested deeper than 600 levels"],
    ["50,000 that stay open", "/flow_runs/filter", '["'.repeat(50_000), "The body is nested deeper than 600 levels"],
    ["50,000 that open after a text", "/logs/", '[""'.repeat(50_000), "The body is nested deeper than 600 levels"],
    ["objects 1,000 deep", "/logs/", '{"a":'.repeat(1_000), "The body is nested deeper than 600 levels"],
    ["250,000 values", "/logs/", repeated("1", 250_000), `The body has more than ${MOST_VALUES} values`],
    [
      "100,001 ids",
      "/flow_runs/filter",
      `{"flow_runs":{"id":{"any_":${repeated('""', 100_001)}}}}`,
      `ensure this value has at most ${MOST_ITEMS} items`,
    ],
    [
      "100,001 tags",
      "/flow_runs/filter",
      `{"flow_runs":{"tags":{"all_":${repeated('""', 100_001)}}}}`,
      `ensure this value has at most ${MOST_ITEMS} items`,
    ],
    [
      "like_ of 50,001 letters",
      "/flows/filter",
      JSON.stringify({ flows: { name: { like_: "a".repeat(50_001) } } }),
      "ensure this value has at most 5000 characters",
    ],
    [
      "parameters 501 deep",
      "/flow_runs/",
      `{"flow_id":"0191e5a0-0000-7000-8000-00000000000a","parameters":{"a":${deep(501)}}}`,
      "the value is nested deeper than 500 levels",
    ],
  ];
  for (const [what, path, body, msg] of TOO_MUCH) {
    test(what, async () => {
      const { status, exception_detail } = await refused(path, body);
      expect([status, exception_detail[0]?.msg]).toEqual([422, msg]);
    });
  }

  test("brackets in texts are none", async () => {
    const { status } = await app.send("POST", "/flows/", { name: "[".repeat(1_000), tags: ['"['.repeat(1_000)] });
    expect(status).toBe(201);
  });

  test("the largest lists are answered", async () => {
    const many = Array.from({ length: MOST_ITEMS }, (_, at) => `name ${at}`);
    for (const flows of [
      { name: { any_: many } },
      { tags: { all_: many } },
      { id: { any_: many.map(() => crypto.randomUUID()) } },
    ]) {
      expect(await app.send("POST", "/flows/filter", { flows })).toEqual({ status: 200, body: [] as never });
    }
  });

  test("a body larger than 8 MB is 413", async () => {
    const { status, detail } = await refused("/logs/", " ".repeat(MOST_BODY_BYTES + 1));
    expect([status, detail]).toEqual([413, "The body is larger than 8 MB."]);
  });

  test("a packed body is 415, and says so", async () => {
    const { status, body } = await app.send("POST", "/flows/", "\u001f\u008b", { "content-encoding": "gzip" });
    expect([status, (body as Refusal).detail]).toEqual([
      415,
      "The body is packed ('gzip'): send it as it is, without Content-Encoding.",
    ]);
  });
});

describe("a long batch of log lines", () => {
  const line = {
    ...{ name: "a", level: 20, message: "x", timestamp: "2026-11-27T12:00:00Z" },
    flow_run_id: "0191e5a0-0000-7000-8000-00000000000a",
  };
  const COUNT = 10_000;

  test("R6: is checked and stored in slices: what is asked meanwhile is answered first", async () => {
    const order: string[] = [];
    const stored = app.send("POST", "/logs/", Array(COUNT).fill(line)).then(({ status }) => order.push(`${status}`));
    const before = await app.count("log");
    await app.send("GET", "/health");
    order.push("health");
    await app.send("POST", "/flows/", { name: "meanwhile" });
    order.push("flow");
    await stored;
    expect(order).toEqual(["health", "flow", "201"]);
    expect((await app.count("log")) - before).toBe(COUNT);
  });

  test("names the place of a fault in a later slice, and stores nothing", async () => {
    const before = await app.count("log");
    const lines = Array(COUNT).fill(line);
    const { exception_detail } = await refused("/logs/", [...lines, { ...line, level: "high" }]);
    expect(exception_detail.map(({ loc, msg }) => [...loc, msg])).toEqual([
      ["body", COUNT, "level", "value is not a valid integer"],
    ]);
    expect(await app.count("log")).toBe(before);
  });
});

test("a list is no object of texts by name, unless it is empty", async () => {
  const { status, exception_detail } = await refused("/artifacts/", { metadata_: ["a"] });
  expect([status, exception_detail[0]?.msg]).toEqual([422, "value is not a valid dict"]);
  expect<unknown>((await app.send("POST", "/artifacts/", { metadata_: [] })).body).toMatchObject({ metadata_: {} });
});

describe("R19: bodies in pieces", () => {
  const MB = new Uint8Array(1024 * 1024).fill(32);

  /** A body that the test feeds; what has been cut off is said. */
  function slowBody() {
    let feed: ReadableStreamDefaultController<Uint8Array> | undefined;
    let cutOff = false;
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        feed = controller;
      },
      cancel() {
        cutOff = true;
      },
    });
    const headers = { "transfer-encoding": "chunked" };
    const request = new Request("http://test/api/logs/", { method: "POST", body: stream, headers });
    return {
      request,
      send: (megabytes: number) => {
        for (let sent = 0; sent < megabytes; sent += 1) feed?.enqueue(MB);
      },
      end: () => feed?.close(),
      isCutOff: () => cutOff,
    };
  }

  const problem = (answer: Promise<string>) =>
    answer.then(
      () => undefined,
      (error) => (error instanceof ProblemError ? [error.status, error.body, error.headers] : error),
    );
  const CLOSED = { connection: "close" };

  test("are cut off at 8 MB, and the connection is closed", async () => {
    const body = slowBody();
    const answer = problem(createBodies(manualClock()).text(body.request));
    body.send(9);
    expect(await answer).toEqual([413, { detail: "The body is larger than 8 MB." }, CLOSED]);
    expect(body.isCutOff()).toBe(true);
  });

  test("are read when they are as large as that", async () => {
    const body = slowBody();
    const answer = createBodies(manualClock()).text(body.request);
    body.send(8);
    body.end();
    expect(await answer).toHaveLength(MOST_BODY_BYTES);
  });

  test("may take 64 MB together; the room of those that end is given back", async () => {
    const bodies = createBodies(manualClock());
    const open = Array.from({ length: MOST_BODIES_BYTES / MOST_BODY_BYTES }, slowBody);
    const answers = open.map(({ request }) => bodies.text(request));
    for (const body of open) body.send(8);
    await nextTurn();
    const late = slowBody();
    late.send(1);
    expect(await problem(bodies.text(late.request))).toEqual([
      503,
      { detail: "Bodies of 64 MB are being received already: try again later." },
      CLOSED,
    ]);
    for (const body of open) body.end();
    await Promise.all(answers);
    const next = slowBody();
    next.send(1);
    next.end();
    expect(await bodies.text(next.request)).toHaveLength(MB.length);
  });

  test("that do not end are cut off after a minute", async () => {
    const clock = manualClock();
    const body = slowBody();
    const answer = problem(createBodies(clock).text(body.request));
    body.send(1);
    clock.advance(60);
    expect(await answer).toEqual([408, { detail: "The body has not come within 60 seconds." }, CLOSED]);
  });
});
