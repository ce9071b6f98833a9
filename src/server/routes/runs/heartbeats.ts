// The route that heartbeats arrive at.
import { timestampNow } from "#lib/clock.ts";
import * as wire from "#wire/runs/heartbeats.ts";
import { giveBack, isCurrent } from "../../attempts/store.ts";
import { recordHeartbeats } from "../../heartbeats/store.ts";
import { handle, type Route, reply } from "../../http/route.ts";
import type { ServerContext } from "../../kernel/context.ts";

export function heartbeatRoutes({ db, clock, events }: ServerContext): Route[] {
  return [
    handle(wire.sendHeartbeats, async ({ body }) => {
      const { flow_run_ids, attempts, ended } = body;
      const no_longer_yours = await db.write((tx) => {
        const isTaken = (id: string) => attempts?.[id] !== undefined && !isCurrent(tx, id, attempts[id]);
        const own = flow_run_ids.filter((id) => !isTaken(id));
        const taken = Object.keys(attempts ?? {}).filter((id) => isTaken(id) && !ended?.includes(id));
        recordHeartbeats(tx, own, timestampNow(clock));
        for (const id of ended ?? []) giveBack(tx, id, attempts?.[id] ?? "");
        if (ended) tx.afterCommit(() => events.publish({ type: "runs-due-changed" }));
        return taken;
      });
      return no_longer_yours.length === 0 ? reply(204, null) : reply(200, { no_longer_yours });
    }),
  ];
}
