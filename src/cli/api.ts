// The API a command talks to: at the address that was set, at the running server of this home, or in this very process
// on the home's database — the same handlers, without a socket.
import type { Client } from "#client/client.ts";
import { createClient } from "#client/client.ts";
import { fetchTransport, httpTransport } from "#client/transport.ts";
import { systemClock } from "#lib/clock.ts";
import type { Settings } from "#settings/table.ts";
import { findServer } from "./running-server.ts";

export interface Api {
  client: Client;
  /** Ends in `/api`; `null` in this process. */
  url: string | null;
  close(): Promise<void>;
}

export interface ApiOptions {
  /** 0 for callers that wait for a server by themselves. */
  retries?: number;
}

export async function openApi(settings: Settings, { retries = 2 }: ApiOptions = {}): Promise<Api> {
  const url = settings.ORCH_API_URL ?? serverOfHome(settings);
  const common = { clock: systemClock, timeoutSeconds: settings.ORCH_API_REQUEST_TIMEOUT, retries };
  if (url !== null) {
    const transport = httpTransport({ url, apiKey: settings.ORCH_API_KEY ?? settings.ORCH_SERVER_API_KEY });
    return { client: createClient({ ...common, transport }), url, close: async () => {} };
  }
  const { openApp } = await import("./app.ts");
  const { app, close } = await openApp(settings, { log: () => {} });
  return { client: createClient({ ...common, transport: fetchTransport(app.fetch) }), url: null, close };
}

function serverOfHome(settings: Settings): string | null {
  const url = findServer(settings.ORCH_HOME);
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
