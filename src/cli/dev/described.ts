// Asks a process of its own what a flow file says (describe.ts). Whatever the file does there, it does not do it here.
import { parseJson } from "#lib/json.ts";
import { withoutServerVariables } from "#settings/table.ts";
import type { Io } from "../kit/command.ts";
import { ownCommand } from "../kit/own-command.ts";
import { ANSWER_MARK, type Answer } from "./describe.ts";

/** A file that waits for something at its top level would hold up all others. */
const MOST_SECONDS = 10;

export interface DescribeOptions {
  folder: string;
  env: Io["env"];
  /** Ends the process. */
  signal: AbortSignal;
  mostSeconds?: number;
}

export type Describe = (file: string, exportName: string) => Promise<Answer>;

export function describeInProcess({ folder, env, signal, mostSeconds = MOST_SECONDS }: DescribeOptions): Describe {
  return async (file, exportName) => {
    const child = Bun.spawn(ownCommand("__describe", file, exportName), {
      cwd: folder,
      env: withoutServerVariables(env),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
      signal,
      timeout: mostSeconds * 1000,
      killSignal: "SIGKILL",
    });
    const printed = await new Response(child.stdout).text();
    await child.exited;
    const at = printed.lastIndexOf(ANSWER_MARK);
    // Written by ourselves in that process.
    if (at !== -1) return parseJson(printed.slice(at + ANSWER_MARK.length)) as unknown as Answer;
    const ended = child.signalCode === "SIGKILL" ? `did not load within ${mostSeconds} seconds` : "ended its process";
    return { problem: `'${file}' ${ended}: code at its top level runs whenever the file is loaded.`, files: [file] };
  };
}
