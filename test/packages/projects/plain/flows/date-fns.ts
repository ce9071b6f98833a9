import { addBusinessDays, format, formatDistance } from "date-fns";
import { flow, getRunLogger } from "orch";

export const example = flow(async function example(day: Date = new Date(2026, 10, 27)) {
  const due = addBusinessDays(day, 3);
  getRunLogger().info(`${format(due, "yyyy-MM-dd")}, ${formatDistance(due, day)}`);
});
