// Where signs of life arrive.
import { timestampNow } from "#lib/clock.ts";
import * as wire from "#wire/heartbeats.ts";
import { isCurrent } from "../attempts/store.ts";
import type { ServerContext } from "../context.ts";
import { handle, type Route, reply } from "../http/router.ts";
import { recordHeartbeats } from "./store.ts";

export function heartbeatRoutes({ db, clock }: ServerContext): Route[] {
  return [
    handle(wire.sendHeartbeats, async ({ body }) => {
      const { flow_run_ids, attempts } = body;
      const no_longer_yours = await db.write((tx) => {
        const isTaken = (id: string) => attempts?.[id] !== undefined && !isCurrent(tx, id, attempts[id]);
        const [taken, own] = [flow_run_ids.filter(isTaken), flow_run_ids.filter((id) => !isTaken(id))];
        recordHeartbeats(tx, own, timestampNow(clock));
        return taken;
      });
      return no_longer_yours.length === 0 ? reply(204, null) : reply(200, { no_longer_yours });
    }),
  ];
}
