// `orch server database reset`: by the server of this home when it is running, so that it knows; else in this process.
import { clearDatabase } from "#wire/admin.ts";
import { withApi } from "../api.ts";
import { command } from "../kit/command.ts";
import { listeningServer } from "../server/running-server.ts";
import { confirmed, YES_OPTION } from "../terminal/confirm.ts";
import { aloneInHome, existingDatabase } from "./home-database.ts";

export const reset = command({
  description:
    "Delete everything in the database of this home folder: flows, deployments, runs, logs, blocks and the rest.",
  examples: ["orch server database reset", "orch server database reset --yes"],
  options: { ...YES_OPTION },
  async run({ options, io, loaded }) {
    const { path } = existingDatabase(loaded.settings);
    await confirmed(io, options, `Delete everything in '${path}'?`, "The database was not reset.");
    // The database of the home, also when another server is talked to.
    const clear = () =>
      withApi({ ...loaded.settings, ORCH_API_URL: null }, ({ client }) =>
        client.call(clearDatabase, { body: { confirm: true } }),
      );
    const isServed = (await listeningServer(loaded.settings.ORCH_HOME)) !== undefined;
    const alone = { work: "orch server database reset", why: "It would not know." };
    await (isServed ? clear() : aloneInHome(loaded.settings, alone, clear));
    io.out(io.paint.good(`The database '${path}' was reset.`));
  },
});
