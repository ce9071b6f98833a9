// `orch __api`: the API for one other process, which started this one and holds its standard input open. Prints where it
// is and the key made for it, then serves until that pipe closes.
import { randomBytes } from "node:crypto";
import { command } from "../kit/command.ts";

export const privateApi = command({
  description: "The API for the process that started this one.",
  options: {},
  async run({ io, loaded }) {
    const apiKey = randomBytes(24).toString("hex");
    const settings = { ...loaded.settings, ORCH_SERVER_API_KEY: apiKey };
    const [{ openApp }, { serve }] = await Promise.all([import("../server/app.ts"), import("#server/serve.ts")]);
    const { app, close } = await openApp(settings, { services: false, log: io.err });
    const listener = serve(app, { host: "127.0.0.1", port: 0 });
    // Ctrl-C reaches both processes of a terminal: the other one still has its run to report.
    const ignored = () => {};
    process.on("SIGINT", ignored);
    io.out(JSON.stringify({ url: `${listener.url}/api`, apiKey }));
    await io.stdin();
    await listener.stop();
    await close();
    process.off("SIGINT", ignored);
  },
});
