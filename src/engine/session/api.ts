// The API that user code reaches through blocks, deployments and runs.
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
