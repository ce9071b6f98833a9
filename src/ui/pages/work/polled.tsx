// Says when something last asked for work, and marks a queue that nothing listens to.
import { moment } from "../../data/clock.ts";
import { Time } from "../../parts/text/time.tsx";
import { isSilent } from "./silence.ts";

export function Polled({ at }: { at: string | null }) {
  if (at === null) return <span class="quiet">never</span>;
  return isSilent(at, moment.value) ? (
    <span class="quiet">
      <Time at={at} />
    </span>
  ) : (
    <Time at={at} />
  );
}
