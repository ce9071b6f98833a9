// Rules of schemas in the browser: a value that breaks one is not sent, and a sentence beside its field says why, in the form and in JSON.
import { describe, expect, test } from "bun:test";
import type { JsonObject } from "#lib/json.ts";
import { LIMIT, shareWorld } from "./shared.ts";
import { possible } from "./world.ts";

const PARAMETERS = {
  type: "object",
  properties: {
    code: { type: "string", minLength: 3, pattern: "^[a-z]+$", position: 0 },
    price: { type: "number", multipleOf: 0.05, position: 1 },
    names: { type: "array", items: { type: "string" }, maxItems: 2, uniqueItems: true, position: 2 },
    either: {
      anyOf: [
        { title: "short", type: "string", maxLength: 2 },
        { title: "long", type: "string", minLength: 5 },
      ],
      position: 3,
    },
    limit: { $ref: "#/definitions/Limit", position: 4 },
  },
  definitions: { Limit: { type: "object", properties: { tag: { type: "string" } }, required: ["tag"] } },
};

/** Their defaults break the rules of what is within them: the flow takes them as they are. */
const WITH_DEFAULTS = {
  type: "object",
  properties: {
    sizes: { type: "array", items: { type: "integer", exclusiveMinimum: 0 }, default: [0], position: 0 },
    more: { type: "array", items: { type: "integer", exclusiveMinimum: 0 }, default: [0], position: 1 },
    cfg: { allOf: [{ $ref: "#/definitions/Config" }], default: { host: "x" }, position: 2 },
  },
  definitions: { Config: { type: "object", properties: { hostName: { type: "string" } }, required: ["hostName"] } },
};

/** With a value that no form shows, and a number that JavaScript would change. */
const TEMPLATE = {
  variables: {
    description: "kept",
    type: "object",
    required: ["port"],
    properties: {
      port: { type: "integer", maximum: 9, default: 5, description: "Where it listens." },
      image: { type: "string" },
      flags: true,
    },
  },
  job_configuration: { command: "{{ command }}", port: "{{ port }}" },
};

