// Says how many runs there are of each state; each number is a filter.
import type { FlowRunPage } from "#wire/flow-run-pages.ts";
import { useAddress } from "../../parts/address.ts";
import { StateBadge } from "../../parts/state-badge.tsx";
import { STATES } from "./run-filters.ts";

export function RunCounts({ counts }: { counts: NonNullable<FlowRunPage["counts"]> }) {
  const address = useAddress();
  const chosen = address.all("state");
  const countOf = (word: string) => {
    const number = counts.states.find(({ state_type }) => state_type === word.toUpperCase())?.count ?? 0;
    return word === "Late" ? counts.late : word === "Scheduled" ? number - counts.late : number;
  };
  const shown = STATES.filter((word) => countOf(word) > 0 || chosen.includes(word));
  if (shown.length === 0) return null;
  return (
    <nav class="run-counts" aria-label="Runs by state">
      {shown.map((word) => {
        const isChosen = chosen.includes(word);
        const type = word === "Late" ? "SCHEDULED" : (word.toUpperCase() as "RUNNING"); // one of the types
        const others = chosen.filter((item) => item !== word);
        return (
          <a
            key={word}
            href={address.with({ state: isChosen ? others : [...chosen, word] })}
            class={isChosen ? "is-chosen" : ""}
            aria-current={isChosen}
          >
            <b>{countOf(word).toLocaleString("en")}</b>
            <StateBadge type={type} name={word} />
          </a>
        );
      })}
    </nav>
  );
}
