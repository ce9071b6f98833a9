// `orch server start --background`: starts the server as a separate process and waits until it answers.
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readServerNote } from "#client/server-note.ts";
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "#lib/files/private.ts";
import type { Io } from "../kit/command.ts";
import { ownCommand } from "../kit/own-command.ts";
import { listeningServer } from "./running-server.ts";

const LOOK_EVERY_MS = 50;
const PATIENCE_MS = 30_000;
/** So many lines of its log end the sentence about a server that did not start. */
const LAST_LINES = 5;

export interface Background {
  url: string;
  pid: number;
  log: string;
}

/** `words`: the command line without `--background`. Throws the server's own words when it ends instead of answering. */
export async function startInBackground(words: readonly string[], home: string, io: Io): Promise<Background> {
  mkdirSync(home, { recursive: true, mode: PRIVATE_FOLDER });
  const log = join(home, "server.log");
  const file = openSync(log, "w", PRIVATE_FILE);
  const child = Bun.spawn(ownCommand(...words), {
    ...{ cwd: io.cwd, env: io.env, stdin: "ignore", stdout: file, stderr: file, detached: true },
  });
  closeSync(file);
  for (let waited = 0; waited < PATIENCE_MS && child.exitCode === null; waited += LOOK_EVERY_MS) {
    const url = readServerNote(home)?.pid === child.pid ? await listeningServer(home) : undefined;
    if (url !== undefined) {
      child.unref();
      return { url, pid: child.pid, log };
    }
    await systemClock.sleep(LOOK_EVERY_MS);
  }
  if (child.exitCode === null) {
    throw new OrchError(
      "unavailable",
      `The server has not answered for 30 s. It goes on as process ${child.pid}; its log: ${log}`,
    );
  }
  const last = readFileSync(log, "utf8").trim().split("\n").slice(-LAST_LINES).join(" ");
  throw new OrchError("conflict", last || `The server ended with exit code ${child.exitCode}; its log: ${log}`);
}
