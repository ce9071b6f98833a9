// Says when a deployment runs next; of a run that has not begun in time, since when it is due.
import { toMillis } from "#lib/time/timestamps.ts";
import { moment } from "../../data/clock.ts";
import { Time } from "../../parts/text/time.tsx";

export function NextRun({ at }: { at: string | null }) {
  if (at === null) return null;
  return toMillis(at) < moment.value ? (
    <span>
      due <Time at={at} />
    </span>
  ) : (
    <Time at={at} />
  );
}
