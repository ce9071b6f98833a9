// `orch engine [ID]`: one flow run in this process. Agents start it, once for each run, so it takes the shortest way from
// the entry: no option parser, no command tree (5 ms of CPU for each run).
import { createClient } from "#client/client.ts";
import { httpTransport } from "#client/transport.ts";
import { runFlowRun } from "#engine/entry.ts";
import { systemClock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { markedRecord } from "#lib/process/printed-records.ts";
import { PARENT_VARIABLE } from "#lib/process/watch-parent.ts";
import { apiHost } from "#sdk/host.ts";
import { loadSettings } from "#settings/load.ts";
import type { Settings } from "#settings/table.ts";
import type { Io } from "./kit/command.ts";
import { registerUserCode } from "./user-code/user-code.ts";

/** The exit code. The run is named by the argument, or by PREFECT__FLOW_RUN_ID. */
export async function engine(words: readonly string[], io: Pick<Io, "out" | "err" | "env">): Promise<number> {
  const flowRunId = words[0] ?? io.env["PREFECT__FLOW_RUN_ID"];
  if (!flowRunId) {
    io.err("Name a flow run, or set PREFECT__FLOW_RUN_ID.");
    return 2;
  }
  try {
    const { settings } = loadSettings(io.env);
    const { client, close } = await openClient(settings);
    const output = io.env[PARENT_VARIABLE] ? (line: string) => io.out(markedRecord(line)) : io.out;
    const options = { client, flowRunId, clock: systemClock, settings, output, onTaken: end };
    const code = await runFlowRun({ ...options, register: () => registerUserCode(apiHost(async () => options)) });
    await close();
    return code;
  } catch (error) {
    io.err(messageOf(error));
    return error instanceof OrchError ? error.exitCode : 1;
  }
}

async function end(sentence: string): Promise<void> {
  (await import("#engine/process/stale.ts")).endStale(sentence);
}

/** The engine waits for a server that is away by itself: so nothing is tried again here. */
async function openClient(settings: Settings) {
  const url = settings.ORCH_API_URL;
  if (url === null) return (await import("./api.ts")).openApi(settings, { retries: 0 });
  const transport = httpTransport({ url, apiKey: settings.ORCH_API_KEY });
  const timeoutSeconds = settings.ORCH_API_REQUEST_TIMEOUT;
  return { client: createClient({ transport, clock: systemClock, timeoutSeconds, retries: 0 }), close: async () => {} };
}
