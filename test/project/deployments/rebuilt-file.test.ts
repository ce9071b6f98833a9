import { describe, expect, test } from "bun:test";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { renderDeploymentFile } from "#domain/deployment-file.ts";
import { newInfrastructure } from "#domain/infrastructure-blocks.ts";
import { parseDeploymentFile } from "#project/deployments/deployment-file.ts";
import { rebuiltDeploymentFile } from "#project/deployments/rebuilt-file.ts";

const SPEC: DeploymentSpec = {
  name: "marvin",
  description: null,
  version: "1",
  work_queue_name: "test",
  work_pool_name: null,
  tags: ["a", "b"],
  parameters: { name: "Marvin", nested: { list: [1, null] } },
  schedule: { cron: "0 9 * * *", timezone: "Europe/Berlin", day_or: true },
  is_schedule_active: null,
  overlap: null,
  catchup: null,
  infra_overrides: { "env.A": "1" },
  infrastructure: newInfrastructure("process", ["orch", "engine"]),
  flow_name: "say-hi",
  manifest_path: null,
  storage: null,
  path: "/srv/flows",
  entrypoint: "flows/marvin.ts:sayHi",
  parameter_openapi_schema: { title: "Parameters", type: "object", properties: {} },
  timestamp: "2026-11-23T14:29:20.379893+00:00",
};
const FILE = renderDeploymentFile(SPEC);

const rebuilt = (text: string, change: Partial<DeploymentSpec> = {}) =>
  rebuiltDeploymentFile(text, "x.yaml", { ...SPEC, ...change });

/** Lines of the result that the earlier text has not, and the other way round. */
function difference(before: string, after: string): { gone: string[]; come: string[] } {
  const [old, now] = [before.split("\n"), after.split("\n")];
  return { gone: old.filter((line) => !now.includes(line)), come: now.filter((line) => !old.includes(line)) };
}

test("what did not change is not touched", () => {
  expect(rebuilt(FILE)).toBe(FILE);
});

test("a file without comments is rebuilt to what a new one would be", () => {
  const change: Partial<DeploymentSpec> = {
    ...{ tags: [], parameters: { deep: { er: ["x"] } }, schedule: { interval: 60, timezone: null, anchor_date: null } },
    ...{ description: "two\nlines", version: "yes", flow_name: "Ada's", path: "/other" },
  };
  expect(rebuilt(FILE, change)).toBe(renderDeploymentFile({ ...SPEC, ...change }));
});

const COMMENTED = `# my own header
${FILE.replace("tags:\n- a\n- b", "# why these tags\ntags:  # inline\n- a # first\n- b # second")
  .replace("  name: Marvin", "  # who is greeted\n  name: Marvin # by default")
  .replace("schedule:\n", "schedule:\n  # every morning\n")
  .replace("timestamp:", "# the last one\ntimestamp:")}
# the end
`;

describe("comments survive", () => {
  test("when nothing changed", () => {
    expect(rebuilt(COMMENTED)).toBe(COMMENTED);
  });
  test("when a value beside them changed", () => {
    const after = rebuilt(COMMENTED, { parameters: { name: "Ada", nested: { list: [1, null] } } });
    expect(difference(COMMENTED, after)).toEqual({
      gone: ["  name: Marvin # by default"],
      come: ["  name: Ada # by default"],
    });
  });
  test("when an item of a list is added, removed or moved", () => {
    const after = rebuilt(COMMENTED, { tags: ["b", "c"] });
    expect(difference(COMMENTED, after).come).toEqual(["tags:", "# inline", "- c"]);
    expect(after).toContain("# why these tags\ntags:\n# inline\n- b # second\n- c\n");
  });
  test("when nothing is left to hold them", () => {
    const after = rebuilt(COMMENTED, { tags: [] });
    expect(after).toContain("# why these tags\n# inline\n# first\n# second\ntags: []\n");
  });
  test("when a key of a mapping is added or removed", () => {
    const after = rebuilt(COMMENTED, { parameters: { name: "Marvin", more: { a: "1", b: [] } } });
    expect(after).toContain("  # who is greeted\n  name: Marvin # by default\n  more:\n    a: '1'\n    b: []\n");
    expect(after).not.toContain("nested");
  });
  test("when a generated field changed", () => {
    const after = rebuilt(COMMENTED, { timestamp: "2027-01-01T00:00:00+00:00", path: "/new" });
    expect(difference(COMMENTED, after).come).toEqual(["path: /new", "timestamp: '2027-01-01T00:00:00+00:00'"]);
    expect(after).toEndWith("\n# the end\n");
  });
  test("and the file means what was asked for", () => {
    const change: Partial<DeploymentSpec> = { tags: ["b"], parameters: { name: "5" }, schedule: null };
    expect(parseDeploymentFile(rebuilt(COMMENTED, change), "x.yaml")).toEqual({ ...SPEC, ...change });
  });
});

