// Results that can be kept and what they are when read again; the warnings about all others.
import { describe, expect, test } from "bun:test";
import { deserializeResult, serializeResult, typeName } from "#engine/results/result-serialization.ts";

const again = (value: unknown) => {
  const { type, data } = serializeResult(value);
  return { type, value: deserializeResult(type, data, "key") };
};
const bare = (fields: object) => Object.assign(Object.create(null), fields);

class Row {
  id: number;
  name = "ada";
  constructor(id: number) {
    this.id = id;
  }
  greet() {
    return this.name;
  }
}
class Index extends Map<string, number> {}
class Money {
  readonly #amount = 5;
  toJSON() {
    return `${this.#amount}.00 EUR`;
  }
}
class Hidden {
  readonly #x = 1;
  get x() {
    return this.#x;
  }
}
const circle: { self?: unknown } = {};
circle.self = circle;
const shared = { a: 1 };
// biome-ignore lint/suspicious/noSparseArray: that is what is tried
const sparse = [1, , 3];

describe("T31: kept as JSON, where JSON holds the same data", () => {
  const table: [what: string, value: unknown, back: unknown][] = [
    ["rows without a prototype", [bare({ id: 1 }), bare({ id: 2, tags: ["a"] })], [{ id: 1 }, { id: 2, tags: ["a"] }]],
    ["an instance of a class", new Row(1), { id: 1, name: "ada" }],
    [
      "instances in lists and fields",
      { rows: [new Row(1)], first: new Row(2) },
      { rows: [{ id: 1, name: "ada" }], first: { id: 2, name: "ada" } },
    ],
    ["a URL", new URL("http://x/y"), "http://x/y"],
    ["a URL in an object", { at: new URL("http://x/"), n: 1 }, { at: "http://x/", n: 1 }],
    ["what has a toJSON", [new Money()], ["5.00 EUR"]],
    [
      "a URL beside a date",
      { at: new URL("http://x/"), on: new Date(0) },
      { at: "http://x/", on: "1970-01-01T00:00:00.000Z" },
    ],
    ["a URL beside something undefined", { at: new URL("http://x/"), none: undefined }, { at: "http://x/" }],
    ["headers", new Headers({ a: "b" }), { a: "b" }],
    ["one object in two places", [shared, shared], [shared, shared]],
    ["a Proxy of an object", new Proxy({ a: 1 }, {}), { a: 1 }],
    ["text with half a character", "\ud83d", "\ud83d"],
    ["an empty object without a prototype", bare({}), {}],
    [
      "a getter of its own",
      {
        get a() {
          return 1;
        },
      },
      { a: 1 },
    ],
  ];
  for (const [what, value, back] of table) {
    test(what, () => expect(again(value)).toEqual({ type: "json", value: back }));
  }
});

describe("T31: kept as JSON that Python reads too, where there are dates and sets of plain values", () => {
  const table: [what: string, value: unknown, back?: unknown][] = [
    ["a date", { at: new Date(0) }],
    ["a date by itself", new Date(1234)],
    ["a date among rows without a prototype", [bare({ at: new Date(0) })], [{ at: new Date(0) }]],
    ["a set", { words: new Set(["a", 1, null]), empty: new Set() }],
    ["a date and one object twice", [shared, shared, { at: new Date(0) }]],
    [
      "an instance with a date",
      { row: Object.assign(new Row(1), { at: new Date(0) }) },
      { row: { id: 1, name: "ada", at: new Date(0) } },
    ],
  ];
  for (const [what, value, back = value] of table) {
    test(what, () => expect(again(value)).toEqual({ type: "json", value: back }));
  }

  test("as Prefect's own serializer writes them", () => {
    expect(JSON.parse(serializeResult({ at: new Date(0), few: new Set([1]) }).data)).toEqual({
      at: { __class__: "datetime.datetime", data: "1970-01-01T00:00:00.000Z" },
      few: { __class__: "builtins.set", data: [1] },
    });
  });

  test("and not where more is in them, or a date is none", () => {
    for (const value of [[new Set([{ a: 1 }])], [new Set([undefined])], { at: new Date(0), no: undefined }]) {
      expect(again(value)).toEqual({ type: "structured-clone", value });
    }
    expect(serializeResult([new Date(Number.NaN)]).type).toBe("structured-clone");
  });
});