describe.skipIf(!possible)("a rule of a schema", () => {
  const shared = shareWorld();
  const field = (name: string) => shared.page.getByLabel(name, { exact: true });
  const press = (name: string) => shared.page.getByRole("button", { name, exact: true }).click();
  const told = (sentence: string) => shared.page.getByRole("alert").getByText(sentence, { exact: true }).waitFor();

  test(
    "is kept by the parameters of a run",
    async () => {
      const { page, open, list, read, faults, barriers, world } = shared;
      const { send, data } = world;
      const made = { flow_id: data.flow, name: "rules", entrypoint: "f.ts:x", parameter_openapi_schema: PARAMETERS };
      const { id } = await send("POST", "/deployments/", made);
      await open(`/deployments/deployment/${id}/run`);
      await field("Name").fill("by-the-rules");
      await field("code").fill("ab");
      await told("3 characters or more: this has 2.");
      await press("Run");
      await field("code").fill("ab1");
      await told("It does not match the pattern ^[a-z]+$.");
      await press("Run");
      await field("code").fill("abc");
      await field("price").fill("0.12");
      await told("A multiple of 0.05.");
      await press("Run");
      await field("price").fill("0.15");
      for (const _ of "aab") await page.getByRole("button", { name: "Add one" }).click();
      await told("2 items or fewer: this has 3.");
      await press("Run");
      // The browser leads there: it has the fault as its name.
      const led = page.getByRole("textbox", { name: "2 items or fewer: this has 3.", exact: true });
      await led.and(page.locator(":focus")).waitFor();
      expect(await barriers()).toEqual([]);
      await page.getByRole("button", { name: "Remove" }).last().click();
      await page.getByText('Each item counts once: "" is there twice.').waitFor();
      await field("code").fill("ab");
      await press("Run");
      expect(await barriers()).toEqual([]);
      expect(await list("/flow_runs/filter", { flow_runs: { name: { any_: ["by-the-rules"] } } })).toEqual([]);

      await field("JSON").check();
      await told("code: 3 characters or more: this has 2.");
      await press("Run");
      const text = await field("Parameters as JSON").inputValue();
      expect(JSON.parse(text)).toEqual({ code: "ab", price: 0.15, names: ["", ""] });
      await field("Parameters as JSON").fill(text.replace('"ab"', '"abc"').replace(/}$/, ', "either": "a long one"}'));
      await page.getByRole("alert").waitFor({ state: "detached" });
      await field("Form").check();
      expect(await page.getByRole("radiogroup", { name: "Kind of either" }).getByLabel("long").isChecked()).toBe(true);
      await page.getByRole("button", { name: "Fill in" }).click();
      await page.getByText("Still needed: limit.tag.").waitFor();
      await page.getByLabel(/^tag/).fill("etl");
      await press("Run");
      await page.getByRole("heading", { name: "by-the-rules" }).waitFor();
      const run = await read<{ parameters: object }>(`/flow_runs/${page.url().split("/").at(-1)}`);
      const others = { either: "a long one", limit: { tag: "etl" } };
      expect(run.parameters).toEqual({ code: "abc", price: 0.15, names: ["", ""], ...others });
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "does not keep a default from being sent",
    async () => {
      const { open, list, faults, world } = shared;
      const made = { flow_id: world.data.flow, name: "usual", entrypoint: "f.ts:x" };
      const parameters = { sizes: [0], cfg: { host: "x" } };
      const body = { ...made, parameters, parameter_openapi_schema: WITH_DEFAULTS };
      const { id } = await world.send("POST", "/deployments/", body);
      await open(`/deployments/deployment/${id}/run`);
      await field("Name").fill("as-usual");
      expect(await field("1").first().inputValue()).toBe("0");
      await press("Run");
      await shared.page.getByRole("heading", { name: "as-usual" }).waitFor();
      const runs = await list("/flow_runs/filter", { flow_runs: { name: { any_: ["as-usual"] } } });
      expect(runs).toMatchObject([{ parameters }]);
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "is kept by the values of a block",
    async () => {
      const { page, open, list, faults, world } = shared;
      const { id } = await world.send("POST", "/block_types/", { name: "Coded", slug: "coded" });
      const fields = { type: "object", properties: { code: { type: "string", minLength: 3 } }, required: ["code"] };
      await world.send("POST", "/block_schemas/", { fields, block_type_id: id, capabilities: [] });
      await open("/blocks/catalog/coded/create");
      await field("Name").fill("ruled");
      await page.getByLabel(/^code/).fill("ab");
      await told("3 characters or more: this has 2.");
      await press("Create");
      const query = { block_documents: { name: { any_: ["ruled"] } } };
      expect(await list("/block_documents/filter", query)).toEqual([]);
      await page.getByLabel(/^code/).fill("abc");
      await press("Create");
      await page.getByText("Created coded/ruled.").waitFor();
      expect(await list<object>("/block_documents/filter", query)).toMatchObject([{ data: { code: "abc" } }]);
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "is kept by the variables of a job template, whose other values are not lost",
    async () => {
      const { page, open, read, faults, barriers, world } = shared;
      await world.send("POST", "/work_pools/", { name: "ports", type: "process", base_job_template: TEMPLATE });
      await open("/work-pools/work-pool/ports/edit");
      expect(await field("port").inputValue()).toBe("5");
      await field("port").fill("10");
      await told("9 or less.");
      await press("Save");
      await field("JSON").check();
      await told("port: 9 or less.");
      await field("Form").check();
      await field("port").fill("7");
      await field("image").fill("base:1");
      await page
        .locator(".field", { has: field("image") })
        .getByRole("button", { name: "Leave out" })
        .last()
        .click();
      await field("JSON").check();
      const changed: JsonObject = structuredClone(TEMPLATE);
      Object.assign((changed["variables"] as typeof TEMPLATE.variables).properties.port, { default: 7 }); // a clone of it
      expect(JSON.parse(await field("Base job template as JSON").inputValue())).toEqual(changed);
      expect(await barriers()).toEqual([]);
      await press("Save");
      await page.getByText("Saved ports.").waitFor();
      expect(await read<object>("/work_pools/ports")).toMatchObject({ base_job_template: changed });
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );
});
