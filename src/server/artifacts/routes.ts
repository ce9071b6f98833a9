// The artifact routes.
import { timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/artifacts.ts";
import type { ServerContext } from "../context.ts";
import { handle, type Route } from "../http/router.ts";
import { pageOf } from "../paging.ts";
import * as store from "./store.ts";

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new OrchError("not_found", "Artifact not found.");
  return value;
}

export function artifactRoutes({ db, clock, settings, aside }: ServerContext): Route[] {
  return [
    handle(wire.createArtifact, ({ body }, { write }) =>
      write((tx) => found(store.readArtifact(tx, store.insertArtifact(tx, timestampNow(clock), body)))),
    ),
    handle(wire.readArtifact, async ({ params }) => found(await db.read((q) => store.readArtifact(q, params.id)))),
    handle(wire.readLatestArtifact, async ({ params }) => {
      const { latest_id: _, ...latest } = found(await db.read((q) => store.readLatest(q, params.key)));
      return latest;
    }),
    handle(wire.listArtifacts, async ({ body }) => {
      const page = pageOf(body, settings);
      return aside.read("artifacts", { filters: body, sort: body.sort, page });
    }),
    handle(wire.listLatestArtifacts, async ({ body }) => {
      const page = pageOf(body, settings);
      return aside.read("latestArtifacts", { filters: body, sort: body.sort, page });
    }),
    handle(wire.countArtifacts, ({ body }) => aside.read("countArtifacts", { filters: body })),
    handle(wire.countLatestArtifacts, ({ body }) => aside.read("countLatestArtifacts", { filters: body })),
    handle(wire.updateArtifact, async ({ params, body }, { write }) => {
      await write((tx) => found(store.updateArtifact(tx, timestampNow(clock), params.id, body) || undefined));
      return null;
    }),
    handle(wire.deleteArtifact, async ({ params }, { write }) => {
      await write((tx) => found(store.deleteArtifact(tx, timestampNow(clock), params.id) || undefined));
      return null;
    }),
  ];
}
