// `orch work-pool inspect`.
import { withApi } from "../api.ts";
import { showInspected } from "../details/show.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { NAME_OPTION, workPoolNamed } from "./named.ts";

export const inspect = command({
  description: "Show a work pool.",
  examples: ["orch work-pool inspect my-pool", "orch work-pool inspect my-pool --json"],
  options: { ...NAME_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const pool = await withApi(loaded.settings, ({ client }) => workPoolNamed(client, options.name));
    showInspected({ title: `Work pool '${pool.name}'`, record: pool, leaveOut: ["name"] }, options, io);
  },
});
