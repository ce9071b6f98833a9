// What the fields of blocks take and refuse; refusals never show the value.
import { describe, expect, test } from "bun:test";
import { BLOCK_TYPES } from "#blocks/registry.ts";
import { camelCase, completed, fieldsOf } from "#sdk/blocks/fields.ts";
import { BLOCKS } from "#sdk/blocks/hosted.ts";
import * as sdk from "#sdk/index.ts";

const typeOf = (slug: string) => {
  const found = BLOCK_TYPES.find((type) => type.slug === slug);
  if (!found) throw new Error(`no block type '${slug}'`);
  return found;
};

test("names are those of TypeScript", () => {
  expect(fieldsOf(typeOf("s3")).map(({ name }) => name)).toEqual([
    "bucketPath",
    "awsAccessKeyId",
    "awsSecretAccessKey",
  ]);
  expect(camelCase("job_watch_timeout_seconds")).toBe("jobWatchTimeoutSeconds");
});

describe("what is refused", () => {
  const table: [slug: string, given: object, words: string][] = [
    ["secret", {}, "Secret blocks need 'value'."],
    ["secret", { value: null }, "Secret blocks need 'value'."],
    ["secret", { value: 51423 }, "'value' of Secret blocks must be text."],
    ["json", {}, "JSON blocks need 'value'."],
    ["s3", { bucket_path: "b" }, "S3 blocks have no field 'bucket_path'. Their fields are: bucketPath, awsAccessKeyId"],
    [
      "webhook",
      { url: "u", method: "LOOK" },
      "'method' of Webhook blocks must be one of: GET, POST, PUT, PATCH, DELETE.",
    ],
    ["process", { streamOutput: "yes" }, "'streamOutput' of Process blocks must be true or false."],
    ["process", { command: "ls" }, "'command' of Process blocks must be a list."],
    ["process", { env: [] }, "'env' of Process blocks must be an object."],
    ["smb", { sharePath: "/", smbHost: "h", smbPort: 1.5 }, "'smbPort' of SMB blocks must be a whole number."],
    ["date-time", { value: new Date("never") }, "'value' of Date Time blocks must be a moment."],
  ];
  for (const [slug, given, words] of table) {
    test(`${slug}: ${words}`, () => {
      const attempt = () => completed(typeOf(slug), given as Record<string, unknown>);
      expect(attempt).toThrow(words);
      expect(attempt).not.toThrow("51423");
    });
  }
});

test("defaults are filled in, and belong to one block alone", () => {
  const fields = { ...typeOf("process"), fields: { properties: { list: { default: [1] } } } };
  const [one, two] = [completed(fields, {}), completed(fields, {})];
  expect(one).toEqual({ list: [1] });
  expect(one["list"]).not.toBe(two["list"]);
  expect(completed(typeOf("webhook"), { url: "u" })).toEqual({ method: "POST", url: "u", headers: null });
});

test("null is a value of JSON", () => expect(completed(typeOf("json"), { value: null })).toEqual({ value: null }));

describe("the classes", () => {
  const types = new Set(Object.values(BLOCKS).flatMap((type) => (type.definition ? [type] : [])));
  for (const type of types) {
    test(`${type.name} is of a type that servers know`, () => {
      expect(BLOCK_TYPES.some((known) => known === type.definition)).toBe(true);
    });
  }

  test("there is one for each type that is no notification", () => {
    const slugs = BLOCK_TYPES.filter(({ capabilities }) => !capabilities.includes("notify")).map(({ slug }) => slug);
    expect([...types].map(({ definition }) => definition?.slug ?? "").toSorted()).toEqual(slugs.toSorted());
  });

  test("all are exported by their names", () => expect(sdk).toMatchObject(BLOCKS));
});
