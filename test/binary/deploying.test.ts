// Rows of a daily use of deployment files, schedules and policies, on the executable: D3 to D7, D16, D17.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createSandbox, type Result, type Sandbox } from "./sandbox.ts";

let box: Sandbox;
beforeAll(async () => {
  box = createSandbox();
  write("flows/a.ts", FLOW);
  const built = await box.orch([
    "deployment",
    "build",
    "flows/a.ts:a",
    "-n",
    "one",
    "--param",
    "name=x",
    "-o",
    "one.yaml",
    "-a",
  ]);
  expect(built).toMatchObject({ code: 0, stderr: "" });
});
afterAll(() => box.close());

const FLOW = `import { flow } from "orch";
export const a = flow(async function a(name: string, num = 42) { return name + num; });
`;

function write(path: string, text: string): void {
  const file = join(box.folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** The deployment's file with something else in it. */
function changed(name: string, pattern: RegExp, by: string): string {
  write(name, readFileSync(join(box.folder, "one.yaml"), "utf8").replace(pattern, by));
  return name;
}

const orch = (...args: string[]): Promise<Result> => box.orch(args);
const set = (...args: string[]) => orch("deployment", "set-schedule", "a/one", ...args);
const inspected = async (name = "a/one") =>
  JSON.parse((await orch("deployment", "inspect", name, "--json")).stdout) as Record<string, unknown>;

describe("D4: parameters that cannot work", () => {
  test("are noted at apply, all three kinds, and the runs refused until --force", async () => {
    const file = changed(
      "d4.yaml",
      /^ {2}name: x\nschedule: null/m,
      "  nope: 3\n  num: abc\nschedule:\n  cron: 0 9 * * *",
    );
    expect((await orch("deployment", "apply", file)).stderr).toBe(
      "Note: the flow has no parameter 'nope'. It has name, num. Runs will fail.\n" +
        `Note: parameter 'num': must be a number, got "abc". Runs will fail.\n` +
        "Note: the flow requires 'name', and has no value for it. Scheduled runs will fail.\n",
    );
    const refused = await orch("deployment", "run", "a/one");
    expect(refused).toMatchObject({
      code: 1,
      stdout: "",
      stderr: `This run would fail: the flow has no parameter 'nope'. It has name, num. Parameter 'num': must be a number, got "abc". The flow requires 'name', and has no value for it. --force creates it all the same.\n`,
    });
    expect((await orch("deployment", "run", "a/one", "--force")).code).toBe(0);
    expect((await orch("deployment", "apply", "one.yaml")).stderr).toBe("");
  });

  test("are noted at build, and a run's own value is looked at", async () => {
    const built = await orch(
      "deployment",
      "build",
      "flows/a.ts:a",
      "-n",
      "two",
      "-o",
      "d4-two.yaml",
      "--param",
      "num=abc",
    );
    expect(built).toMatchObject({
      code: 0,
      stderr: `Note: parameter 'num': must be a number, got "abc". Runs will fail.\n`,
    });
    const refused = await orch("deployment", "run", "a/one", "--param", "num=abc");
    expect(refused).toMatchObject({
      code: 1,
      stderr: `This run would fail: parameter 'num': must be a number, got "abc". --force creates it all the same.\n`,
    });
    expect((await orch("deployment", "run", "a/one", "--param", "num=5")).code).toBe(0);
  });
});

test("D3: a build says what it keeps of the deployment on the server", async () => {
  const build = (...args: string[]) =>
    orch("deployment", "build", "flows/a.ts:a", "-n", "kept", "-o", "kept.yaml", ...args);
  await build("-i", "docker-container", "--tag", "t", "--param", "name=x", "--overlap", "skip", "-a");
  const [kept, ...agentNeeds] = (await build()).stderr.split("\n");
  expect(kept).toBe(
    "Kept from the deployment on the server: infrastructure 'docker-container' (runs take the code from its image, so nothing is uploaded); '--infra process' changes it, parameters, tags, overlap 'skip'.",
  );
  expect(agentNeeds[0]).toStartWith("Runs execute in the image 'prefecthq/prefect:2.10.4-python3.11'");
  expect((await build("-i", "process", "--tag", "u", "--param", "name=y", "--overlap", "allow")).stderr).toBe("");
});

test("D5, D6: a file that is wrong is one sentence with its name and line", async () => {
  const cases: [by: string, sentence: string][] = [
    ["!secret x", "the tag '!secret' makes nothing that JSON could hold: write a plain value."],
    ["*nope", "there is no anchor '&nope' before '*nope'."],
    ["&p {v: *p}", "'*p' holds itself."],
  ];
  for (const [by, sentence] of cases) {
    const refused = await orch("deployment", "apply", changed("d5.yaml", /^ {2}name: x$/m, `  name: ${by}`));
    expect(refused.stderr).toMatch(/^'d5\.yaml' is not valid YAML, line 13, column \d+: /);
    expect(refused).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(sentence) });
  }
  writeFileSync(join(box.folder, "latin.yaml"), Buffer.from("name: one\ndescription: caf\xe9\n", "latin1"));
  expect(await orch("deployment", "apply", "latin.yaml")).toMatchObject({
    ...{ code: 1, stderr: "'latin.yaml' is not UTF-8, line 2: save the file as UTF-8.\n" },
  });
  await orch("deployment", "apply", changed("d5.yaml", /^ {2}name: x$/m, '  name: !!str 12\n  num: !!int "13"'));
  expect((await inspected())["parameters"]).toEqual({ name: "12", num: 13 });
  await orch("deployment", "apply", "one.yaml");
});

test("D7: UNTIL may be in UTC without a DTSTART", async () => {
  expect(await set("--rrule", "FREQ=DAILY;UNTIL=20990101T000000Z")).toMatchObject({ code: 0, stderr: "" });
});

