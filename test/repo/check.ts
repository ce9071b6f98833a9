// `bun run check`: format and lint, types, tests. `bun run check --slow`: the suites that take minutes instead.
// The last line is always `N passed, N failed`; a failed lint or type check counts as one failure.
const BROWSER_SUITE = "test/ui";
/**
 * One part after the other; the lanes of a part run beside each other. Faults have the machine to themselves, as they are timed against
 * deaths. The lanes wait for different servers most of the time, and all that makes Python environments in the cache is in one of them.
 */
const SLOW_PARTS = [
  [["test/faults"]],
  [
    ["test/compat", "test/stores", "test/fuzz"],
    ["test/packages", "test/engines", "test/kubernetes", "test/release"],
  ],
];
const NOT_FOR_CHECK = [...SLOW_PARTS.flat(2), BROWSER_SUITE, "test/bench/results"];

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

interface Outcome extends Tally {
  output: string;
}

/** Runs test files and reads the runner's own closing counts. A runner that dies without them is a failure. */
async function suite(args: string[]): Promise<Outcome> {
  const { code, output } = await run(["bun", "test", "--only-failures", ...args], slow ? "slow suites" : "tests");
  const passed = Number(/^\s*(\d+) pass$/m.exec(output)?.[1] ?? 0);
  const failed = Number(/^\s*(\d+) fail$/m.exec(output)?.[1] ?? 0);
  repeatFailures(output);
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, output };
}

const SLOW_LIMIT = "--timeout=600000";
/** Of files run again: more than this is no accident of one moment. */
const MOST_AGAIN = 3;

/**
 * The tests in the browser. Their page, the browser's own processes and the server share two cores, so a few files with failures are run
 * once more, each in a fresh browser: a test that fails twice fails, and one that fails once is named, to be mended.
 * Playwright's own projects do the same on CI (`retries: 2`).
 */
async function browserSuite(): Promise<Tally> {
  const first = await suite([SLOW_LIMIT, `./${BROWSER_SUITE}`]);
  const { files, names } = failuresIn(first.output);
  if (first.failed === 0 || names.length !== first.failed || files.length > MOST_AGAIN) return first;
  console.log(`Once more, as tests in them failed: ${files.join(", ")}`);
  const again = await suite([SLOW_LIMIT, ...files.map((file) => `./${file}`)]);
  const stillFailing = failuresIn(again.output).names;
  for (const name of names)
    if (!stillFailing.includes(name)) console.log(`FAILED ONCE, passed when run again: ${name}`);
  return { passed: first.passed + first.failed - again.failed, failed: again.failed };
}

/** The failed tests of a run, and the files they are in, each once: the runner lists them again at its end, without files. */
function failuresIn(output: string): { files: string[]; names: string[] } {
  const files = new Set<string>();
  const names: string[] = [];
  let file = "";
  for (const line of output.split("\n")) {
    if (/^\d+ tests? failed:$/.test(line)) break;
    file = /^(\S+\.test\.tsx?):$/.exec(line)?.[1] ?? file;
    const name = /^\(fail\) (.*?)( \[[\d.]+m?s\])?$/.exec(line)?.[1];
    if (name === undefined) continue;
    files.add(file);
    names.push(`${file}: ${name}`);
  }
  return { files: [...files], names };
}

/** Prints each failed test again, with the lines before it, where a reader of the end of a long run finds it. */
function repeatFailures(output: string): void {
  const lines = output.split("\n");
  for (const [index, line] of lines.entries()) {
    if (line.startsWith("(fail)")) console.log(`\n${lines.slice(Math.max(0, index - 25), index + 1).join("\n")}`);
  }
}

async function slowSuites(): Promise<Tally[]> {
  const tallies: Tally[] = [];
  for (const lanes of SLOW_PARTS) {
    const side = lanes.map((folders) => suite([SLOW_LIMIT, ...folders.map((folder) => `./${folder}`)]));
    tallies.push(...(await Promise.all(side)));
  }
  return [...tallies, await browserSuite()];
}

const tallies: Tally[] = slow
  ? await slowSuites()
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
