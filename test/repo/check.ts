// `bun run check`: format and lint, types, tests. `bun run check --slow`: the suites that take minutes instead.
// The last line is always `N passed, N failed`; a failed lint or type check counts as one failure.
const SLOW_SUITES = [
  "test/faults",
  "test/compat",
  "test/fuzz",
  "test/ui",
  "test/packages",
  "test/stores",
  "test/engines",
  "test/kubernetes",
  "test/release",
];
const NOT_FOR_CHECK = [...SLOW_SUITES, "test/bench/results"];

const slow = process.argv.includes("--slow");

/** A runner is silent while tests pass: a person sees that it goes on. */
const TICK_MILLISECONDS = slow ? 30_000 : 2500;

interface Tally {
  passed: number;
  failed: number;
}

async function run(command: string[], name: string): Promise<{ code: number; output: string }> {
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "pipe", stdin: "ignore" });
  const begun = Bun.nanoseconds();
  const seconds = () => Math.round((Bun.nanoseconds() - begun) / 1e9);
  const ticking = setInterval(() => console.log(`${name}… ${seconds()} s`), TICK_MILLISECONDS);
  const [out, err] = await Promise.all([echo(child.stdout, process.stdout), echo(child.stderr, process.stderr)]);
  clearInterval(ticking);
  return { code: await child.exited, output: out + err };
}

async function echo(stream: ReadableStream<Uint8Array>, to: NodeJS.WriteStream): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    to.write(chunk);
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

async function step(name: string, command: string[]): Promise<Tally> {
  const { code } = await run(command, name);
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name}`);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
}

/** Runs test files and reads the runner's own closing counts. A runner that dies without them is a failure. */
async function suite(args: string[]): Promise<Tally> {
  const { code, output } = await run(["bun", "test", "--only-failures", ...args], slow ? "slow suites" : "tests");
  const passed = Number(/^\s*(\d+) pass$/m.exec(output)?.[1] ?? 0);
  const failed = Number(/^\s*(\d+) fail$/m.exec(output)?.[1] ?? 0);
  repeatFailures(output);
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

/** Prints each failed test again, with the lines before it, where a reader of the end of a long run finds it. */
function repeatFailures(output: string): void {
  const lines = output.split("\n");
  for (const [index, line] of lines.entries()) {
    if (line.startsWith("(fail)")) console.log(`\n${lines.slice(Math.max(0, index - 25), index + 1).join("\n")}`);
  }
}

const tallies = slow
  ? [await suite(["--timeout=600000", ...SLOW_SUITES.map((folder) => `./${folder}`)])]
  : [
      await step("format and lint", ["biome", "check", "--error-on-warnings", "."]),
      await step("types", ["tsc", "-p", "."]),
      await suite([
        "--parallel=2",
        "--timeout=120000", // for what hangs; on a machine under load all else may take ten times as long
        ...NOT_FOR_CHECK.map((dir) => `--path-ignore-patterns=${dir}/**`),
      ]),
    ];

const total = tallies.reduce((sum, tally) => ({
  passed: sum.passed + tally.passed,
  failed: sum.failed + tally.failed,
}));
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
console.log(`${total.passed} passed, ${total.failed} failed`);
