// Forms of JSON schemas in the browser: no value is lost, none is sent while one makes no sense, and what is half typed stays.
import { beforeAll, describe, expect, test } from "bun:test";
import { LIMIT, shareWorld } from "./shared.ts";
import { possible } from "./world.ts";

const SCHEMA = {
  type: "object",
  properties: {
    constructor: { type: "string", position: 0 },
    count: { type: "integer", minimum: 1, position: 1 },
    lines: { type: "string", position: 2 },
    tree: { $ref: "#/definitions/Node", position: 3 },
    limits: { type: "array", items: { $ref: "#/definitions/Limit" }, position: 4 },
    either: { anyOf: [{ type: "string" }, { type: "integer" }], position: 5 },
    shape: { oneOf: [{ $ref: "#/definitions/Circle" }, { $ref: "#/definitions/Square" }], position: 6 },
    maybe: { type: ["string", "null"], position: 7 },
    names: { type: "array", items: { type: "string" }, position: 8 },
    flag: { type: "boolean", default: true, position: 9 },
    parts: { type: "array", items: { anyOf: [{ type: "integer" }, { type: "string" }] }, position: 10 },
    range: { type: "object", properties: { first: { type: "integer", default: 5 } }, position: 11 },
    password: { type: "string", format: "password", position: 12 },
  },
  definitions: {
    Node: {
      title: "Node",
      type: "object",
      properties: { label: { type: "string" }, next: { $ref: "#/definitions/Node" } },
    },
    Limit: { type: "object", properties: { tag: { type: "string" }, slots: { type: "integer" } } },
    Circle: { title: "Circle", type: "object", properties: { kind: { const: "circle" }, radius: { type: "number" } } },
    Square: { title: "Square", type: "object", properties: { kind: { const: "square" }, side: { type: "number" } } },
  },
};

/** With numbers that JavaScript would change, a value of another kind than its schema says, and one that the schema lacks. */
const GIVEN = `{
  "either": 9007199254740993,
  "shape": {
    "kind": "square",
    "side": 1.0,
    "note": "kept"
  },
  "names": "a,b",
  "limits": [
    {
      "tag": "a",
      "slots": 1
    },
    {
      "tag": "b",
      "slots": 2,
      "extra": true
    }
  ],
  "maybe": null,
  "lines": "",
  "parts": [
    1,
    "two"
  ],
  "beyond": 1E400
}`;

