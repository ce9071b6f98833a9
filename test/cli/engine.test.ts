import { expect, test } from "bun:test";
import { engine } from "#cli/engine.ts";

async function run(words: string[], env: Record<string, string> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (line: string) => out.push(line),
    err: (line: string) => err.push(line),
    env: { HOME: "/nonexistent", ...env },
  };
  return { code: await engine(words, io), out: out.join("\n"), err: err.join("\n") };
}

test("without a run it says how to name one", async () => {
  expect(await run([])).toEqual({ code: 2, out: "", err: "Name a flow run, or set PREFECT__FLOW_RUN_ID." });
});

test("what is no id is named, from the argument or the environment", async () => {
  const env = { ORCH_API_URL: "http://127.0.0.1:9/api", PREFECT__FLOW_RUN_ID: "not-an-id" };
  for (const ran of [await run(["not-an-id"], env), await run([], env)]) {
    expect(ran).toMatchObject({ code: 1, out: "'not-an-id' is not the id of a flow run." });
  }
});

test("a setting that cannot be read is one sentence", async () => {
  const ran = await run(["x"], { ORCH_API_REQUEST_TIMEOUT: "soon" });
  expect(ran).toEqual({ code: 1, out: "", err: "ORCH_API_REQUEST_TIMEOUT must be a number, not 'soon'." });
});
