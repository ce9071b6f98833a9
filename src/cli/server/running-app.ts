// A server as the commands run it: bound to its port, noted in its home, and gone without a trace when it stops.
import { join } from "node:path";
import { type Client, createClient } from "#client/client.ts";
import { fetchTransport } from "#client/transport.ts";
import { refuseForeignDatabase } from "#db/home/foreign-schema.ts";
import { lockHome, SERVER } from "#db/home/home-lock.ts";
import { systemClock } from "#lib/clock.ts";
import { makeEntriesPrivate } from "#lib/files/private.ts";
import { expectLongWork } from "#lib/process/jit.ts";
import { type Listener, refuseOpenAddress, serve } from "#server/serve.ts";
import type { UiFiles } from "#server/ui/files.ts";
import type { Settings } from "#settings/table.ts";
import { createTidying } from "../deployment/tidy.ts";
import { openHome } from "../kit/home-fault.ts";
import { openApp } from "./app.ts";
import { refuseSecondServer } from "./second-server.ts";
import { createNoting } from "./server-noting.ts";

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
  /** Whether to serve the web UI, when the settings agree. */
  ui: boolean;
  /** Asks no client for a key. */
  openToAll?: boolean;
  /** Called before services start and before anything else reaches the server, with a client of it. */
  beforeServices?: (client: Client) => Promise<void>;
  log: (line: string) => void;
}

/** What orch keeps there is its owner's alone. The home itself belongs to the user: its rights are only reported. */
function keepHomePrivate(home: string, log: (line: string) => void): void {
  makeEntriesPrivate(home);
  const open = openHome(home);
  if (open) log(`${open.says} Keep it to yourself: ${open.mend}`);
}

/** Orch's own, or the one in the folder that the settings name. */
async function openUiOf({ ORCH_UI_STATIC_DIRECTORY: folder }: Settings): Promise<UiFiles> {
  if (folder !== null) return (await import("#server/ui/files.ts")).openUi(folder);
  return (await import("#server/ui/packed.ts")).openPackedUi();
}

/** Throws a sentence when the home or the port cannot be had; nothing is left open then. */
export async function startApp(options: RunningAppOptions): Promise<RunningApp> {
  const { settings, host, openToAll = false } = options;
  refuseOpenAddress(settings, { host, openToAll });
  expectLongWork();
  const ui = options.ui && settings.ORCH_UI_ENABLED ? await openUiOf(settings) : undefined;
  await refuseSecondServer(settings.ORCH_HOME);
  // Before the database is opened: that may migrate it, under the feet of another server, or of a command that replaces it.
  const release = lockHome(settings.ORCH_HOME, { work: SERVER });
  try {
    return await startLocked(options, { ui, release });
  } catch (error) {
    release();
    throw error;
  }
}

interface Locked {
  ui: UiFiles | undefined;
  /** Gives up the home. */
  release: () => void;
}

async function startLocked(options: RunningAppOptions, { ui, release }: Locked): Promise<RunningApp> {
  const { settings, host, port, services, openToAll = false, log } = options;
  refuseForeignDatabase(join(settings.ORCH_HOME, "orch.db"));
  const { app, close } = await openApp(settings, { services, ui, log });
  let listener: Listener | undefined;
  try {
    keepHomePrivate(settings.ORCH_HOME, log);
    if (services) {
      const transport = fetchTransport(app.fetch);
      await options.beforeServices?.(createClient({ transport, clock: systemClock, retries: 0 }));
    }
    const bound = serve(app, { host, port, openToAll });
    listener = bound;
    const tidying = createTidying({ fetch: app.fetch, settings, log });
    if (services) {
      app.start(bound.url);
      tidying.start();
    }
    const noting = createNoting(settings.ORCH_HOME, bound.url, systemClock, log);
    noting.start();
    return {
      listener: bound,
      hasUi: ui !== undefined,
      async stop() {
        await noting.stop();
        await bound.stop();
        await tidying.stop();
        await close();
        release();
      },
    };
  } catch (error) {
    await listener?.stop();
    await close();
    throw error;
  }
}