describe("T31: kept as a clone, where JSON does not hold all of it", () => {
  const table: [what: string, value: unknown, back?: unknown][] = [
    ["a Map and a Set", { map: new Map([["a", new Set([1])]]) }],
    ["an instance of a class of Maps", new Index([["a", 1]]), new Map([["a", 1]])],
    ["bytes", { bytes: new Uint8Array([1, 2]), buffer: Buffer.from("x") }],
    ["a BigInt", [5n]],
    ["something undefined", { a: undefined, b: [undefined] }],
    ["NaN and infinity", [Number.NaN, Number.POSITIVE_INFINITY, -0]],
    ["a list with holes", sparse],
    ["a match with its index", /b/.exec("abc")],
    ["a circle", circle],
    ["a regular expression", { match: /x/g }],
    ["an error", new Error("x")],
  ];
  for (const [what, value, back = value] of table) {
    test(what, () => {
      const found = again(value);
      expect(found.type).toBe("structured-clone");
      expect(found.value).toEqual(back);
    });
  }
});

describe("T31: what cannot be kept is named", () => {
  const whole = "it would not come back as it was";
  const table: [what: string, value: unknown, why: string][] = [
    ["a function", () => 1, "it has no JSON"],
    ["a symbol", Symbol("x"), "it has no JSON"],
    [
      "a function in an object",
      { rows: [{ save() {} }] },
      "'rows[0].save' is a function, which would not come back as it was",
    ],
    ["a symbol in a list", [Symbol("x")], "'[0]' is a symbol, which would not come back as it was"],
    [
      "an answer of fetch",
      { answer: new Response("x") },
      "'answer' is a Response, which would not come back as it was",
    ],
    [
      "a promise that was not awaited",
      { later: Promise.resolve(1) },
      "'later' is a Promise, which would not come back as it was",
    ],
    ["a WeakMap", new WeakMap(), whole],
    ["a file", { file: Bun.file("/x") }, "'file' is a Blob, which would not come back as it was"],
    ["an instance that shows nothing", new Hidden(), whole],
    [
      "a Map beside a URL",
      { map: new Map([[1, 2]]), at: new URL("http://x/") },
      "'map' is a Map, which would not come back as it was",
    ],
    ["a BigInt beside a URL", { n: 1n, at: new URL("http://x/") }, "JSON.stringify cannot serialize BigInt."],
    ["fields named by symbols", { [Symbol("x")]: 1 }, "it has fields named by symbols"],
    [
      "a getter that throws",
      {
        get a() {
          throw new Error("no value");
        },
      },
      "no value",
    ],
    [
      "a toJSON that throws",
      {
        toJSON() {
          throw new Error("no JSON");
        },
      },
      "no JSON",
    ],
    ["an error with more than a message", Object.assign(new Error("x"), { code: 1 }), whole],
  ];
  for (const [what, value, why] of table) {
    test(what, () => {
      expect(() => serializeResult(value)).toThrow(/^A result of type '\w+' cannot be kept: /);
      expect(() => serializeResult(value)).toThrow(why);
    });
  }

  test("what is nested too deep", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 200_000; level++) deep = [deep];
    expect(() => serializeResult(deep)).toThrow("cannot be kept: it is nested too deeply.");
  });
});

test("T6: integers that a run in Python keeps arrive with their digits, and numbers of ours as numbers", () => {
  expect(deserializeResult("json", '{"id":9007199254740993,"one":1.0}', "key")).toEqual({
    id: 9007199254740993n,
    one: 1,
  });
  for (const value of [2 ** 60, [9007199254740992], 9007199254740993n, 5]) expect(again(value).value).toEqual(value);
});

