// The route of a flow run's story.
import * as wire from "#wire/runs/flow-run-stories.ts";
import { readStory } from "../../flow-run-stories/story.ts";
import { found } from "../../http/found.ts";
import { handle, type Route } from "../../http/route.ts";
import type { ServerContext } from "../../kernel/context.ts";

export function flowRunStoryRoutes({ db, clock }: ServerContext): Route[] {
  return [
    handle(wire.readFlowRunStory, async ({ params }) =>
      found(await db.read((q) => readStory(q, params.id, clock.now())), "Flow run not found"),
    ),
  ];
}
