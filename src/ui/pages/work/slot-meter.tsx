// Shows how many slots of a limit are taken, as numbers and as a bar.
import type { ConcurrencyLimit } from "#wire/pools/concurrency-limits.ts";

export function SlotMeter({
  limit: { concurrency_limit: slots, active_slots: taken, tag },
}: {
  limit: ConcurrencyLimit;
}) {
  return (
    <span class="line">
      <span class="nowrap">
        {taken.length} of {slots}
      </span>
      <meter
        min={0}
        max={Math.max(slots, 1)}
        value={Math.min(taken.length, slots)}
        aria-label={`Slots of ${tag} in use`}
      />
      {slots === 0 && <span class="quiet nowrap">nothing may run</span>}
    </span>
  );
}
