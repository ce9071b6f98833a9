// The API as user code reaches it: by its blocks, its deployments, the runs it asks for.
import type { Client } from "#client/client.ts";
import type { Clock } from "#lib/clock.ts";

export interface ApiSettings {
  readonly ORCH_HOME: string;
  readonly ORCH_LOCAL_STORAGE_PATH: string;
}

export interface UserApi {
  readonly client: Client;
  readonly clock: Clock;
  readonly settings: ApiSettings;
}
