// Health, versions, settings, and the database as a whole.
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/admin.ts";
import { API_VERSION, PREFECT_VERSION } from "#wire/version.ts";
import { version as release } from "../../../package.json";
import { shownSettings } from "../admin/settings.ts";
import { ProblemError } from "../http/problem.ts";
import { handle, type RequestInfo, type Route } from "../http/route.ts";
import type { ServerContext } from "../kernel/context.ts";

export interface AdminParts {
  /** Puts back what every database of a server holds. */
  afterClear(): Promise<void>;
  /** What keeps the server from its work. */
  obstacle(): Promise<string | undefined>;
}

export function adminRoutes({ db, events, settings }: ServerContext, { afterClear, obstacle }: AdminParts): Route[] {
  async function clear({ body }: { body: { confirm: boolean } }, { write }: RequestInfo): Promise<null> {
    if (!body.confirm) throw new ProblemError(400, undefined);
    // A repeat that comes later would empty what was stored meanwhile. What is remembered of the call goes too: so once more.
    await write(() => null);
    await db.clear();
    await write(() => null);
    await afterClear();
    events.publish({ type: "foreign-write" });
    return null;
  }

  return [
    handle(wire.readHealth, async () => true),
    {
      ...handle(wire.readReady, async () => {
        const detail = await obstacle();
        if (detail !== undefined) throw new ProblemError(503, { detail });
        return true;
      }),
      early: true,
    },
    handle(wire.readApiVersion, async () => API_VERSION),
    handle(wire.readServerVersion, async () => PREFECT_VERSION),
    handle(wire.readOrchVersion, async () => ({
      ...{ version: release, prefect_version: PREFECT_VERSION, api_version: API_VERSION },
    })),
    handle(wire.readCsrfToken, async () => {
      throw new OrchError("invalid", "CSRF protection is disabled.");
    }),
    handle(wire.readHello, async () => "👋"),
    handle(wire.readSettings, async () => shownSettings(settings)),
    handle(wire.clearDatabase, clear),
    // Its tables stay: a server without them could answer nothing. So there is never anything to create.
    handle(wire.dropDatabase, clear),
    handle(wire.createDatabase, async ({ body }) => {
      if (!body.confirm) throw new ProblemError(400, undefined);
      return null;
    }),
  ];
}
