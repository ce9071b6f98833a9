import { dirname, resolve } from "node:path";
import { languageOf } from "#domain/entrypoint.ts";
import { describeError } from "#engine/logs/stack.ts";
import { Interruption } from "#engine/session/interruption.ts";
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { requireReadableFile } from "#lib/files/readable-file.ts";
import { watchIdle } from "#lib/process/idle.ts";
import { importScript } from "#project/load-flow.ts";
import { engineHost } from "#sdk/host.ts";
import { readApiVersion } from "#wire/admin.ts";
import { openApi } from "../api.ts";
import { command } from "../kit/command.ts";
import { ownLog } from "../terminal/layout.ts";
import { registerUserCode } from "./user-code.ts";

export const script = command({
  description:
    "Run a TypeScript or Python program that uses orch. Flows that it calls run in its process, tracked by the API.",
  examples: [
    "orch run deploy.ts",
    "orch run report.ts 2026-11-23",
    "orch run flows/marvin.py",
    "orch run report.ts --verbose",
  ],
  passesWords: true,
  options: {
    file: { type: "positional", required: true, description: "The program." },
    args: {
      type: "positional",
      multiple: true,
      description: "Arguments of the program, as in process.argv or sys.argv.",
      mayBeEmpty: true,
    },
  },
  async run({ options, io, loaded }) {
    const { settings } = loaded;
    const args = argumentsOf(options.args as unknown as string[]); // `multiple` makes it a list
    const path = resolve(io.cwd, options.file);
    requireReadableFile(path, options.file, { hint: deploymentHint(options.file) });
    if (languageOf(path) === "python") {
      const { runPython } = await import("./python-child.ts");
      const words = [path, ...args];
      return (await runPython({ io, loaded, words, file: path, folder: dirname(path), note: io.err })).code;
    }
    const { client, close } = await openApi(settings);
    try {
      // The engine would wait for a server that is away; here a person waits for the sentence.
      await client.call(readApiVersion, {});
      registerUserCode(engineHost({ client, clock: systemClock, settings, output: (line) => io.out(ownLog(line)) }));
      Object.assign(Bun, { main: path }); // programs ask `import.meta.main`
      process.argv = ["", path, ...args];
      await ended(importScript(path).catch(withStack));
      return Number(process.exitCode ?? 0);
    } finally {
      await close();
    }
  },
});

/** A `--`, after which options are the program's own, is not needed, and is none of its arguments. */
function argumentsOf(words: readonly string[]): string[] {
  const at = words.indexOf("--");
  return at < 0 ? [...words] : words.toSpliced(at, 1);
}

/** For the name of a deployment in the place of a file. */
function deploymentHint(file: string): string {
  const isName = /^[^/.]+\/[^/.]+$/.test(file);
  return isName ? ` If it is a deployment: orch deployment run ${file}` : "";
}

/** With the lines of the program that it came by, and its causes: they are the person's own. */
function withStack(error: unknown): never {
  if (!(error instanceof OrchError) || error.cause === undefined) throw error;
  const lines = describeError(error.cause, process.cwd()).split("\n");
  const from = lines.findIndex((line) => /^(?: +at |Caused by: )/.test(line));
  const isOneOfCompiler = /^\S+:\d+:\d+: /.test(error.message); // it has its place
  if (from < 0 || isOneOfCompiler) throw error;
  throw new OrchError("invalid", [error.message, ...lines.slice(from)].join("\n"), { cause: error.cause });
}

/** Resolves when the program has nothing left to do: promises that are not awaited are part of it. Rejects when one fails. */
async function ended(program: Promise<unknown>): Promise<void> {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  const fail = (error: unknown) => {
    const text =
      error instanceof Interruption && error.cause === undefined ? error.message : describeError(error, process.cwd());
    reject(new OrchError("invalid", text, { cause: error }));
  };
  process.once("unhandledRejection", fail);
  process.on("uncaughtException", (error) => {
    // A flow that is running is reported first, and a program may have its own way.
    if (process.listenerCount("uncaughtException") === 1) fail(error);
  });
  const idle = program.then(() => new Promise<void>((resolve) => watchIdle(() => setImmediate(resolve))));
  await Promise.race([idle, failed]);
}
