// Says the schedule of a deployment in words: `Every day, at 09:00 (Europe/Berlin)`, `paused: Every 10 seconds`, or nothing.
import type { Deployment } from "#wire/deployments/deployments.ts";

/** Loads what reads cron only where there is a schedule. */
export async function scheduleText({
  schedule,
  is_schedule_active,
}: Pick<Deployment, "schedule" | "is_schedule_active">): Promise<string> {
  if (!schedule) return "";
  const { scheduleWords } = await import("#domain/schedules/words.ts");
  const zone = schedule.timezone && schedule.timezone !== "UTC" ? ` (${schedule.timezone})` : "";
  const words = scheduleWords(schedule) + zone;
  return is_schedule_active ? words : `paused: ${words}`;
}
