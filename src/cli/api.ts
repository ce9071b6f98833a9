// The API a command talks to: at the address that was set, at the running server of this home, or in this very process
// on the home's database — the same handlers, without a socket.
import type { Client } from "#client/client.ts";
import { createClient } from "#client/client.ts";
import { refusingForeign } from "#client/foreign-answers.ts";
import { fetchTransport, httpTransport } from "#client/transport.ts";
import { systemClock } from "#lib/clock.ts";
import type { Host } from "#sdk/host.ts";
import type { Settings } from "#settings/table.ts";
import { findServer, listeningServer } from "./server/running-server.ts";

export interface Api {
  client: Client;
  /** Ends in `/api`; `null` in this process. */
  url: string | null;
  /** API key sent to this server. */
  apiKey: string | null;
  close(): Promise<void>;
}

export interface ApiOptions {
  /** 0 for callers that wait for a server by themselves. */
  retries?: number;
}

export async function openApi(settings: Settings, { retries = 2 }: ApiOptions = {}): Promise<Api> {
  const url = settings.ORCH_API_URL ?? (await addressOfHome(settings));
  const common = { clock: systemClock, timeoutSeconds: settings.ORCH_API_REQUEST_TIMEOUT, retries };
  if (url !== null) {
    const apiKey = keyFor(url, settings);
    const transport = httpTransport({ url, apiKey });
    return { client: refusingForeign(createClient({ ...common, transport })), url, apiKey, close: async () => {} };
  }
  const { openApp } = await import("./server/app.ts");
  const { app, close } = await openApp(settings, { log: () => {} });
  const client = createClient({ ...common, transport: fetchTransport(app.fetch) });
  return { client, url: null, apiKey: null, close };
}

/** The key of a server is for that server alone: it is never sent to another address. */
export function keyFor(url: string, settings: Settings): string | null {
  const own = findServer(settings.ORCH_HOME);
  const isOwn = own !== undefined && url.replace(/\/+$/, "") === `${own}/api`;
  return (isOwn ? settings.ORCH_SERVER_API_KEY : null) ?? settings.ORCH_API_KEY;
}

async function addressOfHome(settings: Settings): Promise<string | null> {
  const url = await listeningServer(settings.ORCH_HOME);
  return url === undefined ? null : `${url}/api`;
}

/** Opens the API for `use`, and closes it whatever happens. */
export async function withApi<T>(settings: Settings, use: (api: Api) => Promise<T>): Promise<T> {
  const api = await openApi(settings);
  try {
    return await use(api);
  } finally {
    await api.close();
  }
}

/** For user files that are loaded: the API is opened when one of them asks for it. */
export function hostForFiles(settings: Settings): { host: Host; close(): Promise<void> } {
  let opened: Promise<Api> | undefined;
  return {
    host: {
      async api() {
        opened ??= openApi(settings);
        return { client: (await opened).client, clock: systemClock, settings };
      },
    },
    async close() {
      await (await opened)?.close();
    },
  };
}
