// Counts the requests by route, method and status, and how long they took. Cheap: two looks into a map for each.
import { type Histogram, histogram } from "./histogram.ts";

/** The page that shows them. It lies on the root, where those who collect metrics look. */
export const METRICS_PATH = "/metrics";

export interface RequestCount {
  /** The path of the endpoint with its `{name}`s: `/flows/{id}`. */
  route: string;
  method: string;
  status: number;
  times: Histogram;
}

export interface RequestCounts {
  add(route: string, method: string, status: number, seconds: number): void;
  list(): Iterable<RequestCount>;
}

export function createRequestCounts(): RequestCounts {
  const byRoute = new Map<string, RequestCount[]>();
  return {
    add(route, method, status, seconds) {
      const counts = byRoute.get(route) ?? [];
      // A route has one method or two, and answers with two or three statuses.
      const known = counts.find((one) => one.status === status && one.method === method);
      if (known) {
        known.times.add(seconds);
        return;
      }
      const times = histogram();
      times.add(seconds);
      counts.push({ route, method, status, times });
      byRoute.set(route, counts);
    },
    *list() {
      for (const counts of byRoute.values()) yield* counts;
    },
  };
}
