// The workflow of a release: what runs code of packages can neither sign nor publish, and what publishes runs none.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";

interface Job {
  permissions: Record<string, string>;
  needs?: string;
  if?: string;
  steps: { run?: string; uses?: string }[];
}

const workflow = Bun.YAML.parse(readFileSync(".github/workflows/release.yml", "utf8")) as {
  permissions: object;
  jobs: Record<string, Job>;
}; // as GitHub reads it
const jobs = Object.entries(workflow.jobs);
const writes = ({ permissions }: Job) => Object.values(permissions).includes("write");
const hasCode = ({ steps }: Job) => steps.some(({ uses = "" }) => uses.startsWith("actions/checkout@"));

test("no job has rights that it does not name", () => {
  expect(workflow.permissions).toEqual({});
  expect(jobs.filter(([, job]) => job.permissions === undefined)).toEqual([]);
});

test("the job that has the code, and so runs code of packages, may only read", () => {
  expect(jobs.filter(([, job]) => hasCode(job)).map(([name, job]) => [name, writes(job)])).toEqual([["make", false]]);
});

test("jobs that sign and publish take what was tested, in this order, and publish for a tag alone", () => {
  const others = jobs.filter(([, job]) => writes(job));
  expect(others.map(([name, { needs }]) => [name, needs])).toEqual([
    ["attest", "make"],
    ["github", "attest"],
    ["npm", "attest"],
    ["pypi", "attest"],
  ]);
  for (const [name, job] of others) {
    expect([name, job.if]).toEqual([name, name === "attest" ? undefined : "github.ref_type == 'tag'"]);
    expect(job.steps[0]?.uses).toStartWith("actions/download-artifact@");
  }
});

test("actions are named by their commits", () => {
  const used = jobs.flatMap(([, { steps }]) => steps.flatMap(({ uses }) => uses ?? []));
  expect(used.length).toBeGreaterThan(5);
  expect(used.filter((each) => !/@[0-9a-f]{40}$/.test(each))).toEqual([]);
});
