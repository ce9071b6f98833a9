// Forms of schemas without an end, of several parts, and of values that may be null: all is shown, and comes out as it went in.
import { beforeAll, describe, expect, test } from "bun:test";
import { LIMIT, shareWorld } from "./shared.ts";
import { possible } from "./world.ts";

const TEXT = { type: "string" };
const SCHEMA = {
  type: "object",
  properties: {
    tree: { $ref: "#/definitions/Node", position: 0 },
    mixed: {
      ...{ title: "mixed", position: 1, properties: { own: TEXT } },
      ...{ allOf: [{ $ref: "#/definitions/Base" }], additionalProperties: { type: "integer" } },
    },
    either: {
      ...{ title: "either", position: 2, type: "object", properties: { shared: TEXT } },
      oneOf: [
        { title: "One", properties: { one: TEXT }, required: ["one"] },
        { title: "Two", properties: { two: TEXT }, required: ["two"] },
      ],
    },
    pair: { type: "array", position: 3, items: [{ type: "integer" }, TEXT] },
    whole: { type: "object", nullable: true, position: 4, properties: { part: TEXT } },
    object: { type: "object", position: 5, properties: { inner: TEXT }, default: { inner: "usual" } },
    flag: { type: "boolean", position: 6, default: true },
    tags: { type: "array", position: 7, items: TEXT, default: ["usual"] },
  },
  definitions: {
    Node: {
      ...{ title: "Node", type: "object", properties: { label: TEXT, next: { $ref: "#/definitions/Node" } } },
    },
    Base: { title: "Base", type: "object", properties: { base: TEXT } },
  },
};

const LEVELS = 20;
const tree = Array.from({ length: LEVELS }, (_, at) => `level-${at}`).reduceRight<object>(
  (next, label) => ({ label, next }),
  {},
);
const GIVEN = {
  ...{ tree, mixed: { base: "b", own: "o", more: 7 }, either: { shared: "s", two: "t" }, pair: [1, "a"] },
  ...{ whole: null, object: null, flag: null, tags: null },
};

describe.skipIf(!possible)("a form of a schema", () => {
  const shared = shareWorld();
  let form: string;
  beforeAll(async () => {
    if (!possible) return;
    const { send, data } = shared.world;
    const made = { flow_id: data.flow, name: "deep", entrypoint: "f.ts:x", parameter_openapi_schema: SCHEMA };
    form = `/deployments/deployment/${(await send("POST", "/deployments/", { ...made, parameters: GIVEN })).id}/run`;
  }, LIMIT);

  const field = (name: string) => shared.page.getByLabel(name, { exact: true });
  const asJson = async () => {
    await field("JSON").check();
    const text = await field("Parameters as JSON").inputValue();
    await field("Form").check();
    return JSON.parse(text);
  };
  const group = (name: string) => {
    const legend = shared.page.locator("legend", { hasText: new RegExp(`^${name}\\b`) });
    return shared.page.locator("fieldset", { has: legend }).last();
  };

  test(
    "objects that lie too deep for fields are JSON, with all that they hold, and can be changed",
    async () => {
      const { open, faults } = shared;
      await open(form);
      expect(await field("label").first().inputValue()).toBe("level-0");
      const labels = await field("label").count();
      expect(labels).toBeLessThan(LEVELS);
      const deep = field("next").and(shared.page.locator("textarea"));
      const held = JSON.parse(await deep.inputValue());
      expect(held).toMatchObject({ label: `level-${labels}`, next: { label: `level-${labels + 1}` } });
      expect(await asJson()).toEqual(GIVEN);
      await deep.fill(JSON.stringify({ ...held, label: "changed" }));
      expect(await asJson()).toEqual(JSON.parse(JSON.stringify(GIVEN).replace(`"level-${labels}"`, '"changed"')));
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "fields of several parts are shown together; what has no field is named and kept",
    async () => {
      const { page, open, faults, barriers } = shared;
      await open(form);
      for (const [name, value] of [
        ["base", "b"],
        ["own", "o"],
        ["shared", "s"],
        ["two required", "t"],
      ] as const)
        expect(await field(name).inputValue()).toBe(value);
      expect(await page.getByRole("radiogroup", { name: "Kind of either" }).getByLabel("Two").isChecked()).toBe(true);
      await group("mixed").getByText("Not in the form, and kept: more.").waitFor();
      expect(JSON.parse(await field("pair").inputValue())).toEqual([1, "a"]);
      await field("base").fill("other");
      await field("two required").fill("more");
      expect(await asJson()).toMatchObject({
        ...{ mixed: { base: "other", own: "o", more: 7 }, either: { shared: "s", two: "more" } },
      });
      expect(await barriers()).toEqual([]);
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "null is seen as null, not as the default, and stays until it is changed",
    async () => {
      const { page, open, faults } = shared;
      await open(form);
      const whole = page.getByRole("radiogroup", { name: "Kind of whole" });
      expect(await whole.getByLabel("null").isChecked()).toBe(true);
      expect(await field("flag null").isChecked()).toBe(false);
      for (const name of ["object", "tags"]) await group(name).getByText("null", { exact: true }).waitFor();
      expect(await field("inner").count()).toBe(0);
      expect(await asJson()).toEqual(GIVEN);
      await whole.getByLabel("object").check();
      await field("part").fill("p");
      await whole.getByLabel("null").check();
      await group("object").getByRole("button", { name: "Fill in" }).click();
      await field("inner").fill("i");
      expect(await asJson()).toMatchObject({ whole: null, object: { inner: "i" }, flag: null, tags: null });
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );
});
