// The route of a flow run's story.
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/runs/flow-run-stories.ts";
import { readStory } from "../../flow-run-stories/story.ts";
import { handle, type Route } from "../../http/route.ts";
import type { ServerContext } from "../../kernel/context.ts";

export function flowRunStoryRoutes({ db, clock }: ServerContext): Route[] {
  return [
    handle(wire.readFlowRunStory, async ({ params }) => {
      const story = await db.read((q) => readStory(q, params.id, clock.now()));
      if (!story) throw new OrchError("not_found", "Flow run not found");
      return story;
    }),
  ];
}
