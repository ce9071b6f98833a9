// Reads the story of a run: why it waits is read again also when time alone changes it, as when an agent has not asked for too long.
import { toMillis } from "#lib/time/timestamps.ts";
import type { FlowRunStory } from "#wire/runs/flow-run-stories.ts";
import { type Query, useQuery, useReadAgain } from "../../data/query.ts";

export function useStory(id: string): Query<FlowRunStory> {
  const story = useQuery("readFlowRunStory", { params: { id } });
  const until = story.data?.waiting?.valid_until;
  useReadAgain(story, until ? toMillis(until) + 1 : undefined);
  return story;
}
