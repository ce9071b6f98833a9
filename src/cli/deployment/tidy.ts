// Removes from a home what is no longer needed: snapshots of code, and folders of runs that were killed. Servers do so
// once an hour; registering a deployment does so too, for homes that have no server of their own.
import { type Client, createClient } from "#client/client.ts";
import { fetchTransport } from "#client/transport.ts";
import { systemClock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { createLoop, type Loop } from "#lib/loop.ts";
import { logFailure } from "#server/loops/failures.ts";
import type { Settings } from "#settings/table.ts";
import { type Api, withApi } from "../api.ts";

const PERIOD_MS = 3_600_000;
/** A server asks each day which snapshots are needed: so one is kept from when it was last needed, or a day less. */
const RENEWALS = 7;

export interface TidyOptions {
  fetch: (request: Request) => Promise<Response>;
  settings: Settings;
  log: (line: string) => void;
}

export function createTidying({ fetch, settings, log }: TidyOptions): Loop {
  const client = createClient({ transport: fetchTransport(fetch), clock: systemClock, retries: 0 });
  return createLoop({
    clock: systemClock,
    delay: () => PERIOD_MS,
    async runOnce() {
      const { removeLeftRunFolders } = await import("#lib/files/run-folder.ts");
      removeLeftRunFolders();
      const renewSeconds = settings.ORCH_SNAPSHOTS_KEEP_SECONDS / RENEWALS;
      const count = await collect(settings, renewSeconds, (use) => use(client));
      if (count > 0) log(`Removed ${count} snapshot(s) that no deployment uses.`);
    },
    onError: logFailure(log, "Unused snapshots could not be removed"),
  });
}

/** What goes wrong here is printed, and no reason to fail: the deployment is registered. */
export async function tidyAfterRegistering({ client, url }: Api, settings: Settings, err: (line: string) => void) {
  try {
    const { forgetElsewhere } = await import("#project/snapshots/collect.ts");
    if (url !== null) await forgetElsewhere(settings.ORCH_LOCAL_STORAGE_PATH, client);
    const home = { ...settings, ORCH_API_URL: null };
    await collect(settings, settings.ORCH_SNAPSHOTS_KEEP_SECONDS, (use) =>
      url === null ? use(client) : withApi(home, (api) => use(api.client)),
    );
  } catch (error) {
    err(`Unused snapshots could not be removed: ${messageOf(error)}`);
  }
}

async function collect(
  settings: Settings,
  renewSeconds: number,
  openHome: <T>(use: (client: Client) => Promise<T>) => Promise<T>,
): Promise<number> {
  const { collectSnapshots } = await import("#project/snapshots/collect.ts");
  return collectSnapshots({
    storageRoot: settings.ORCH_LOCAL_STORAGE_PATH,
    clock: systemClock,
    keepSeconds: settings.ORCH_SNAPSHOTS_KEEP_SECONDS,
    renewSeconds,
    openHome,
  });
}