describe("the order of the fields survives", () => {
  const moved = FILE.replace("version: '1'\n", "").replace("name: marvin\n", "version: '1'\nname: marvin\n");

  test("when nothing changed", () => {
    expect(rebuilt(moved)).toBe(moved);
  });
  test("when the moved field changed", () => {
    expect(rebuilt(moved, { version: "2" })).toBe(moved.replace("version: '1'", "version: '2'"));
  });
  test("values in another spelling stay in it", () => {
    const flow = FILE.replace(
      /^parameters:\n( .*\n)+/m,
      'parameters: {"name": "Marvin", "nested": {"list": [1, ~]}}\n',
    );
    expect(flow).not.toBe(FILE);
    expect(rebuilt(flow)).toBe(flow);
  });
});

describe("fields that are not there", () => {
  test("stay away when they say nothing", () => {
    const short = FILE.replace("description: null\n", "").replace("is_schedule_active: null\n", "");
    expect(rebuilt(short)).toBe(short);
  });
  test("come to their place when they say something", () => {
    const short = FILE.replace("description: null\n", "");
    expect(rebuilt(short, { description: "now" })).toBe(FILE.replace("description: null", "description: now"));
  });
  test("a queue comes with its comment", () => {
    const short = FILE.replace(/# The work queue.*\nwork_queue_name: test\n/, "");
    expect(rebuilt(short)).toBe(FILE);
  });
});

describe("infrastructure", () => {
  const infrastructure = {
    ...SPEC.infrastructure,
    _block_document_id: "0191e5a0-0000-7000-8000-00000000000a",
    _block_document_name: "saved",
  };

  test("goes below the line when it is saved, and comes back", () => {
    const below = rebuilt(FILE, { infrastructure });
    expect(below).toBe(renderDeploymentFile({ ...SPEC, infrastructure }));
    expect(rebuilt(below)).toBe(FILE);
  });
  test("leaves the line where it is when it was the first below it", () => {
    const first = rebuilt(FILE, { infrastructure }).replace(
      /(flow_name: say-hi\nmanifest_path: null\n)(infrastructure:\n(?: .*\n)+)/,
      "$2$1",
    );
    const above = rebuilt(first);
    expect(above).toContain("### DO NOT EDIT BELOW THIS LINE\n###\nflow_name: say-hi\n");
    expect(parseDeploymentFile(above, "x.yaml")).toEqual(SPEC);
  });
});

test("the name of the flow in the header follows", () => {
  expect(rebuilt(COMMENTED, { flow_name: "other" })).toContain(
    "### A complete description of a Prefect Deployment for flow 'other'\n",
  );
});

test("random edits: the result always means what was asked for, and a second rebuild changes nothing", () => {
  const values = [
    null,
    "",
    "yes",
    "a: b",
    "x\ny",
    "#",
    5,
    -0.5,
    true,
    [],
    {},
    ["a", "a", "b"],
    [{ a: 1 }],
    { "a b": "# c" },
  ];
  let seed = 1;
  const pick = <T>(list: readonly T[]): T => {
    seed = (seed * 48_271) % 2_147_483_647;
    return list[seed % list.length] as T; // never empty
  };
  let text = COMMENTED;
  for (let round = 0; round < 300; round++) {
    const parameters = Object.fromEntries(
      ["name", "nested", "c"].slice(0, 1 + (round % 3)).map((key) => [key, pick(values)]),
    );
    const tags = pick([[], ["a"], ["b", "a"], ["c", "yes", "1.5"]]);
    const change = { parameters, tags, description: pick(["one", null, "two\nlines\n"]) };
    text = rebuilt(text, change);
    expect(parseDeploymentFile(text, "x.yaml")).toEqual({ ...SPEC, ...change });
    expect(rebuilt(text, change)).toBe(text);
  }
  expect(text).toContain("# why these tags\n");
});

test("a file that is none is refused by name", () => {
  expect(() => rebuilt("- a\n")).toThrow("'x.yaml' is not a deployment file");
  expect(() => rebuilt("bogus: 1\n")).toThrow("extra fields not permitted: bogus");
});

test("an interval that is a length of time stays as it was typed", () => {
  const schedule = { interval: 3600, anchor_date: null, timezone: null };
  const typed = renderDeploymentFile({ ...SPEC, schedule }).replace("interval: 3600.0", "interval: 1h");
  expect(rebuilt(typed, { schedule })).toBe(typed);
  expect(rebuilt(typed, { schedule: { ...schedule, interval: 60 } })).toContain("  interval: 60.0\n");
});
