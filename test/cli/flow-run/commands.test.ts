// The commands on flow runs that change something, and the list of flows; on the home's own database.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestTerminal, testTerminal } from "../io.ts";

const NOBODY = "00000000-0000-4000-8000-000000000000";

let terminal: TestTerminal;
beforeAll(() => {
  terminal = testTerminal();
});
afterAll(() => terminal.close());
const orch = (...words: string[]) => terminal.orch(...words);
const json = async (...words: string[]) => JSON.parse((await orch(...words, "--json")).out);
const nameOf = async (id: string): Promise<string> => (await json("flow-run", "inspect", id)).name;
const newRun = async (flow = "a"): Promise<string> => (await json("deployment", "run", `${flow}/x`)).id;

describe("flow ls", () => {
  test("with none says where flows come from", async () => {
    expect((await orch("flow", "ls")).out).toContain("'orch flow run FILE:FLOW'");
    expect(await json("flow", "ls")).toEqual([]);
  });

  test("lists flows, the newest first, as many as asked for", async () => {
    for (const name of ["a", "b", "c"]) {
      const yaml = `name: x\nflow_name: ${name}\nwork_queue_name: test\ninfrastructure: {type: process}\nentrypoint: a.ts:a\npath: /srv\n`;
      writeFileSync(join(terminal.folder, `${name}.yaml`), yaml);
      await orch("deployment", "apply", `${name}.yaml`);
    }
    const { out } = await orch("flows", "ls");
    expect(out).toMatch(/┃ Name ┃ Created +┃ ID +┃/);
    const names = [...out.matchAll(/^│ (\w+) +│ (?:now|\d+ \w+ ago) +│ [0-9a-f-]{36} │/gm)].map(([, name]) => name);
    expect(names).toEqual(["c", "b", "a"]);
    expect((await json("flow", "ls", "--limit", "2")).map(({ name }: { name: string }) => name)).toEqual(["c", "b"]);
  });
});

test("inspect names the flow and the deployment", async () => {
  const { out } = await orch("flow-run", "inspect", await newRun("b"));
  expect(out).toMatch(/^Flow: +b\nDeployment: +b\/x$/m);
});

describe("cancel", () => {
  test("of a run that nobody executes yet ends it at once", async () => {
    const id = await newRun();
    const { code, out } = await orch("flow-run", "cancel", id);
    expect(out).toBe(`Flow run '${await nameOf(id)}' was successfully scheduled for cancellation.`);
    expect(code).toBe(0);
    expect((await json("flow-run", "inspect", id)).state_name).toBe("Cancelled");
  });

  test("of a run that has ended says why not", async () => {
    const id = await newRun();
    await orch("flow-run", "cancel", id);
    const { code, err } = await orch("flow-run", "cancel", id);
    expect(err).toContain(`Flow run '${await nameOf(id)}' was unable to be cancelled. Reason: '`);
    expect(code).toBe(1);
  });

  test("--json gives the run", async () => {
    const id = await newRun();
    expect(await json("flow-run", "cancel", id.replaceAll("-", ""))).toMatchObject({ id, state_type: "CANCELLED" });
  });
});

describe("delete", () => {
  test("asks first, and a no leaves the run", async () => {
    const id = await newRun();
    terminal.answer = false;
    expect((await orch("flow-run", "delete", id)).err).toBe("Deletion aborted.");
    terminal.answer = true;
    const { name } = await json("flow-run", "inspect", id);
    expect(terminal.asked.splice(0)).toEqual([`Delete flow run '${name}'?`]);
  });

  test("with --yes takes it away without a word", async () => {
    const id = await newRun();
    const name = await nameOf(id);
    expect((await orch("flow-run", "delete", id, "--yes")).out).toBe(`Successfully deleted flow run '${name}'.`);
    expect((await orch("flow-run", "inspect", id)).code).toBe(1);
    expect(terminal.asked).toEqual([]);
  });
});

for (const name of ["cancel", "delete", "inspect", "logs"]) {
  test(`${name} of what is no run says so`, async () => {
    const { code, err } = await orch("flow-run", name, NOBODY);
    expect(err).toBe(`Flow run '${NOBODY}' not found! 'orch flow-run ls' lists the latest ones.`);
    expect(code).toBe(1);
    expect(await orch("flow-run", name, "x")).toEqual({
      ...{ code: 1, out: "" },
      err: "Flow run 'x' not found! 'orch flow-run ls' lists the latest ones.",
    });
  });
}
