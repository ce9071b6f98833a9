// `orch server status`: whether a server of this home runs, and where. The exit code is 1 when none does.
import { readServerNote } from "#client/server-note.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { listeningServer } from "./running-server.ts";

export const serverStatus = command({
  description: "Show whether the server of this home folder is running. The exit code is 1 if it is not.",
  examples: ["orch server status", "orch server status --json"],
  options: JSON_OPTION,
  async run({ options, io, loaded: { settings } }) {
    const home = settings.ORCH_HOME;
    const url = (await listeningServer(home)) ?? null;
    const pid = url === null ? null : (readServerNote(home)?.pid ?? null);
    if (options.json) io.out(json({ running: url !== null, url, pid, home }));
    else if (url === null)
      io.out(`No server of the home '${home}' is running. Start one: orch server start --background`);
    else io.out(`${io.paint.good("The server is running")} at ${url}, as process ${pid}, with its data in ${home}`);
    return url === null ? 1 : 0;
  },
});
