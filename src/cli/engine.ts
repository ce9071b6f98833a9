// `orch engine [ID]`: one flow run in this process. Agents start it, once for each run: every import here costs.
import { systemClock } from "#lib/clock.ts";
import { command, UsageError } from "./command.ts";

export const engine = command({
  description: "Execute a flow run in this process.",
  options: {
    id: { type: "positional", required: false, description: "The run's id. Default: PREFECT__FLOW_RUN_ID." },
  },
  async run({ options, io, loaded }) {
    const flowRunId = options.id ?? io.env["PREFECT__FLOW_RUN_ID"];
    if (!flowRunId) throw new UsageError("Name a flow run, or set PREFECT__FLOW_RUN_ID.");
    const [{ openApi }, { runFlowRun }, { registerSdk }] = await Promise.all([
      import("./api.ts"),
      import("#engine/entry.ts"),
      import("#sdk/register.ts"),
    ]);
    // The engine waits for a server that is away by itself.
    const api = await openApi(loaded.settings, { retries: 0 });
    const code = await runFlowRun({
      client: api.client,
      flowRunId,
      clock: systemClock,
      settings: loaded.settings,
      output: io.out,
      register: () => registerSdk(),
    });
    await api.close();
    return code;
  },
});
