// A server as the commands run it: bound to its port, noted in its home, and gone without a trace when it stops.
import { expectLongWork } from "#lib/jit.ts";
import { type Listener, serve } from "#server/http/serve.ts";
import type { Settings } from "#settings/table.ts";
import { openApp } from "./app.ts";
import { forgetServer, noteServer } from "./running-server.ts";
import { createTidying } from "./tidy.ts";

export interface RunningApp {
  listener: Listener;
  hasUi: boolean;
  stop(): Promise<void>;
}

export interface RunningAppOptions {
  settings: Settings;
  host: string;
  port: number;
  services: boolean;
  /** Whether to serve the web UI that the settings name. */
  ui: boolean;
  /** Asks nobody for a key. */
  openToAll?: boolean;
  log: (line: string) => void;
}

/** Throws a sentence when the home or the port cannot be had; nothing is left open then. */
export async function startApp(options: RunningAppOptions): Promise<RunningApp> {
  const { settings, host, port, services, openToAll = false, log } = options;
  expectLongWork();
  const folder = options.ui && settings.ORCH_UI_ENABLED ? settings.ORCH_UI_STATIC_DIRECTORY : null;
  const ui = folder === null ? undefined : (await import("#server/ui/files.ts")).openUi(folder);
  const { app, close } = await openApp(settings, { services, ui, log });
  try {
    const listener = serve(app, { host, port, openToAll });
    const tidying = createTidying({ fetch: app.fetch, settings, log });
    if (services) {
      app.start(listener.url);
      tidying.start();
    }
    noteServer(settings.ORCH_HOME, listener.url);
    return {
      listener,
      hasUi: ui !== undefined,
      async stop() {
        forgetServer(settings.ORCH_HOME);
        await listener.stop();
        await tidying.stop();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
