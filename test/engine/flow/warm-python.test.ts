import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startedWarm } from "#engine/flow/warm-python.ts";

const order = { interpreter: "python3", words: ["-m", "prefect.engine"], environment: {}, folder: "/" };
const { signal } = new AbortController();

test("python 17: an engine goes on by itself where its agent offers nothing, or its socket is gone", async () => {
  const start = (env: Record<string, string>) => startedWarm(env, { order, signal });
  expect(await start({})).toBeUndefined();
  expect(await start({ ORCH__HAND_OVER: "no address" })).toBeUndefined();
  expect(await start({ ORCH__HAND_OVER: "token@/no/such/socket" })).toBe("the agent's socket is gone");
});

/** What an engine does when its agent answers so; undefined: the connection ends. */
async function answered(answer: string | undefined, given: AbortSignal = signal): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "orch-warm-"));
  const unix = join(folder, "asked");
  const head = `HTTP/1.1 200 OK\r\nContent-Length: ${answer?.length}\r\n\r\n`;
  const server = Bun.listen({
    unix,
    socket: {
      data(socket) {
        socket.end(answer === undefined ? undefined : head + answer);
      },
    },
  });
  try {
    return await startedWarm({ ORCH__HAND_OVER: `token@${unix}` }, { order, signal: given });
  } finally {
    server.stop(true);
    rmSync(folder, { recursive: true });
  }
}

test.skipIf(process.platform !== "linux")("python 17: an engine without an answer gives its run back", async () => {
  expect(await answered('{"why":"no"}')).toBe("no");
  const lost = { message: "The agent did not answer whether it executes this run.", exitCode: 1, isAsked: true };
  for (const answer of [undefined, "", "{}"]) await expect(answered(answer)).rejects.toMatchObject(lost);
  // It is being ended: it neither goes on nor lets the other process begin.
  const ended = AbortSignal.abort("asked to end");
  for (const answer of ['{"why":null}', '{"why":"no"}'])
    await expect(answered(answer, ended)).rejects.toBe("asked to end");
});
