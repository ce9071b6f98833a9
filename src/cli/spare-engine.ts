// `orch engine --spare`: loads what every flow run needs, waits for a run on standard input, executes it. Agents start it
// ahead of time. The wait is a blocking read, so that an idle process uses no CPU; when the agent is gone, the read ends.
import { readSync } from "node:fs";
import { RUN_VARIABLES, type SpareOrder } from "#infrastructure/engine-processes.ts";
import { messageOf } from "#lib/errors.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import { engine } from "./engine.ts";
import type { Io } from "./kit/command.ts";

const INPUT = 0;

/** The exit code: that of the run; 0 when there was none, 2 for an order that cannot be read. */
export async function spareEngine(io: Pick<Io, "out" | "err" | "env">): Promise<number> {
  await preload();
  const line = readOrder();
  if (line === "") return 0;
  const order = orderIn(line);
  if (!order) {
    io.err("A spare engine reads one line of JSON with 'environment' and 'folder'. Run a flow with 'orch flow run'.");
    return 2;
  }
  const { environment, folder } = order;
  try {
    process.chdir(folder);
  } catch (error) {
    io.err(`The folder '${folder}' cannot be entered: ${messageOf(error)}`);
    return 1;
  }
  for (const name of RUN_VARIABLES) delete process.env[name];
  Object.assign(process.env, environment);
  return engine([], io);
}

/** What the engine loads on first use in nearly every run. */
async function preload(): Promise<void> {
  await Promise.all([
    import("#domain/parameters/parameters.ts"),
    import("#lib/files/run-folder.ts"),
    import("#project/load-flow.ts"),
    import("#project/snapshots/snapshot-use.ts"),
    import("#storage/local.ts"),
    import("node:util"),
  ]);
}

function orderIn(line: string): SpareOrder | undefined {
  const { environment, folder } = Object(tryParseJson(line)) as Partial<Record<keyof SpareOrder, unknown>>; // looked at next
  if (!isObject(environment) || typeof folder !== "string") return undefined;
  return { environment: environment as Record<string, string>, folder }; // written by the agent, from its own variables
}

/** One line, or an empty text when the input ends before it does. */
function readOrder(): string {
  const chunk = new Uint8Array(4096);
  const decoder = new TextDecoder();
  for (let text = ""; ; ) {
    const length = readSync(INPUT, chunk);
    if (length === 0) return "";
    text += decoder.decode(chunk.subarray(0, length), { stream: true });
    if (text.endsWith("\n")) return text;
  }
}
