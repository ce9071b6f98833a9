import { expect, test } from "bun:test";
import { startedWarm } from "#engine/warm-python.ts";

const ORDER = { interpreter: "python3", words: ["-m", "prefect.engine"], environment: {}, folder: "/" };

test("python 17: an engine goes on by itself where its agent offers nothing, or its socket is gone", async () => {
  expect(await startedWarm({}, ORDER)).toBeUndefined();
  expect(await startedWarm({ ORCH__HAND_OVER: "no address" }, ORDER)).toBeUndefined();
  expect(await startedWarm({ ORCH__HAND_OVER: "token@/no/such/socket" }, ORDER)).toBe("the agent's socket is gone");
});
