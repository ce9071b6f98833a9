// Requests are counted apart by route, method and status.
import { expect, test } from "bun:test";
import { createRequestCounts } from "#server/http/request-counts.ts";

test("the same are counted together, others apart", () => {
  const counts = createRequestCounts();
  const requests: [string, string, number][] = [
    ["/flows/{id}", "GET", 200],
    ["/flows/{id}", "GET", 200],
    ["/flows/{id}", "GET", 404],
    ["/flows/{id}", "DELETE", 204],
    ["/flows/", "POST", 200],
  ];
  for (const [route, method, status] of requests) counts.add(route, method, status, 0.5);
  const seen = [...counts.list()].map(({ route, method, status, times }) => [route, method, status, times.count]);
  expect(seen).toEqual([
    ["/flows/{id}", "GET", 200, 2],
    ["/flows/{id}", "GET", 404, 1],
    ["/flows/{id}", "DELETE", 204, 1],
    ["/flows/", "POST", 200, 1],
  ]);
});

test("counting is cheap: 100,000 requests in well under a second", () => {
  const counts = createRequestCounts();
  const before = process.cpuUsage();
  for (let index = 0; index < 100_000; index += 1) counts.add("/flows/{id}", "GET", index % 10 ? 200 : 404, 0.0002);
  const { user, system } = process.cpuUsage(before); // not the time: others may use the machine
  expect(user + system).toBeLessThan(500_000);
});
