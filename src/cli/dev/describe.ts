// `orch __describe FILE EXPORT`: what a flow file says of a flow, and which files it is made of. A process of its own for each
// look: a file that was imported once stays as it was for as long as its process lives.
import { messageOf } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import { signatureOfFlow } from "#project/flow-signature.ts";
import { fileVersion, loadFlow } from "#project/load-flow.ts";
import { loadSettings } from "#settings/load.ts";
import { hostForFiles } from "../api.ts";
import type { Io } from "../command.ts";
import { registerUserCode } from "../user-code.ts";

export interface Description {
  /** The flow's name. */
  name: string;
  version: string;
  schema: JsonObject;
}

export interface Answer {
  /** Without it there is a problem. */
  flow?: Description;
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
  try {
    const files = hostForFiles(loadSettings(io.env).settings);
    registerUserCode(files.host);
    const { flow, name } = await loadFlow(file, exportName).finally(files.close);
    const { schema, version } = await signatureOfFlow(flow, file, exportName, () => {});
    const described = { name, schema, version: flow.options.version ?? version ?? (await fileVersion(file)) };
    return { flow: described, files: loadedFiles() };
  } catch (error) {
    return { problem: messageOf(error), files: loadedFiles() };
  }
}

function loadedFiles(): string[] {
  return Object.keys(require.cache).filter(
    (path) => path.startsWith("/") && !/\/node_modules\/|\/\$bunfs\//.test(path),
  );
}
