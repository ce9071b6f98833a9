import { expect, test } from "bun:test";
import { progressLine, untilInterrupted, withUploadProgress } from "#cli/deployment/build/upload-progress.ts";
import { manualClock } from "../clock.ts";

const MB = 1024 * 1024;

test("the line has files and bytes, and after a second how fast it is and how long it will take", () => {
  const all = { files: 10, bytes: 400 * MB };
  const cases: [files: number, bytes: number, millis: number, line: string][] = [
    [3, 20 * MB, 999, "Uploading: 3 of 10 files, 20.0 MB of 400.0 MB"],
    [3, 20 * MB, 10_000, "Uploading: 3 of 10 files, 20.0 MB of 400.0 MB, 2.0 MB/s, 4 min left"],
    [9, 399 * MB, 400_000, "Uploading: 9 of 10 files, 399.0 MB of 400.0 MB, 1021.4 KB/s, 2 s left"],
    [0, 1024, 1_000, "Uploading: 0 of 10 files, 1.0 KB of 400.0 MB, 1.0 KB/s, 113 h 47 min left"],
    [0, 0, 5_000, "Uploading: 0 of 10 files, 0 B of 400.0 MB"],
    [10, 400 * MB, 2_000, "Uploading: 10 of 10 files, 400.0 MB of 400.0 MB, 200.0 MB/s, 0 s left"],
  ];
  for (const [files, bytes, millis, line] of cases) expect(progressLine({ files, bytes }, all, millis)).toBe(line);
});

test("the rate counts from the begin of the upload", async () => {
  const clock = manualClock();
  const lines: string[] = [];
  clock.advance(1000);
  await withUploadProgress({ progress: (line) => lines.push(line) }, clock, async (onProgress) => {
    clock.advance(2);
    onProgress({ files: 0, bytes: 4 * MB }, { files: 1, bytes: 8 * MB });
  });
  expect(lines).toEqual(["Uploading: 0 of 1 files, 4.0 MB of 8.0 MB, 2.0 MB/s, 2 s left", ""]);
});

test("a first interrupt aborts the upload with a sentence, and no listener is left", async () => {
  const before = process.listenerCount("SIGINT");
  const stopped = untilInterrupted(async (signal) => {
    process.emit("SIGINT");
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    signal.throwIfAborted();
  });
  await expect(stopped).rejects.toMatchObject({ exitCode: 130, message: expect.stringContaining("was stopped") });
  expect(process.listenerCount("SIGINT")).toBe(before);
});
