// What a terminal gets, byte by byte: the colours of orch and no others, and a question that is drawn once.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { resolve } from "node:path";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox();
beforeAll(async () => {
  await sandbox.orch(["work-queue", "create", "paused"]);
});
afterAll(() => sandbox.close());

/** `keys` are typed when the question is there. */
async function onTerminal(words: readonly string[], env: Record<string, string>, question?: RegExp, keys = "") {
  let shown = "";
  const ended = Promise.withResolvers<void>();
  const decoder = new TextDecoder();
  const child = Bun.spawn([resolve("dist/orch"), ...words], {
    cwd: sandbox.folder,
    env: { HOME: sandbox.home, PATH: sandbox.path, ...env },
    terminal: {
      cols: 80,
      rows: 24,
      data(terminal, chunk) {
        const before = question?.test(shown);
        shown += decoder.decode(chunk, { stream: true });
        if (!before && question?.test(shown)) terminal.write(keys);
      },
      exit: () => ended.resolve(),
    },
  });
  const code = await child.exited;
  child.terminal?.close();
  await ended.promise;
  return { code, shown };
}

const ERROR = "Variable 'x' not found. 'orch variable ls' lists what is there.\r\n";
const ESCAPE = "\x1b";
const CASES: [env: Record<string, string>, shown: string][] = [
  [{ TERM: "xterm" }, `${ESCAPE}[31m${ERROR.replace("\r\n", "")}${ESCAPE}[39m\r\n`],
  [{ TERM: "dumb" }, ERROR],
  [{ TERM: "xterm", NO_COLOR: "1" }, ERROR],
  [{ TERM: "xterm", FORCE_COLOR: "0" }, ERROR],
];
for (const [env, shown] of CASES) {
  test(`C24: an error with ${JSON.stringify(env)}`, async () => {
    expect(await onTerminal(["variable", "inspect", "x"], env)).toEqual({ code: 1, shown });
  });
}

test("C24: what is no error is not red", async () => {
  const { shown } = await onTerminal(["deployment", "ls"], { TERM: "xterm", TZ: "Mars/Base" });
  expect(shown).toStartWith(`${ESCAPE}[33m`);
  expect(shown).not.toContain(`${ESCAPE}[31m`);
});

test("a question that is answered with Return is there once, and means no", async () => {
  const { code, shown } = await onTerminal(["work-queue", "delete", "paused"], { TERM: "xterm" }, /Yes.*No/, "\r");
  expect(code).toBe(1);
  expect(shown).toContain("Deletion aborted.");
  expect(linesOf(shown).filter((line) => line.includes("Delete work queue"))).toHaveLength(1);
});

const withoutColours = (text: string) => text.replaceAll(new RegExp(`${ESCAPE}\\[3\\dm`, "g"), "");

const PLAIN: Record<string, string>[] = [
  { TERM: "dumb" },
  { TERM: "xterm", NO_COLOR: "1" },
  { TERM: "dumb", FORCE_COLOR: "1" },
];
for (const env of PLAIN) {
  const name = `C24: with ${JSON.stringify(env)}`;
  for (const keys of ["\r", "n\r", "\x04", "\x03"]) {
    test(`${name}, a question is a plain line that ${JSON.stringify(keys)} answers with no`, async () => {
      const { code, shown } = await onTerminal(["work-queue", "delete", "paused"], env, /\[y\/N\] /, keys);
      expect(shown).toStartWith("Delete work queue 'paused'? [y/N] ");
      expect(withoutColours(shown)).toEndWith("\r\nDeletion aborted.\r\n");
      expect(withoutColours(shown)).not.toContain(ESCAPE);
      expect(code).toBe(1);
    });
  }

  test(`${name}, a secret is asked for on a plain line and not shown`, async () => {
    const words = ["block", "create", "secret", "--name", `s${PLAIN.indexOf(env)}`, "--field", "value=-"];
    const { code, shown } = await onTerminal(words, env, /not shown\): /, "s3crex\x7ft\r");
    const text = withoutColours(shown);
    expect(text).toStartWith("The value of 'value' (it is not shown): \r\nMade the block ");
    expect([code, text.includes("s3cre"), text.includes(ESCAPE)]).toEqual([0, false, false]);
  });
}

test("C24: a plain question is answered with yes", async () => {
  await sandbox.orch(["work-queue", "create", "gone"]);
  const { code } = await onTerminal(["work-queue", "delete", "gone"], { TERM: "dumb" }, /\[y\/N\] /, "Yes\r");
  expect([code, (await sandbox.orch(["work-queue", "inspect", "gone"])).code]).toEqual([0, 1]);
});

test("what follows Ctrl-C begins on a new line", async () => {
  const { code, shown } = await onTerminal(
    ["server", "start", "--port", "0"],
    { TERM: "xterm" },
    /web UI at \S+\r\n/,
    "\x03",
  );
  expect([code, shown.slice(shown.indexOf("^C"))]).toEqual([0, "^C\r\nServer stopped!\r\n"]);
});

/** A sequence, with its number and its letter, or a character. */
const PIECES = new RegExp(`${ESCAPE}\\[\\??([\\d;]*)([A-Za-z])|[^]`, "g");

/** The lines that are left on the screen: what moves up, or clears below, does so here. */
function linesOf(shown: string): string[] {
  const lines: string[] = [""];
  let row = 0;
  let column = 0;
  for (const [part = "", count = "", letter = ""] of shown.matchAll(PIECES)) {
    const steps = Number(count || 1);
    if (letter === "A") row = Math.max(0, row - steps);
    else if (letter === "B") row += steps;
    else if (letter === "G") column = steps - 1;
    else if (letter === "D") column = Math.max(0, column - (steps > 500 ? column : steps));
    else if (letter === "J") lines.length = row + 1;
    if (letter === "J" || letter === "K") lines[row] = (lines[row] ?? "").slice(0, column);
    else if (part === "\r") column = 0;
    else if (part === "\n") row += 1;
    else if (letter === "") {
      lines[row] = (lines[row] ?? "").padEnd(column).slice(0, column) + part;
      column += 1;
    }
  }
  return Array.from(lines, (line) => line ?? "");
}
