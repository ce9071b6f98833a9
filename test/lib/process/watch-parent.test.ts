// A child notices that its agent is gone, whether it is the agent's own child or a script stands in between.
import { expect, test } from "bun:test";
import { PARENT_VARIABLE, watchParent } from "#lib/process/watch-parent.ts";
import { lineRecorder } from "../../infrastructure/line-recorder.ts";

async function agentWith(child: string) {
  const agent = Bun.spawn([process.execPath, `${import.meta.dir}/watch-parent-child.ts`], {
    env: { ...process.env, CHILD: child },
    stdout: "pipe",
  });
  const lines = lineRecorder();
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of agent.stdout) for (const line of decoder.decode(chunk).split("\n")) lines.add(line);
  })();
  await lines.until(/watching/);
  return { agent, lines, reading };
}

for (const child of ["child", "in-between"]) {
  test(`the ${child} of a living agent goes on, that of a killed one is told`, async () => {
    const { agent, lines, reading } = await agentWith(child);
    expect(lines.all).not.toContain("gone");
    agent.kill("SIGKILL");
    await lines.until(/gone/);
    // The script in between watches nobody: it has to be ended.
    const between = /in-between (\d+)/.exec(lines.all.join("\n"))?.[1];
    if (between) process.kill(Number(between), "SIGKILL");
    await reading;
  });
}

test("who was not started by an agent is left alone", async () => {
  expect(process.env[PARENT_VARIABLE]).toBeUndefined();
  const stop = watchParent(() => expect.unreachable());
  await new Promise((resolve) => setImmediate(resolve));
  stop();
});
