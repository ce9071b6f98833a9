// The server's app on the home's database.
import { join } from "node:path";
import { openDatabase } from "#db/connect.ts";
import { systemClock } from "#lib/clock.ts";
import { type App, createApp } from "#server/app.ts";
import type { UiFiles } from "#server/ui/files.ts";
import type { Settings } from "#settings/table.ts";

export interface OpenedApp {
  app: App;
  close(): Promise<void>;
}

export interface OpenAppOptions {
  services?: boolean;
  ui?: UiFiles | undefined;
  log: (line: string) => void;
}

export async function openApp(settings: Settings, { services = true, ui, log }: OpenAppOptions): Promise<OpenedApp> {
  const onError = (error: unknown) => log(`After a write: ${error}`);
  const db = openDatabase(join(settings.ORCH_HOME, "orch.db"), { onError, say: log });
  const app = createApp({ db, clock: systemClock, settings, services, ui, log });
  return {
    app,
    async close() {
      await app.stop();
      await db.close();
    },
  };
}
