// The entry: hands the words of the command line to the CLI, and its answer to the shell. What runs user code is not
// awaited: while the entry waits, the runtime does not say when it is idle (src/lib/process/idle.ts).
import { userOutputTaken } from "#lib/process/user-output.ts";

const words = process.argv.slice(2);

async function leave(code: number): Promise<void> {
  process.exitCode = code; // where nothing is left that could end it
  await userOutputTaken();
  process.exit(code);
}

if (words[0] === "--version" || words[0] === "-v") {
  const { VERSION_LINE } = await import("#cli/version/version.ts");
  const io = (await import("#cli/terminal/terminal.ts")).terminal();
  io.out(VERSION_LINE);
  process.exit(io.hasLostOutput() ? 1 : 0);
} else {
  if (process.env["ORCH__RUNS_SCRIPTS"]) (await import("#cli/user-code/become-bun.ts")).becomeBunForScripts(words);
  const { terminal } = await import("#cli/terminal/terminal.ts");
  if (words[0] === "engine" && words[1] === "--spare") {
    const { spareEngine } = await import("#cli/spare-engine.ts");
    spareEngine(terminal()).then(leave);
  } else if (words[0] === "engine") {
    const { engine } = await import("#cli/engine.ts");
    engine(words.slice(1), terminal()).then(leave);
  } else if (words[0] === "__complete") {
    const { complete } = await import("#cli/complete/complete.ts");
    process.exit(await complete(words.slice(1), terminal()));
  } else if (words[0] === "__describe") {
    const { describe } = await import("#cli/dev/describe.ts");
    describe(words.slice(1), terminal()).then(leave);
  } else {
    const { run } = await import("#cli/run.ts");
    run(words, terminal()).then(leave);
  }
}
