// Where signs of life arrive.
import { timestampNow } from "#lib/clock.ts";
import * as wire from "#wire/heartbeats.ts";
import type { ServerContext } from "../context.ts";
import { handle, type Route } from "../http/router.ts";
import { recordHeartbeats } from "./store.ts";

export function heartbeatRoutes({ db, clock }: ServerContext): Route[] {
  return [
    handle(wire.sendHeartbeats, async ({ body }) => {
      await db.write((tx) => recordHeartbeats(tx, body.flow_run_ids, timestampNow(clock)));
      return null;
    }),
  ];
}
