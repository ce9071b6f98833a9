import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone.js";
import utc from "dayjs/plugin/utc.js";
import { flow, getRunLogger } from "orch";

dayjs.extend(utc);
dayjs.extend(timezone);

export const example = flow(async function example(at: string = "2026-11-27T12:00:00Z") {
  getRunLogger().info(dayjs(at).tz("Asia/Tokyo").endOf("month").format("YYYY-MM-DD HH:mm"));
});
