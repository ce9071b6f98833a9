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

test("what is unexpected with the API itself stays what it is", async () => {
  server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch: (request) => Response.json(request.url.endsWith("/version") ? "0.8.4" : true),
  });
  terminal = testTerminal({ ORCH_API_URL: `${server.url}api` });
  expect((await terminal.orch("flow-run", "ls")).err).toStartWith("Something unexpected went wrong: ");
});