describe("D16: set-schedule", () => {
  test("--none takes the schedule away, and nothing else goes with it", async () => {
    await set("--cron", "0 9 * * *");
    expect(await set("--none")).toMatchObject({ code: 0, stdout: "'a/one' has no schedule any more.\n" });
    expect((await inspected())["schedule"]).toBeNull();
    expect(await set("--none", "--cron", "* * * * *")).toMatchObject({ code: 1, stdout: "" });
  });

  test("sets the policies alone, and inspect and ls show them", async () => {
    await set("--cron", "0 9 * * *");
    expect(await set("--overlap", "skip", "--catchup", "within 6h")).toMatchObject({
      ...{ code: 0, stdout: "Updated deployment policies!\n" },
    });
    expect(await inspected()).toMatchObject({
      ...{ overlap: "skip", catchup: { within: 21_600 }, schedule: { cron: "0 9 * * *" } },
    });
    expect((await orch("deployment", "ls")).stdout).toContain("│ skip    │ within 6h │");
    await set("--overlap", "allow", "--catchup", "all");
    expect(Object.keys(await inspected())).not.toContain("overlap");
  });

  test.each([
    ["--overlap", "sometimes", "--overlap is allow, skip, wait or cancel-older; not 'sometimes'."],
    ["--catchup", "soon", "--catchup is all, last, none, or within and a length of time such as 6h; not 'soon'."],
    [
      "--catchup",
      "within 0s",
      "--catchup is all, last, none, or within and a length of time such as 6h; not 'within 0s'.",
    ],
  ])("%s %s is refused", async (flag, value, sentence) => {
    expect(await set(flag, value)).toMatchObject({ code: 1, stdout: "", stderr: `${sentence}\n` });
  });
});

describe("D17: what could never work is refused", () => {
  test.each([
    ["--cron", "0 0 30 2 *", "no calendar has such a day"],
    ["--cron", "0 0 31 4,6,9,11 *", "no calendar has such a day"],
    ["--rrule", "FREQ=DAILY;UNTIL=20200101T000000Z", "all of its dates are past, or no calendar has them"],
    ["--rrule", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "all of its dates are past, or no calendar has them"],
  ])("%s %s", async (flag, text, why) => {
    const sentence = `The schedule '${text}' never makes a run: ${why}.`;
    expect(await set(flag, text)).toMatchObject({ code: 1, stdout: "", stderr: `${sentence}\n` });
  });

  test("but a day that is rare is not", async () => {
    expect((await set("--cron", "0 0 29 2 *")).code).toBe(0);
  });

  test("names with line breaks and the like, of the deployment, its flow and its queue", async () => {
    for (const args of [
      ["-n", "x\ny"],
      ["-n", "x\u001b[1m"],
      ["-n", "x", "-q", "a\tb"],
      ["-n", "x", "-p", "a\rb"],
    ]) {
      const refused = await orch("deployment", "build", "flows/a.ts:a", ...args);
      expect(refused.stderr).toMatch(
        /^[^\n]* has a line break or another control character: use letters, digits, spaces and signs\.\n$/,
      );
      expect(refused).toMatchObject({ code: 1, stdout: "" });
    }
    for (const field of ["name: one", "flow_name: a", "work_queue_name: default"]) {
      const file = changed("d17.yaml", new RegExp(`^${field}$`, "m"), field.replace(/: .*/, ': "a\\nb"'));
      expect((await orch("deployment", "apply", file)).stderr).toContain(
        "has a line break or another control character",
      );
    }
  });

  test("an ignore file that leaves out the flow's own file", async () => {
    write(".orchignore", "flows/\n");
    const refused = await orch("deployment", "build", "flows/a.ts:a", "-n", "ignored", "-o", "ignored.yaml", "-a");
    rmSync(join(box.folder, ".orchignore"));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toBe(
      "The flow's own file 'flows/a.ts' is left out by the ignore file, or as a file that may hold secrets: runs would not find it. A line '!flows/a.ts' in the ignore file packs it.\n",
    );
  });
});

describe("the policies in a deployment file", () => {
  test("are written where they are set, read in every spelling, and kept as they are written", async () => {
    await orch(
      "deployment",
      "apply",
      changed("p.yaml", /^infra_overrides:/m, "overlap: wait\ncatchup: # a day\n  within: 24 h\ninfra_overrides:"),
    );
    expect(await inspected()).toMatchObject({ overlap: "wait", catchup: { within: 86_400 } });
    const built = await orch("deployment", "build", "flows/a.ts:a", "-n", "one", "-o", "p.yaml", "-a");
    expect(built.code).toBe(0);
    expect(readFileSync(join(box.folder, "p.yaml"), "utf8")).toContain(
      "overlap: wait\ncatchup: # a day\n  within: 24 h\n",
    );
    await orch("deployment", "apply", "one.yaml");
    expect(Object.keys(await inspected())).not.toContain("overlap");
  });

  test("are refused with a sentence where they are wrong", async () => {
    for (const [field, sentence] of [
      ["overlap: no", "'overlap' is allow, skip, wait or cancel-older; not false."],
      ["catchup: some", "'catchup' is all, last, none, or within and a length of time such as 6h; not 'some'."],
      [
        "catchup: {within: soon}",
        `'catchup' is all, last, none, or within and a length of time such as 6h; not {"within":"soon"}.`,
      ],
    ] as const) {
      const refused = await orch(
        "deployment",
        "apply",
        changed("p.yaml", /^infra_overrides:/m, `${field}\ninfra_overrides:`),
      );
      expect(refused).toMatchObject({ code: 1, stdout: "" });
      expect(refused.stderr).toContain(sentence.replace(/\.$/, ""));
    }
  });
});
