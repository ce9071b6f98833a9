// `orch server stop`: asks the server of this home to end, and waits until it has.
import { readServerNote } from "#client/server-note.ts";
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { isAlive } from "#lib/process/process-alive.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { listeningServer } from "./running-server.ts";

const LOOK_EVERY_MS = 50;
/** A server that runs an agent waits for its runs first. */
const PATIENCE_MS = 30_000;

export const serverStop = command({
  description: "Stop the server of this home folder, wherever it was started.",
  examples: ["orch server stop"],
  options: JSON_OPTION,
  async run({ options, io, loaded: { settings } }) {
    const home = settings.ORCH_HOME;
    const url = (await listeningServer(home)) ?? null;
    const pid = url === null ? undefined : readServerNote(home)?.pid;
    if (pid === undefined) {
      return io.out(options.json ? json({ stopped: false }) : `No server of the home '${home}' is running.`);
    }
    signal(pid, String(url));
    for (let waited = 0; isAlive(pid); waited += LOOK_EVERY_MS) {
      if (waited >= PATIENCE_MS) throw new OrchError("unavailable", stillThere(pid));
      await systemClock.sleep(LOOK_EVERY_MS);
    }
    io.out(options.json ? json({ stopped: true, url, pid }) : io.paint.good(`Stopped the server at ${url}.`));
  },
});

/** Throws a sentence for a process of another user. */
function signal(pid: number, url: string): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch (cause) {
    const sentence = `The server at ${url} is process ${pid} of another user: stop it as that user.`;
    throw new OrchError("unauthorized", sentence, { cause });
  }
}

function stillThere(pid: number): string {
  return `The server was asked to stop and has not yet: it waits for runs of its agent. 'kill -9 ${pid}' ends it at once.`;
}