test("a type has a name, also where its values have no constructor with one", () => {
  const values = [new Row(1), null, 1n, bare({}), (function* numbers() {})(), () => 1];
  expect(values.map(typeName)).toEqual(["Row", "object", "bigint", "Object", "Generator", "function"]);
});

describe("JSON that Prefect has written", () => {
  const read = (data: string) => deserializeResult("json", data, "key");

  test("has instances, which are dates, sets, errors, or what they hold", () => {
    const found = read(
      `{"a": {"__class__": "datetime.datetime", "data": "2026-01-02T03:00:00.5+00:00"}, "d": {"__class__": "datetime.date", "data": "2026-01-02"},
        "s": [{"__class__": "builtins.set", "data": [1, 2]}], "u": {"__class__": "uuid.UUID", "data": "71b7"},
        "m": {"__class__": "mine.Model", "data": {"at": {"__class__": "pendulum.datetime.DateTime", "data": "2026-01-02T03:00:00+00:00"}}},
        "e": {"__exc_type__": "builtins.ValueError", "message": "x"}, "__proto__": 1, "big": 1152921504606846976}`,
    ) as Record<string, unknown>;
    const error = found["e"] as Error;
    expect([error instanceof Error, error.name, error.message]).toEqual([true, "ValueError", "x"]);
    expect(Object.keys(found)).toContain("__proto__");
    expect({ ...found, e: 0, ["__proto__"]: 0 }).toMatchObject({
      ...{ a: new Date("2026-01-02T03:00:00.500Z"), d: new Date("2026-01-02"), s: [new Set([1, 2])], u: "71b7" },
      ...{ m: { at: new Date("2026-01-02T03:00:00Z") }, big: 2n ** 60n },
    });
  });

  test("and values of ours that look like them come back as they were", () => {
    for (const value of [{ __class__: "datetime.date", data: "2026-01-02" }, [{ __exc_type__: "x", message: "y" }]]) {
      expect(again(value)).toEqual({ type: "structured-clone", value });
    }
    expect(again({ __class__: "a" })).toEqual({ type: "json", value: { __class__: "a" } });
  });

  test("may be none: the sentence names the result", () => {
    expect(() => read("[NaN]")).toThrow(/^The result 'key' is no JSON that orch reads: /);
    expect(() => deserializeResult("pickle", "gASV", "key")).toThrow(
      `The result 'key' was kept as 'pickle', which orch does not read. In Python, result_serializer="json" keeps what both read.`,
    );
  });
});

describe("large results are kept in seconds", () => {
  test("bytes never become JSON, alone or in a field", () => {
    for (const value of [new Uint8Array(5_000_000), { file: Buffer.alloc(5_000_000), name: "a" }]) {
      const { type, data } = serializeResult(value);
      expect(type).toBe("structured-clone");
      expect(data.length).toBeWithin(6_666_667, 6_700_000);
    }
  });

  test("bytes beside what only JSON holds are refused", () => {
    const refused = () => serializeResult({ file: new Uint8Array(100_000), at: new URL("http://x/") });
    expect(refused).toThrow(
      "A result of type 'Object' cannot be kept: it has bytes beside what is not kept with them.",
    );
  });

  test("long lists are JSON; holes in them are none", () => {
    const long = Array.from({ length: 20_000 }, (_, index) => ({ index, half: index / 2 }));
    expect(serializeResult(long)).toEqual({ type: "json", data: JSON.stringify(long) });
    const holes: unknown[] = [];
    holes[20_000] = 1;
    expect(again(holes)).toEqual({ type: "structured-clone", value: holes });
  });

  test("what JSON would change is found in plain values too", () => {
    for (const value of [[-0], [2 ** 60], [{ a: Number.NaN }], [undefined], { a: [1, undefined] }]) {
      expect(again(value)).toEqual({ type: "structured-clone", value });
    }
    for (const value of [[0, 1e21, 5e-324, 2 ** 53 - 1, "\ud800", [], {}], { ["__proto__"]: 1 }]) {
      expect(again(value)).toEqual({ type: "json", value });
    }
  });
});
