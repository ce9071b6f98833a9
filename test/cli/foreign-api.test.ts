// What people read when another program answers at the address of the API.
import { afterEach, beforeEach, expect, test } from "bun:test";
import type { Server } from "bun";
import { type TestTerminal, testTerminal } from "./io.ts";

let terminal: TestTerminal;
let server: Server<undefined> | undefined;
beforeEach(() => {
  terminal = testTerminal();
});
afterEach(async () => {
  await server?.stop(true);
  terminal.close();
});

const OTHERS: [answer: unknown, words: string[]][] = [
  [{ status: "ok" }, ["deployment", "ls"]],
  [{ status: "ok" }, ["agent", "-q", "x", "--run-once"]],
  [true, ["flow-run", "ls"]],
  ["ok", ["deployment", "ls"]],
  [null, ["work-pool", "ls"]],
  [[], ["agent", "-q", "x", "--run-once"]],
  [{ status: "ok" }, ["deployment", "run", "say-hi/marvin"]],
  [{ id: 7, name: "marvin" }, ["deployment", "run", "say-hi/marvin"]],
  [[{ name: "marvin" }], ["deployment", "ls"]],
  [{ status: "ok" }, ["flow-run", "cancel", "0189a2b4-0000-4000-8000-000000000000"]],
];
for (const [answer, words] of OTHERS) {
  test(`'${words.join(" ")}' where everything is answered with ${JSON.stringify(answer)}`, async () => {
    server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => Response.json(answer) });
    const url = `${server.url}api`;
    terminal = testTerminal({ ORCH_API_URL: url });
    const { code, out, err } = await terminal.orch(...words);
    expect([code, out, err.split("\n")]).toEqual([
      1,
      "",
      [expect.stringContaining(`What answers at ${url} is no API of orch or Prefect: it sends other JSON. Check `)],
    ]);
  });
}

test("a fault of the command keeps its own message, and nothing is asked at the address", async () => {
  let asked = 0;
  server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => Response.json({ status: "ok", asked: ++asked }) });
  terminal = testTerminal({ ORCH_API_URL: `${server.url}api` });
  Object.defineProperty(terminal, "piped", {
    get() {
      throw new TypeError("boom");
    },
  });
  const { code, err } = await terminal.orch("deployment", "run", "say-hi/marvin", "--params", "-");
  expect([code, err, asked]).toEqual([1, "Something unexpected went wrong: boom", 0]);
});
