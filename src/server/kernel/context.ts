// What handlers, loops and the rules of orchestration are given.
import type { Database } from "#db/connect.ts";
import type { Clock } from "#lib/clock.ts";
import type { Settings } from "#settings/table.ts";
import type { EventsHub } from "./event-hub.ts";
import type { Vault } from "./vault.ts";

export interface OrchestrationContext {
  clock: Clock;
  settings: Settings;
  events: EventsHub;
}

export interface ServerContext extends OrchestrationContext {
  db: Database;
  /** Opens and seals block data. */
  vault: Vault;
  /** Where this server is, or would be: the start of the addresses in messages. */
  address: () => string;
  /** One line for the person who runs the server. */
  log: (message: string) => void;
}
