// The entry: hands the words of the command line to the CLI, and its answer to the shell.
import type { Io } from "#cli/command.ts";

const words = process.argv.slice(2);

if (words[0] === "--version" || words[0] === "-v") {
  console.log((await import("#cli/version.ts")).VERSION_LINE);
} else {
  const [{ run }, { terminal }] = await Promise.all([import("#cli/run.ts"), import("#cli/terminal.ts")]);
  const io: Io = terminal();
  process.exit(await run(words, io));
}
