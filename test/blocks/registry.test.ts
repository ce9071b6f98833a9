import { describe, expect, test } from "bun:test";

import { BLOCK_TYPES } from "#blocks/registry.ts";
import { infrastructureDefaults } from "#domain/infrastructure-blocks.ts";
import { isObject, objectOf } from "#lib/json.ts";
import { SLUG } from "#wire/blocks.ts";

import recorded from "../fixtures/block-types.json";

const typeOf = (slug: string) => {
  const found = BLOCK_TYPES.find((type) => type.slug === slug);
  if (!found) throw new Error(`no block type '${slug}'`);
  return found;
};
const propertiesOf = (slug: string): Record<string, unknown> => {
  const { properties } = typeOf(slug).fields;
  return objectOf(properties);
};

describe("the block types a server knows from the start", () => {
  test("have slugs and names of their own", () => {
    const slugs = BLOCK_TYPES.map(({ slug }) => slug);
    expect(new Set(slugs).size).toBe(slugs.length);
    expect(new Set(BLOCK_TYPES.map(({ name }) => name)).size).toBe(slugs.length);
    expect(slugs.filter((slug) => !SLUG.test(slug))).toEqual([]);
  });

  test("are those of the old server, two more that send messages, and prefect-gitlab's", () => {
    const more = ["email", "custom-webhook", "gitlab-credentials", "gitlab-repository"];
    const wanted = [...recorded.map(({ slug }) => slug), ...more];
    expect(BLOCK_TYPES.map(({ slug }) => slug).toSorted()).toEqual(wanted.toSorted());
  });

  for (const { slug, name, is_protected, capabilities, fields } of recorded) {
    test(`${slug} is the old server's: name, fields in their order, what it can do`, () => {
      const { description, ...ours } = typeOf(slug);
      expect<unknown>(ours).toEqual({ slug, name, is_protected, capabilities, fields });
      expect(Object.keys(propertiesOf(slug))).toEqual(Object.keys(fields.properties));
      expect(description).toMatch(/^[A-Z].*\.$/);
    });
  }

  test("the protected ones are the old server's", () => {
    expect(
      BLOCK_TYPES.filter(({ is_protected }) => is_protected)
        .map(({ slug }) => slug)
        .toSorted(),
    ).toEqual([...["date-time", "json", "local-file-system", "process", "secret", "webhook"]]);
  });

  for (const { slug, fields } of BLOCK_TYPES) {
    test(`${slug}: what is required or secret is a field`, () => {
      const names = Object.keys(propertiesOf(slug));
      const required = (fields["required"] ?? []) as string[]; // a list of names, as blockFields() takes it
      const secret = fields["secret_fields"] as string[]; // as above
      for (const name of [...required, ...secret]) expect(names).toContain(name.split(".")[0] ?? "");
    });
  }

  const secrets: [slug: string, paths: string[]][] = [
    ["secret", ["value"]],
    ["webhook", ["url", "headers.*"]],
    ["process", []],
    ["local-file-system", []],
  ];
  for (const [slug, paths] of secrets) {
    test(`${slug} hides ${paths.join(" and ") || "nothing"}`, () =>
      expect(typeOf(slug).fields["secret_fields"]).toEqual(paths));
  }
});

test("the defaults of a process name every one of its fields, in their order", () => {
  expect(Object.keys(infrastructureDefaults("process"))).toEqual(Object.keys(propertiesOf("process")));
});

test("where a process field says its default, it is that one", () => {
  for (const [name, property] of Object.entries(propertiesOf("process"))) {
    if (!isObject(property) || !("default" in property)) continue;
    expect(infrastructureDefaults("process")).toHaveProperty(name, property["default"]);
  }
});
