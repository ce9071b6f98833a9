// The server that commands would talk to: is it there, does it know us, is its clock ours?
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isLoopback } from "#client/transport.ts";
import { systemClock } from "#lib/clock.ts";
import { networkWords } from "#lib/network-words.ts";
import { proxyOf } from "#lib/proxy.ts";
import type { Settings } from "#settings/table.ts";
import { API_VERSION, API_VERSION_HEADER } from "#wire/version.ts";
import { keyFor } from "../api.ts";
import { listeningServer } from "../server/running-server.ts";
import { type Finding, fine, wrong } from "./finding.ts";

const PATIENCE_MS = 3_000;
/** The time of an answer is in whole seconds. */
const MOST_SKEW_SECONDS = 5;

export async function checkServer(settings: Settings): Promise<Finding[]> {
  const own = await listeningServer(settings.ORCH_HOME);
  const note = join(settings.ORCH_HOME, "server.json");
  const stale =
    own === undefined && existsSync(note)
      ? [wrong("note", `'${note}' names a server that is gone.`, `rm '${note}', or start the server again`)]
      : [];
  const url = settings.ORCH_API_URL ?? (own === undefined ? null : `${own}/api`);
  if (url === null) {
    return [fine("server", "None is running: commands work on the database itself."), ...stale];
  }
  return [...(await askedAt(url, settings)), ...stale];
}

async function askedAt(url: string, settings: Settings): Promise<Finding[]> {
  const key = keyFor(url, settings);
  try {
    const sent = systemClock.now();
    const answer = await fetch(`${url.replace(/\/+$/, "")}/version`, {
      ...(isLoopback(url) ? { proxy: false } : {}),
      headers: { [API_VERSION_HEADER]: API_VERSION, ...(key ? { authorization: `Bearer ${key}` } : {}) },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await answer.text();
    if (answer.status === 401) return [refused(url, key), ...clock(answer, sent)];
    return [versioned(url, answer, text), fine("API key", keyText(key)), ...clock(answer, sent)];
  } catch (error) {
    const proxy = isLoopback(url) ? null : proxyOf(url);
    const way = proxy === null ? "" : ` through the proxy ${proxy}`;
    const says = `${url} does not answer${way}: ${networkWords(error)}.`;
    return [wrong("server", says, "Start it with 'orch server start', or correct ORCH_API_URL ('orch config view').")];
  }
}

function keyText(key: string | null): string {
  return key === null ? "None is set, and the server asks for none." : "The server takes it.";
}

function refused(url: string, key: string | null): Finding {
  const says = key === null ? `${url} asks for a key, and none is set.` : `${url} does not take the key that is set.`;
  return wrong("API key", says, "orch config set ORCH_API_KEY=… with the server's ORCH_SERVER_API_KEY");
}

function versioned(url: string, answer: Response, text: string): Finding {
  if (!answer.ok || !/^"[\d.]+"$/.test(text.trim())) {
    const says = `${url} answers, but not as an API of orch or Prefect 2 (status ${answer.status}).`;
    return wrong("server", says, "Correct ORCH_API_URL: it ends in /api.");
  }
  const version = text.trim().replaceAll('"', "");
  if (version === API_VERSION) return fine("server", `${url} answers, and speaks API ${version} as we do.`);
  return wrong(
    "server",
    `${url} speaks API ${version}, this orch ${API_VERSION}.`,
    "Use the same version on both sides.",
  );
}

function clock(answer: Response, sent: number): Finding[] {
  const told = Date.parse(answer.headers.get("date") ?? "");
  if (Number.isNaN(told)) return [];
  const seconds = Math.round((sent - told) / 1000);
  if (Math.abs(seconds) <= MOST_SKEW_SECONDS) return [fine("clock", "As the server's, to the second.")];
  const way = seconds > 0 ? "ahead of" : "behind";
  const says = `This machine's clock is ${Math.abs(seconds)} s ${way} the server's: runs start at the wrong time.`;
  return [wrong("clock", says, "Keep both machines in time with NTP.")];
}
