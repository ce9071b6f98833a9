// Why a run waits, on its page: it follows the server's own rule, whether an agent comes or time alone changes the answer.
import { describe, expect, test } from "bun:test";
import { toTimestamp } from "#lib/time/timestamps.ts";
import { isSilent, nextSilence } from "#ui/pages/work/silence.ts";
import { LIMIT, shareWorld } from "./shared.ts";
import { possible } from "./world.ts";

describe.skipIf(!possible)("why a run waits", () => {
  const shared = shareWorld();

  /** A run that is due, in a queue that nothing has asked for work. */
  async function makeDue(queue: string): Promise<{ run: string; deployment: string }> {
    const { send, data } = shared.world;
    const made = { flow_id: data.flow, name: queue, entrypoint: "f.ts:x", path: "/code", work_queue_name: queue };
    const { id: deployment } = await send("POST", "/deployments/", made);
    const { id: run } = await send("POST", `/deployments/${deployment}/create_flow_run`, {});
    return { run, deployment };
  }

  test(
    "is told again as soon as an agent asks its queue, on the pages of its deployment and queue too",
    async () => {
      const { open, page, faults, world, list } = shared;
      const { run, deployment } = await makeDue("first-agent");
      const [queue] = await list<{ id: string }>("/work_queues/filter", {
        work_queues: { name: { any_: ["first-agent"] } },
      });
      const asks = () => world.send("POST", `/work_queues/${queue?.id}/get_runs`, {});
      await open(`/deployments/deployment/${deployment}`);
      await page.getByText(/^No agent listens to the work queue 'first-agent'/).waitFor();
      const other = await world.openPage();
      await other.open(`/flow-runs/flow-run/${run}`);
      await other.page.getByText("No agent has ever asked work queue 'first-agent'").waitFor();
      const polls: string[] = [];
      other.page.on("request", (request) => polls.push(request.url()));
      await asks();
      await other.page.getByText(/^An agent asks work queue 'first-agent', and should take it now\.$/).waitFor();
      await page.getByText(/^No agent listens to the work queue 'first-agent'/).waitFor({ state: "detached" });
      expect(polls.filter((url) => url.endsWith("/story"))).toHaveLength(1);
      expect([...faults(), ...other.faults()]).toEqual([]);
      await other.close();
    },
    LIMIT,
  );

  test(
    "is read again at the moment until which the server's answer holds",
    async () => {
      const { world } = shared;
      const { run } = await makeDue("time-alone");
      const { page, open, faults, close } = await world.openPage();
      await page.route(
        `**/orch/flow_runs/${run}/story`,
        async (route) => {
          const answer = await route.fetch();
          const story = (await answer.json()) as { waiting: object };
          const valid_until = toTimestamp(Date.now() + 2_000);
          const waiting = {
            ...story.waiting,
            code: "agent_soon",
            sentence: "An agent should take it now.",
            valid_until,
          };
          await route.fulfill({ response: answer, json: { ...story, waiting } });
        },
        { times: 1 },
      );
      await open(`/flow-runs/flow-run/${run}`);
      await page.getByText("An agent should take it now.").waitFor();
      await page.getByText("No agent has ever asked work queue 'time-alone'").waitFor();
      expect(faults()).toEqual([]);
      await close();
    },
    LIMIT,
  );
});

describe("a queue", () => {
  test("is silent by the server's rule, as of when it was read", () => {
    const at = Date.parse("2026-11-27T12:00:00.000Z");
    const polled = toTimestamp(at);
    expect(isSilent(null, at)).toBe(true);
    expect([74_999, 75_000, 75_001].map((after) => isSilent(polled, at + after))).toEqual([false, false, true]);
    expect(nextSilence([null, polled], at + 10)).toBe(at + 75_001);
    expect(nextSilence([null, polled], at + 75_001)).toBeUndefined();
  });
});