describe.skipIf(!possible)("a form of a schema", () => {
  const shared = shareWorld();
  let form: string;
  beforeAll(async () => {
    if (!possible) return;
    const { url, data } = shared.world;
    const made = { flow_id: data.flow, name: "shapes", entrypoint: "f.ts:x", parameter_openapi_schema: SCHEMA };
    const body = JSON.stringify({ ...made, parameters: "GIVEN" }).replace('"GIVEN"', GIVEN);
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/api/deployments/`, { method: "POST", headers, body });
    form = `/deployments/deployment/${((await answer.json()) as { id: string }).id}/run`;
  }, LIMIT);

  const field = (name: string) => shared.page.getByLabel(name, { exact: true });
  const asJson = async () => {
    await field("JSON").check();
    const text = await field("Parameters as JSON").inputValue();
    await field("Form").check();
    return text;
  };
  /** Fills in the name, presses Run, and reads the text that the API keeps. */
  async function ran(name: string): Promise<string> {
    const { page, world } = shared;
    await field("Name").fill(name);
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByRole("heading", { name }).waitFor();
    return (await fetch(`${world.url}/api/flow_runs/${page.url().split("/").at(-1)}`)).text();
  }

  test(
    "ui 23: every kind of value is shown, and comes out as it went in",
    async () => {
      const { page, open, faults, barriers } = shared;
      await open(form);
      expect(await field("either").inputValue()).toBe("9007199254740993");
      expect(await page.getByRole("radiogroup", { name: "Kind of shape" }).getByLabel("Square").isChecked()).toBe(true);
      expect(await field("side").inputValue()).toBe("1.0");
      expect(await field("names").inputValue()).toBe('"a,b"');
      expect(await field("flag").isChecked()).toBe(true);
      expect(await field("constructor").inputValue()).toBe("");
      expect(await page.getByRole("radiogroup", { name: "Kind of maybe" }).getByLabel("null").isChecked()).toBe(true);
      await page.getByText("Not in the form, and kept: beyond.").waitFor();
      const whole = GIVEN.replace(/\n}$/, ',\n  "flag": true\n}').replace("{", "{");
      expect(JSON.parse(await asJson())).toEqual(JSON.parse(whole));
      await field("side").fill("7.50");
      await field("count").fill("12345678901234567890");
      const text = await asJson();
      expect(text).toContain('"either": 9007199254740993,');
      expect(text).toContain('"beyond": 1E400');
      expect(text).toContain('"count": 12345678901234567890');
      expect(JSON.parse(text).shape).toEqual({ kind: "square", side: 7.5, note: "kept" });
      expect(await barriers()).toEqual([]);
      const kept = await ran("all-shapes");
      expect(kept).toContain('"either":9007199254740993');
      expect(kept).toContain('"count":12345678901234567890');
      expect(kept).toContain('"extra":true');
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "a run is not made while a number or the JSON makes no sense, and what was typed is not thrown away",
    async () => {
      const { page, open, list, faults } = shared;
      await open(form);
      await field("Name").fill("never");
      for (const [typed, sentence] of [
        ["12x", "A whole number."],
        ["007", "A whole number."],
        ["0", "1 or more."],
      ] as const) {
        await field("count").fill(typed);
        await page.getByRole("alert").getByText(sentence, { exact: true }).waitFor();
        await page.getByRole("button", { name: "Run", exact: true }).click();
        expect(await field("count").inputValue()).toBe(typed);
      }
      await field("count").fill("3");
      await field("JSON").check();
      await field("Parameters as JSON").fill('{"count": 4');
      await page.getByText(/^This is not JSON yet/).waitFor();
      expect(await field("Form").isDisabled()).toBe(true);
      await page.getByRole("button", { name: "Run", exact: true }).click();
      expect(await field("Parameters as JSON").inputValue()).toBe('{"count": 4');
      await page.getByRole("button", { name: "Take back what is no JSON" }).click();
      await field("Form").check();
      expect(await field("count").inputValue()).toBe("3");
      expect(await list("/flow_runs/filter", { flow_runs: { name: { any_: ["never"] } } })).toEqual([]);
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "a text keeps the lines that are pasted into it, and the focus",
    async () => {
      const { page, open, faults } = shared;
      await open(form);
      await field("lines").fill("ab");
      await field("lines").evaluate((input: HTMLInputElement) => {
        input.focus();
        input.setSelectionRange(1, 1);
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", "1\n2");
        input.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
      });
      await page.locator("textarea:focus").waitFor();
      await page.keyboard.press("X");
      expect(await field("lines").inputValue()).toBe("a1\n2Xb");
      for (const _ of "2X\n") await page.keyboard.press("Backspace");
      expect(await field("lines").inputValue()).toBe("a1b");
      expect(await page.locator("textarea:focus").count()).toBe(1);
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "an object that holds another of its kind is opened step by step; what is left out is not sent, an empty text is",
    async () => {
      const { page, open, faults } = shared;
      await open(form);
      await page.getByRole("button", { name: "Fill in" }).first().click();
      await field("label").fill("root");
      await page.getByRole("button", { name: "Fill in" }).first().click();
      await field("label").nth(1).fill("leaf");
      await field("constructor").fill("x");
      await field("constructor").fill("");
      expect(JSON.parse(await asJson())).toMatchObject({
        tree: { label: "root", next: { label: "leaf" } },
        constructor: "",
      });
      await page
        .locator(".field", { has: field("constructor") })
        .getByRole("button", { name: "Leave out" })
        .click();
      expect(Object.keys(JSON.parse(await asJson()))).not.toContain("constructor");
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "items keep their kinds, and what is half typed, when others move or go",
    async () => {
      const { page, open, faults } = shared;
      await open(form);
      const parts = page.locator("fieldset", { has: page.getByText("parts", { exact: true }) }).last();
      await parts.getByRole("button", { name: "Move down" }).first().click();
      const kinds = () =>
        parts
          .getByRole("radio", { checked: true })
          .evaluateAll((all) => all.map((one) => one.parentElement?.textContent));
      expect(await kinds()).toEqual(["string", "integer"]);
      expect(JSON.parse(await asJson()).parts).toEqual(["two", 1]);
      const slots = field("slots");
      await slots.first().fill("1x");
      const limits = page.locator("fieldset", { has: page.getByText("limits", { exact: true }) }).last();
      await limits.getByRole("button", { name: "Move down" }).first().click();
      expect(await slots.nth(1).inputValue()).toBe("1x");
      expect(await slots.nth(0).inputValue()).toBe("2");
      await limits.getByRole("button", { name: "Remove" }).last().click();
      expect(await page.getByRole("alert").count()).toBe(0);
      expect(JSON.parse(await asJson()).limits).toEqual([{ tag: "b", slots: 2, extra: true }]);
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );
});
