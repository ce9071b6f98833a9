// The SDK as a host's files see it, on a server in memory.
import { createClient } from "#client/client.ts";
import { fetchTransport } from "#client/transport.ts";
import type { UserApi } from "#engine/session/api.ts";
import type { Clock } from "#lib/clock.ts";
import { apiHost, type Host } from "#sdk/host.ts";
import { type TestApp, type TestAppOptions, testApp } from "../app.ts";

export interface AppHost {
  app: TestApp;
  api: UserApi;
  host: Host;
  close(): Promise<void>;
}

/** `clock` is that of the files; the server's own stands still. */
export function appHost(options: TestAppOptions = {}, clock?: Clock): AppHost {
  const app = testApp(options);
  const client = createClient({ transport: fetchTransport(app.app.fetch), clock: app.clock, retries: 0 });
  const api = { client, clock: clock ?? app.clock, settings: app.settings };
  return { app, api, host: apiHost(async () => api), close: () => app.close() };
}
