// The end of a container in words, and its log cut into lines.
import { expect, test } from "bun:test";
import { containerExit } from "#infrastructure/docker/exit.ts";
import { forEachLogLine } from "#infrastructure/docker/frames.ts";

const end = { name: "crow", code: 137, isOutOfMemory: false, memoryLimit: null };

test("blocks 18: memory, signals and codes are said in words", () => {
  expect(containerExit({ ...end, isOutOfMemory: true, memoryLimit: "64m" }).reason).toBe(
    "Crash detected! The container of the flow run was killed because it used more than its memory limit of 64m.",
  );
  expect(containerExit({ ...end, memoryLimit: "64m" }).reason).toContain(
    "by hand, by the system, or because it used more",
  );
  expect(containerExit(end).reason).toContain("was killed by signal SIGKILL");
  expect(containerExit({ ...end, memoryLimit: "64m", ended: "asked" }).line).toBe(
    "Container 'crow' exited with status code: 137. It did not end when its agent asked it to, and was killed by it (signal SIGKILL).",
  );
  expect(containerExit({ ...end, ended: "killed" }).reason).toContain("was killed by its agent (signal SIGKILL)");
  expect(containerExit({ ...end, code: 143, ended: "asked" }).reason).toContain("was ended by its agent");
  expect(containerExit({ ...end, code: 3 }).line).toBe(
    "Container 'crow' exited with status code: 3. It exited with status code 3.",
  );
  expect(containerExit({ ...end, code: 0 }).line).toBe("Container 'crow' exited cleanly.");
  expect(containerExit({ ...end, code: -1, isGone: true }).reason).toContain("was removed before its end was seen");
  const restarted = [137, 143, 4, 0].map((code) => containerExit({ ...end, code, wasEngineAway: true }));
  const words = (signal: string) =>
    `The container of the flow run was ended (signal ${signal}) while its engine was stopped or started again.`;
  expect(restarted.map(({ cause }) => cause)).toEqual([words("SIGKILL"), words("SIGTERM"), undefined, undefined]);
  expect(restarted[0]?.reason).toBe(`Crash detected! ${words("SIGKILL")}`);
  expect([137, 143, 4].map((code) => containerExit({ ...end, code }).cancelReason)).toEqual([
    expect.stringContaining("did not end in time"),
    expect.stringContaining("was ended (signal SIGTERM)"),
    null,
  ]);
});

function frame(stream: number, text: string): Uint8Array {
  const bytes = Buffer.from(text);
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

for (const size of [1, 3, 7, 8, 9, 1000]) {
  test(`a log that comes in pieces of ${size} bytes is the same lines`, async () => {
    const whole = Buffer.concat([frame(1, "a\nü"), frame(2, "err\n"), frame(1, ""), frame(1, "b\n"), frame(2, "rest")]);
    const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, n) =>
      whole.subarray(n * size, (n + 1) * size),
    );
    const lines: string[] = [];
    const log = new ReadableStream<Uint8Array>({
      start(to) {
        for (const piece of pieces) to.enqueue(piece);
        to.close();
      },
    });
    await forEachLogLine(log, (line) => lines.push(line));
    expect(lines).toEqual(["a", "err", "üb", "rest"]);
  });
}
