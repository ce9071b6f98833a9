// Rows that are no more say nothing: what is gone is what was known and is not there.
import { expect, test } from "bun:test";
import { createDeletions } from "#server/events/deletions.ts";
import { testApp } from "../../app.ts";
import { makeDeployment } from "../../factory.ts";

test("what was there at the beginning, or was told of since, is missed when it is gone, once", async () => {
  const app = testApp({ services: false });
  const first = await makeDeployment(app);
  const deletions = createDeletions();
  const look = () => app.db.read((q) => deletions.look(q));
  await app.db.read((q) => deletions.begin(q));
  expect(await look()).toEqual([]);
  const second = await makeDeployment(app);
  deletions.add("deployment", second.id);
  expect(await look()).toEqual([]);
  await app.send("DELETE", `/deployments/${first.id}`);
  await app.send("DELETE", `/deployments/${second.id}`);
  const gone = [first.id, second.id].toSorted();
  expect((await look()).map(({ data }) => ("id" in data ? data.id : "")).toSorted()).toEqual(gone);
  expect(await look()).toEqual([]);
  await app.close();
});
