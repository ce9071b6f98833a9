// The API behind the module "orch" of a project: the server that is set or running, else the executable, started for as
// long as this process lives.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Client, createClient } from "#client/client.ts";
import { httpTransport } from "#client/transport.ts";
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import { type LoadedSettings, loadSettings } from "#settings/load.ts";
import type { Settings } from "#settings/table.ts";
import { readApiVersion } from "#wire/admin.ts";
import { findServer, listeningServer } from "../server/running-server.ts";

/** For calls outside of runs; the engine waits for a server by itself. */
const RETRIES = 2;

export interface ModuleApi {
  client: Client;
  clock: typeof systemClock;
  settings: Settings;
}

interface Address {
  url: string;
  apiKey: string | null;
}

/** Throws `unavailable` when no server answers: the engine would wait for one that was there, a person wants to know. */
export async function connectForModule(): Promise<ModuleApi> {
  const loaded = loadSettings(process.env);
  const { url, apiKey } = (await addressOf(loaded)) ?? (await startOwnServer());
  const transport = httpTransport({ url, apiKey });
  const timeoutSeconds = loaded.settings.ORCH_API_REQUEST_TIMEOUT;
  const client = createClient({ transport, clock: systemClock, timeoutSeconds, retries: RETRIES });
  await client.call(readApiVersion, {});
  return { client, clock: systemClock, settings: loaded.settings };
}

async function addressOf({ settings }: LoadedSettings): Promise<Address | undefined> {
  const set = settings.ORCH_API_URL;
  const own = findServer(settings.ORCH_HOME);
  if (set !== null) {
    const isOwn = own !== undefined && set.replace(/\/+$/, "") === `${own}/api`;
    return { url: set, apiKey: (isOwn ? settings.ORCH_SERVER_API_KEY : null) ?? settings.ORCH_API_KEY };
  }
  const url = await listeningServer(settings.ORCH_HOME);
  return url === undefined
    ? undefined
    : { url: `${url}/api`, apiKey: settings.ORCH_SERVER_API_KEY ?? settings.ORCH_API_KEY };
}

/** Ends with this process: it reads a pipe that closes then. Its key goes over another pipe, to us alone. */
async function startOwnServer(): Promise<Address> {
  const child = Bun.spawn([executable(), "__api"], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  child.unref();
  const answer = tryParseJson(await firstLine(child.stdout));
  if (!isObject(answer) || typeof answer["url"] !== "string" || typeof answer["apiKey"] !== "string") {
    throw new OrchError("unavailable", "The orch executable could not open its database; 'orch doctor' says why.");
  }
  return { url: answer["url"], apiKey: answer["apiKey"] };
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const reader = stream.getReader();
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  return text;
}

/** The one that wrote this package, or the one on the PATH. */
function executable(): string {
  const about = tryParseJson(readFileSync(join(import.meta.dir, "package.json"), "utf8"));
  const own = isObject(about) && isObject(about["orch"]) ? about["orch"]["executable"] : undefined;
  const found = typeof own === "string" && existsSync(own) ? own : Bun.which("orch");
  if (found) return found;
  throw new OrchError("unavailable", `The orch executable is no longer at '${own}': run 'orch types' again.`);
}
