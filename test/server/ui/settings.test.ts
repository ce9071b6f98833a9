// What a web UI asks first.
import { expect, test } from "bun:test";
import { testApp } from "../../app.ts";

const ask = async (url: string, settings = {}) => {
  const app = testApp({ services: false, settings });
  try {
    return await app.app.fetch(new Request(url));
  } finally {
    await app.close();
  }
};

test("the API lies where the page came from", async () => {
  const answer = await (await ask("http://127.0.0.1:4200/ui-settings")).json();
  expect(answer).toEqual({
    api_url: "http://127.0.0.1:4200/api",
    flags: ["artifacts", "workers", "events_client", "work_pools"],
  });
  expect(await (await ask("https://tunnel.example/ui-settings")).json()).toMatchObject({
    api_url: "https://tunnel.example/api",
  });
});

test("unless a setting says where", async () => {
  const settings = { ORCH_UI_API_URL: "https://orch.example/api" };
  expect(await (await ask("http://127.0.0.1:4200/ui-settings", settings)).json()).toMatchObject({
    api_url: "https://orch.example/api",
  });
});

test("it is on the root alone", async () => {
  expect((await ask("http://127.0.0.1:4200/api/ui-settings")).status).toBe(404);
});
