// `bun run ui`: the pages out of their sources, in front of a running server, and what it says where there is none.
import { afterAll, describe, expect, test } from "bun:test";
import type { Subprocess } from "bun";
import { LIMIT, shareWorld } from "./shared.ts";
import { possible, settled } from "./world.ts";

const started: Subprocess[] = [];
afterAll(async () => {
  for (const child of started) child.kill();
  await Promise.all(started.map((child) => child.exited));
});

/** Resolves to its address, once it has said it. */
async function startUi(target: string): Promise<string> {
  const env = { ...process.env, PORT: "0" };
  const child = Bun.spawn(["bun", "test/repo/ui-dev.ts", target], { env, stdout: "pipe", stderr: "ignore" });
  started.push(child);
  let said = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += chunk;
    const [, url] = /The web UI is at (http:\S+?)\/,/.exec(said) ?? [];
    if (url) return url;
  }
  throw new Error(`It ended: ${said}`);
}

describe.skipIf(!possible)("bun run ui", () => {
  const shared = shareWorld();

  test(
    "shows the pages with the data of a server, live",
    async () => {
      const url = await startUi(shared.world.url);
      const { page, faults, close } = await shared.world.openPage({ host: url });
      await page.goto(`${url}/flows/flow/${shared.world.data.flow}`);
      await page.getByRole("heading", { name: "nightly-report" }).waitFor();
      await settled(page);
      await page.getByText("live", { exact: true }).waitFor();
      await page.getByRole("link", { name: "Variables" }).click();
      await page.getByText("petrol").waitFor();
      expect(faults()).toEqual([]);
      await close();
    },
    LIMIT,
  );

  test(
    "says in a sentence that no server is there",
    async () => {
      const nobody = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
      await nobody.stop(true);
      const url = await startUi(`http://127.0.0.1:${nobody.port}`);
      const answer = await fetch(`${url}/api/admin/version`);
      expect(answer.status).toBe(502);
      expect(await answer.text()).toContain(`No server answers at http://127.0.0.1:${nobody.port}`);
    },
    LIMIT,
  );
});
