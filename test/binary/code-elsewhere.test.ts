// Code that is kept on this machine, for a server that is on another one: `build` and `apply` say that agents there cannot read it.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createWorld, type World } from "../page/world.ts";

let world: World;
/** Leads to the server under another machine's name. */
let proxy: ReturnType<typeof Bun.serve>;
let env: Record<string, string>;

beforeAll(async () => {
  world = await createWorld();
  world.write("p.ts", 'import { flow } from "orch";\nexport const f = flow(async function f() {});\n');
  proxy = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch({ url, method, headers, body }) {
      const { pathname, search } = new URL(url);
      const forwarded = new Headers(headers);
      forwarded.delete("host");
      forwarded.set("accept-encoding", "identity");
      const target = `${new URL(world.url).origin}${pathname}${search}`;
      return fetch(target, { method, headers: forwarded, body: (await new Response(body).text()) || null });
    },
  });
  env = { ORCH_API_URL: "http://orch.example/api", HTTP_PROXY: `http://127.0.0.1:${proxy.port}` };
});
afterAll(async () => {
  await world.close();
  await proxy.stop(true);
});

const NOTE = (path: string) =>
  `The code is in '${path}' on this machine: an agent on another machine cannot read it. Start the agent here, or build with --storage-block, which keeps the code where every agent reads it.`;
const build = (...words: string[]) => ["deployment", "build", "-q", "test", "p.ts:f", ...words];
const lines = (text: string) => text.trim().split("\n");

test("a snapshot, with JSON for a script, and the file of it when it is applied", async () => {
  const built = await world.sandbox.orch(build("-n", "d", "--json"), { env });
  const { path } = JSON.parse(built.stdout);
  expect([built.code, lines(built.stderr)]).toEqual([0, [NOTE(path)]]);
  expect(readFileSync(join(world.sandbox.folder, "f-deployment.yaml"), "utf8")).toContain(path);
  const applied = await world.sandbox.orch(["deployment", "apply", "f-deployment.yaml"], { env });
  expect([applied.code, lines(applied.stderr)]).toEqual([0, [NOTE(path)]]);
});

test("the folder itself", async () => {
  const { stderr } = await world.sandbox.orch(build("-n", "e", "--skip-upload", "-a"), { env });
  expect(lines(stderr)).toEqual([NOTE(world.sandbox.folder)]);
});

const QUIET: [what: string, words: string[], env: Record<string, string>][] = [
  ["a path of the agent's machine", ["--path", "/srv/flows"], {}],
  ["an image", ["-i", "docker-container", "--override", "image=mine"], {}],
  ["a server of this machine", [], { ORCH_API_URL: "" }],
];
for (const [what, words, changes] of QUIET) {
  test(`nothing is said of ${what}`, async () => {
    const { code, stderr } = await world.sandbox.orch(build("-n", "q", "-a", ...words), {
      env: { ...env, ...changes },
    });
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("on this machine")]);
  });
}
