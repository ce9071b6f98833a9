// `orch dev`: server and agents in one process, with the deployment files of a folder applied, and applied again when
// something is saved.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { command } from "../kit/command.ts";
import { MOST_PORT, wholeNumber } from "../options/numbers.ts";
import { deploymentFiles } from "./project.ts";

export const dev = command({
  description:
    "Run a server and an agent for the project in a folder, and apply its deployment files whenever they change.",
  examples: ["orch dev", "orch dev my-flows --port 0"],
  options: {
    folder: { type: "positional", required: false, description: "The folder. Default: this one." },
    port: {
      type: "string",
      description: "Port to listen on; 0 picks a free one. Default: ORCH_SERVER_API_PORT, 4200.",
    },
  },
  async run({ options, io, loaded }) {
    const folder = resolve(io.cwd, options.folder ?? ".");
    const { settings } = loaded;
    const port = wholeNumber("--port", options.port, 0, MOST_PORT) ?? settings.ORCH_SERVER_API_PORT;
    refuseEmpty(folder);
    const [{ startApp }, { openApi }, { watchInterrupts }, { createAgents }, { openFollowing }, { undoLeft }] =
      await Promise.all([
        import("../server/running-app.ts"),
        import("../api.ts"),
        import("../terminal/interrupts.ts"),
        import("./agents.ts"),
        import("./following.ts"),
        import("./undo.ts"),
      ]);
    const interrupts = watchInterrupts();
    const host = settings.ORCH_SERVER_API_HOST;
    const beforeServices = (client: Client) =>
      undoLeft(client, settings.ORCH_HOME, (line) => io.err(io.paint.warn(line)));
    const server = await startApp({ settings, host, port, services: true, ui: true, log: io.err, beforeServices });
    const url = `${server.listener.url}/api`;
    io.out(`orch is running at ${server.listener.url}. Ctrl-C stops it.`);
    try {
      const { client, apiKey } = await openApi({ ...settings, ORCH_API_URL: url }, { retries: 0 });
      const agents = createAgents({ client, url, apiKey, loaded, io, interrupts });
      const following = openFollowing({ folder, settings, client, io, onQueue: agents.serve });
      following.start();
      await Promise.race([interrupts.first, agents.failed]);
      await following.stop();
      await agents.ended();
    } finally {
      await server.stop();
      interrupts.remove();
    }
    io.out("Stopped.");
  },
});

/** What is there is looked at later, and again and again: there has to be something. */
function refuseEmpty(folder: string): void {
  if (!existsSync(folder)) throw new OrchError("invalid", `There is no folder '${folder}'.`);
  if (deploymentFiles(folder).length > 0) return;
  const sentence = `There is no deployment file in '${folder}'. 'orch init' writes a project that has one;`;
  throw new OrchError("invalid", `${sentence} 'orch deployment build -n NAME FILE:FLOW' makes one for a flow.`);
}
