import { describe, expect, test } from "bun:test";
import { hideSecrets, hideSettings, keepHidden } from "#blocks/secrets.ts";
import type { JsonObject } from "#lib/json.ts";

const HIDDEN = "********";
const secret = (...paths: string[]): JsonObject => ({ secret_fields: paths });

describe("hiding", () => {
  const table: [what: string, paths: string[], data: JsonObject, shown: JsonObject][] = [
    ["a named field", ["key"], { key: "k", other: 1 }, { key: HIDDEN, other: 1 }],
    ["a number too", ["key"], { key: 5 }, { key: HIDDEN }],
    ["a whole object", ["key"], { key: { a: "b" } }, { key: HIDDEN }],
    ["nothing that is null or missing", ["key", "gone"], { key: null }, { key: null }],
    ["a field of a nested block", ["inner.key"], { inner: { key: "k", a: 1 } }, { inner: { key: HIDDEN, a: 1 } }],
    ["nothing below a field that is no object", ["inner.key"], { inner: "text" }, { inner: "text" }],
    [
      "every leaf below a star, null and lists included",
      ["headers.*"],
      { headers: { a: "x", b: null, c: { d: 1 }, e: [1, 2] } },
      { headers: { a: HIDDEN, b: HIDDEN, c: { d: HIDDEN }, e: HIDDEN } },
    ],
    ["an object without keys below a star", ["a.*"], { a: {}, b: {} }, { a: HIDDEN, b: {} }],
    ["nothing when no field is secret", [], { key: "k" }, { key: "k" }],
  ];
  for (const [what, paths, data, shown] of table) {
    test(what, () => expect(hideSecrets(data, secret(...paths))).toEqual(shown));
  }

  test("leaves the data itself alone", () => {
    const data = { inner: { key: "k" } };
    hideSecrets(data, secret("inner.key"));
    expect(data).toEqual({ inner: { key: "k" } });
  });

  test("a schema without the list hides nothing", () => expect(hideSecrets({ a: 1 }, {})).toEqual({ a: 1 }));
});

describe("asterisks that come back", () => {
  const stored = { key: "stored", headers: { a: "x", b: "y" }, plain: "p" };
  const table: [what: string, given: JsonObject, kept: JsonObject][] = [
    ["stand for the stored secret", { key: HIDDEN }, { key: "stored" }],
    ["do so below a star", { headers: { a: HIDDEN, b: "new" } }, { headers: { a: "x", b: "new" } }],
    ["are text in a field that is no secret", { plain: HIDDEN }, { plain: HIDDEN }],
    ["are text where nothing is stored", { headers: { c: HIDDEN } }, { headers: { c: HIDDEN } }],
  ];
  for (const [what, given, kept] of table) {
    test(what, () => expect(keepHidden(given, stored, secret("key", "headers.*"))).toEqual(kept));
  }

  test("stand for a stored object without keys", () => {
    expect(keepHidden({ headers: HIDDEN }, { headers: {} }, secret("headers.*"))).toEqual({ headers: {} });
  });

  test("a new value replaces the stored one", () => {
    expect(keepHidden({ key: "new" }, stored, secret("key"))).toEqual({ key: "new" });
  });
});

test("what logs in to a place is hidden in blocks whose settings no type calls secret", () => {
  const data = {
    basepath: "sftp://ada:s3cret@files/folder",
    settings: {
      ...{ key: "s3cret", secret: "s3cret", pkey: "s3cret", passphrase: "s3cret", sas_token: "s3cret", anon: false },
      ...{ token: { private_key: "s3cret" }, password: null, key_filename: "/keys/a", host: "files" },
      client_kwargs: { aws_secret_access_key: "s3cret", endpoint_url: "http://ada:s3cret@proxy" },
    },
  };
  const hidden = hideSettings("remote-file-system", data);
  expect(JSON.stringify(hidden)).not.toContain("s3cret");
  expect(hidden).toMatchObject({
    basepath: "sftp://********@files/folder",
    settings: { anon: false, password: null, key_filename: "/keys/a", host: "files" },
  });
  expect(hideSettings("json", { value: { key: "kept" } })).toEqual({ value: { key: "kept" } });
});
