// Counts the steps of one expansion and ends it beyond the limit, so that no schedule holds its process up.
import { OrchError } from "#lib/errors.ts";
import { MOST_SCHEDULE_STEPS } from "#lib/limits.ts";
import { numberText } from "#lib/text/words-of-numbers.ts";

export interface Budget {
  /** Steps taken so far. */
  used(): number;
  /** Steps that may still be taken; 0 or fewer when there are none. */
  left(): number;
  /** Counts steps that were taken. */
  take(steps: number): void;
  /** Counts steps; throws a TooCostly when there are none left. */
  spend(steps: number): void;
}

/** The steps were used up before the expansion came to its end. */
export class TooCostly extends OrchError {
  constructor() {
    const steps = numberText(MOST_SCHEDULE_STEPS);
    const remedy = "Use a larger FREQ, fewer rules and exclusions, or a later DTSTART";
    super("invalid", `The schedule is too costly: its next date was not found in ${steps} steps. ${remedy}`);
  }
}

export function createBudget(most = MOST_SCHEDULE_STEPS): Budget {
  let used = 0;
  const take = (steps: number) => {
    used += steps;
  };
  return {
    used: () => used,
    left: () => most - used,
    take,
    spend(steps) {
      take(steps);
      if (used > most) throw new TooCostly();
    },
  };
}
