// Shows where the time of a run went, as one bar with words.
import { durationText } from "#lib/text/words-of-time.ts";
import type { FlowRunStory } from "#wire/runs/flow-run-stories.ts";

type Kind = keyof FlowRunStory["seconds"];

const WORDS: Record<Kind, string> = {
  waited: "waited",
  started: "started",
  ran: "your code",
  paused: "paused",
  retrying: "between tries",
  ended: "ended",
};
const ORDER: readonly Kind[] = ["waited", "started", "ran", "paused", "retrying", "ended"];
/** A part of the bar that is there is seen, however short. Percent. */
const LEAST = 0.4;

export function TimeBar({ seconds }: { seconds: FlowRunStory["seconds"] }) {
  const parts = ORDER.filter((kind) => seconds[kind] > 0);
  const sum = parts.reduce((total, kind) => total + seconds[kind], 0);
  if (sum === 0) return null;
  return (
    <figure class="time-bar" aria-label="Where the time went">
      <div class="bar" aria-hidden="true">
        {parts.map((kind) => (
          <span
            key={kind}
            class={`span-${kind}`}
            title={`${WORDS[kind]} ${durationText(seconds[kind])}`}
            style={{ flexGrow: Math.max(LEAST, (100 * seconds[kind]) / sum) }}
          />
        ))}
      </div>
      <figcaption class="line small">
        {parts.map((kind) => (
          <span key={kind} class="nowrap">
            <i class={`dot span-${kind}`} />
            <span class="quiet">{WORDS[kind]}</span> {durationText(seconds[kind])}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
