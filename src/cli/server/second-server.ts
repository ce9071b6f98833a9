// Refuses a second server of one home.
import { readServerNote } from "#client/server-note.ts";
import { OrchError } from "#lib/errors.ts";
import { listeningServer } from "./running-server.ts";

/** Throws `conflict` when a server of this home takes connections already: two would share one database and one note. */
export async function refuseSecondServer(home: string): Promise<void> {
  const pid = readServerNote(home)?.pid;
  const url = pid === process.pid ? undefined : await listeningServer(home);
  if (url === undefined) return;
  const sentence = `A server of the home '${home}' is running at ${url} already, as process ${pid}.`;
  throw new OrchError("conflict", `${sentence} 'orch server stop' stops it; ORCH_HOME names another home.`);
}
