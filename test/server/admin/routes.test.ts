import { afterAll, expect, test } from "bun:test";
import { testApp } from "../../app.ts";

const app = testApp({ services: false });
afterAll(() => app.close());

const answers: [path: string, body: unknown][] = [
  ["/health", true],
  ["/version", "0.8.4"],
  ["/admin/version", "2.10.4"],
  ["/hello", "👋"],
];
for (const [path, body] of answers) {
  test(`${path} answers ${JSON.stringify(body)}`, async () => {
    expect((await app.send("GET", path)) as unknown).toEqual({ status: 200, body });
  });
}

test("health and version answer clients of any version, the others do not", async () => {
  const old = { "x-prefect-api-version": "0.1.0" };
  const statuses = await Promise.all(
    answers.map(async ([path]) => (await app.send("GET", path, undefined, old)).status),
  );
  expect(statuses).toEqual([200, 200, 400, 400]);
});
