// The schema that editors get for deployment files accepts what `apply` accepts and refuses what it refuses.
import { describe, expect, test } from "bun:test";
import Ajv from "ajv";
import { parse } from "yaml";
import { INFRASTRUCTURE_TYPES, newInfrastructure } from "#domain/infrastructure-blocks.ts";
import { parseDeploymentFile } from "#project/deployments/deployment-file.ts";
import schema from "../../templates/deployment.schema.json";

const isValid = new Ajv({ strict: false }).compile(schema);
const GOOD = "name: x\nflow_name: y\ninfrastructure: {type: process}\n";
const PAGE = await Bun.file("templates/starter/marvin-deployment.yaml").text();

const accepted: [what: string, text: string][] = [
  ["the least there is", GOOD],
  ["the starter's file", PAGE],
  ["a cron schedule", `${GOOD}schedule: {cron: "0 9 * * *", timezone: Europe/Berlin, day_or: false}\n`],
  ["an interval", `${GOOD}schedule: {interval: 60.0, anchor_date: "2026-01-01T00:00:00+00:00", timezone: null}\n`],
  ["an rrule", `${GOOD}schedule: {rrule: FREQ=DAILY}\n`],
  ["a version that looks like a number", `${GOOD}version: 1.5\n`],
  ["nulls", `${GOOD}tags: null\nparameters: null\nstorage: null\ndescription: null\n`],
  ["a saved block", `${GOOD}storage: {basepath: /x, _block_type_slug: local-file-system, _block_document_name: y}\n`],
];
const refused: [what: string, text: string][] = [
  ["no name", GOOD.replace("name: x\n", "")],
  ["an empty name", GOOD.replace("name: x\n", "name: ''\n")],
  ["no infrastructure", "name: x\nflow_name: y\n"],
  ["infrastructure of no type", "name: x\nflow_name: y\ninfrastructure: {}\n"],
  ["an unknown field", `${GOOD}bogus: 1\n`],
  ["tags that are no list", `${GOOD}tags: a\n`],
  ["parameters that are no mapping", `${GOOD}parameters: [1]\n`],
  ["a flag that is none", `${GOOD}is_schedule_active: 5\n`],
  ["storage of no type", `${GOOD}storage: {basepath: /x}\n`],
];

describe("accepts", () => {
  for (const [what, text] of accepted) {
    test(what, () => {
      expect([isValid(parse(text)), isValid.errors]).toEqual([true, null]);
      expect(() => parseDeploymentFile(text, "x.yaml")).not.toThrow();
    });
  }
  for (const type of INFRASTRUCTURE_TYPES) {
    test(`every field of ${type}`, () => {
      expect(isValid({ name: "x", flow_name: "y", infrastructure: newInfrastructure(type, ["a"]) })).toBe(true);
    });
  }
});

describe("refuses", () => {
  for (const [what, text] of refused) {
    test(what, () => {
      expect(isValid(parse(text))).toBe(false);
      expect(() => parseDeploymentFile(text, "x.yaml")).toThrow();
    });
  }
  test("a schedule with a key too many", () => {
    expect(isValid(parse(`${GOOD}schedule: {cron: "* * * * *", interval: 60}\n`))).toBe(false);
  });
});
