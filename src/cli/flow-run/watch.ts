// `orch flow-run watch`.
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { flowRunNamed, RUN_OPTION } from "./named.ts";
import { returnedBy, withResult } from "./result.ts";
import { exitCodeOf, watchRun } from "./watch-run.ts";

export const watch = command({
  description: "Follow a flow run until it ends. The exit code is 0 if it completed, else 1.",
  examples: ["orch flow-run watch last", "orch flow-run watch quiet-owl --json"],
  options: { ...RUN_OPTION, ...JSON_OPTION },
  run: ({ options, io, loaded: { settings } }) =>
    withApi(settings, async ({ client }) => {
      const run = await flowRunNamed(client, options.run);
      const last = await watchRun(client, run, io, { say: options.json ? io.err : io.out });
      const returned = await returnedBy(last, { client, settings });
      if (options.json) io.out(json(withResult(last, returned)));
      else if (returned) io.out(`Returned ${returned.text}`);
      return exitCodeOf(last);
    }),
});
