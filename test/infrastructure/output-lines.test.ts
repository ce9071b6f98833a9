// Output in whole lines, however its bytes arrive.
import { expect, test } from "bun:test";
import { forEachLine } from "#infrastructure/output-lines.ts";

async function linesOf(chunks: (string | Uint8Array)[]): Promise<string[]> {
  const lines: string[] = [];
  const bytes = chunks.map((chunk) => (typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk));
  await forEachLine(new Response(streamOf(bytes)).body ?? streamOf([]), (line) => lines.push(line));
  return lines;
}

function streamOf(chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

const euro = new TextEncoder().encode("€\n");

const CASES: [what: string, chunks: (string | Uint8Array)[], lines: string[]][] = [
  ["nothing is no line", [], []],
  ["one chunk, several lines", ["a\nb\n"], ["a", "b"]],
  ["a line in pieces", ["a", "b", "c\nd", "\n"], ["abc", "d"]],
  ["empty lines are lines", ["\n\na\n"], ["", "", "a"]],
  ["a last line without an end", ["a\nb"], ["a", "b"]],
  ["a character cut in two", [euro.slice(0, 1), euro.slice(1)], ["€"]],
];
for (const [what, chunks, lines] of CASES) {
  test(what, async () => expect(await linesOf(chunks)).toEqual(lines));
}

test("a line of 16 MiB comes in pieces, and takes no time to speak of", async () => {
  const chunk = "x".repeat(1 << 16);
  const lines = await linesOf(Array(256).fill(chunk));
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.join("")).toHaveLength(256 << 16);
});

test("the pieces of a long line are told from lines", async () => {
  const handed: [length: number, isRest: boolean | undefined][] = [];
  const text = `a\n${"x".repeat(3 << 20)}\nb\n`;
  const chunks = text.match(/.{1,65536}|\n/g) ?? [];
  await forEachLine(streamOf(chunks.map((chunk) => new TextEncoder().encode(chunk))), (line, isRest) =>
    handed.push([line.length, isRest]),
  );
  expect(handed.map(([, isRest]) => isRest)).toEqual([undefined, undefined, true, true, undefined]);
  expect(handed.reduce((sum, [length]) => sum + length, 0)).toBe(2 + (3 << 20));
});
