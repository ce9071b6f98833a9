// Mattermost: JSON with a text at /hooks/TOKEN, answered `ok`.
import { afterAll, beforeEach, expect, test } from "bun:test";
import { sendToMattermost } from "#blocks/notify/mattermost.ts";
import { MESSAGE, receiver } from "./receiver.ts";

const mattermost = receiver(({ address }) =>
  address.endsWith("/hooks/t0ken") ? new Response("ok") : Response.json({ status_code: 404 }, { status: 404 }),
);
beforeEach(() => {
  mattermost.received.length = 0;
});
afterAll(() => mattermost.stop());

const TEXT = `The subject\n${MESSAGE.body}`;
const send = (block: object) =>
  sendToMattermost({ hostname: "chat.example.com", token: "t0ken", ...block }, MESSAGE, mattermost.outside);
const addresses = () => mattermost.received.map(({ address }) => address);

test("posts one text, subject first, to the channel of the webhook", async () => {
  await send({ port: 8065, channels: null, botname: null, path: null });
  expect(mattermost.received).toMatchObject([
    { address: "http://chat.example.com:8065/hooks/t0ken", json: { text: TEXT, username: "orch" } },
  ]);
  expect(mattermost.received[0]?.json).not.toHaveProperty("channel");
});

test("posts to each channel that is named, as the bot that is named", async () => {
  await send({ channels: ["#ops", "town-square"], botname: "marvin", port: 80, path: "/team/" });
  expect(mattermost.received.map(({ json }) => json)).toEqual([
    { text: TEXT, username: "marvin", channel: "ops" },
    { text: TEXT, username: "marvin", channel: "town-square" },
  ]);
  expect(new Set(addresses())).toEqual(new Set(["http://chat.example.com:80/team/hooks/t0ken"]));
});

for (const [block, address] of [
  [{}, "http://chat.example.com:8065/hooks/t0ken"],
  [{ hostname: "https://chat.example.com/" }, "https://chat.example.com:443/hooks/t0ken"],
  [{ hostname: "https://chat.example.com", port: 8065 }, "https://chat.example.com:443/hooks/t0ken"],
  [{ hostname: "https://chat.example.com", port: 8443 }, "https://chat.example.com:8443/hooks/t0ken"],
  [{ hostname: "http://chat", port: 9000 }, "http://chat:9000/hooks/t0ken"],
] as const) {
  test(`${JSON.stringify(block)} is at ${address}`, async () => {
    await send(block);
    expect(addresses()).toEqual([address]);
  });
}

test("a token is no path, and one that is unknown is a failure", async () => {
  const failure = "chat.example.com:8065 answered 404";
  await expect(send({ token: "../api/v4/users" })).rejects.toThrow(failure);
  expect(addresses()).toEqual(["http://chat.example.com:8065/hooks/..%2Fapi%2Fv4%2Fusers"]);
});
