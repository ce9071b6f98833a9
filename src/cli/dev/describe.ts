// `orch __describe FILE EXPORT`: what a flow file says of a flow, and which files it is made of. A process of its own for each
// look: a file that was imported once stays as it was for as long as its process lives.
import { messageOf } from "#lib/errors.ts";
import type { FlowDescription } from "#project/flow-source.ts";
import { loadSettings } from "#settings/load.ts";
import { openFlowSource } from "../flow-source.ts";
import type { Io } from "../kit/command.ts";

/** What `orch dev` takes from a flow: all else is the deployment file's. */
export type Described = Pick<FlowDescription, "name" | "version" | "schema">;

export interface Answer {
  /** Without it there is a problem. */
  flow?: Described;
  /** A sentence. */
  problem?: string;
  /** Absolute paths of the modules that were loaded, those of packages left out. */
  files: string[];
}

/** Before the answer, which is the last line: what the file prints comes first. */
export const ANSWER_MARK = "\u001eorch ";

export async function describe([file = "", exportName = ""]: readonly string[], io: Pick<Io, "out" | "env">) {
  io.out(ANSWER_MARK + JSON.stringify(await answerFor(file, exportName, io)));
  return 0;
}

async function answerFor(file: string, exportName: string, io: Pick<Io, "env">): Promise<Answer> {
  let files: string[] = [];
  const onFiles = (found: string[]) => {
    files = found;
  };
  try {
    const { settings } = loadSettings(io.env);
    const options = { settings, folder: process.cwd(), env: io.env, note: () => {}, onFiles };
    const source = await openFlowSource(file, options);
    return { flow: await source.read(file, exportName), files: [...files, ...loadedFiles()] };
  } catch (error) {
    return { problem: messageOf(error), files: [...files, ...loadedFiles()] };
  }
}

function loadedFiles(): string[] {
  return Object.keys(require.cache).filter(
    (path) => path.startsWith("/") && !/\/node_modules\/|\/\$bunfs\//.test(path),
  );
}
