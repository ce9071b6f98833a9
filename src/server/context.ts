// What every handler and loop of the server is given.
import type { Database } from "#db/connect.ts";
import type { Clock } from "#lib/clock.ts";
import type { Settings } from "#settings/table.ts";
import type { Aside } from "./aside/aside.ts";
import type { Vault } from "./blocks/encryption.ts";
import type { EventsHub } from "./events.ts";

export interface ServerContext {
  db: Database;
  clock: Clock;
  settings: Settings;
  events: EventsHub;
  /** Does the reads that may take long. */
  aside: Aside;
  /** Opens and seals block data. */
  vault: Vault;
  /** Where this server is, or would be: the start of the addresses in messages. */
  address: () => string;
  /** One line for the person who runs the server. */
  log: (message: string) => void;
}
