// Says how many runs there are of each state; each number is a filter. `isOld`: the numbers answer the filters before.

import { numberText } from "#lib/text/words-of-numbers.ts";
import type { FlowRunPage } from "#wire/runs/flow-run-pages.ts";
import { StateBadge } from "../../parts/runs/state-badge.tsx";
import { useAddress } from "../../parts/use-address.ts";
import { STATES, typeOf } from "./run-filters.ts";

export function RunCounts({ counts, isOld }: { counts: NonNullable<FlowRunPage["counts"]>; isOld: boolean }) {
  const address = useAddress();
  const chosen = address.all("state");
  const countOf = (word: string) => {
    const named = { Late: counts.late, Skipped: counts.skipped }[word];
    if (named !== undefined) return named;
    const number = counts.states.find(({ state_type }) => state_type === word.toUpperCase())?.count ?? 0;
    return number - ({ Scheduled: counts.late, Cancelled: counts.skipped }[word] ?? 0);
  };
  const shown = STATES.filter((word) => countOf(word) > 0 || chosen.includes(word));
  if (shown.length === 0) return null;
  return (
    <nav class={`run-counts ${isOld ? "is-old" : ""}`} aria-label="Runs by state">
      {shown.map((word) => {
        const isChosen = chosen.includes(word);
        const others = chosen.filter((item) => item !== word);
        return (
          <a
            key={word}
            href={address.with({ state: isChosen ? others : [...chosen, word] })}
            class={isChosen ? "is-chosen" : ""}
            aria-current={isChosen}
          >
            <b>{numberText(countOf(word))}</b>
            <StateBadge type={typeOf(word)} name={word} />
          </a>
        );
      })}
    </nav>
  );
}
