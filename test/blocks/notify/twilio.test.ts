// Twilio: a form with To, From and Body behind basic authentication, answered 201.
import { afterAll, beforeEach, expect, test } from "bun:test";
import { sendByTwilio } from "#blocks/notify/twilio.ts";
import { MESSAGE, receiver } from "./receiver.ts";

const LOGIN = `Basic ${Buffer.from("AC1:t0ken").toString("base64")}`;
const twilio = receiver(({ headers, text }) => {
  if (headers["authorization"] !== LOGIN) {
    return Response.json({ code: 20003, message: "Authenticate" }, { status: 401 });
  }
  const form = new URLSearchParams(text);
  const complete = ["To", "From", "Body"].every((name) => form.get(name));
  return Response.json({ status: complete ? "queued" : "failed" }, { status: complete ? 201 : 400 });
});
beforeEach(() => {
  twilio.received.length = 0;
});
afterAll(() => twilio.stop());

const BLOCK = { account_sid: "AC1", auth_token: "t0ken", from_phone_number: "18001234567" };
const forms = () => twilio.received.map(({ text }) => Object.fromEntries(new URLSearchParams(text)));

test("sends one form for each number", async () => {
  const to_phone_numbers = ["+1 (800) 424-2424", "4915112345678"];
  await sendByTwilio({ ...BLOCK, to_phone_numbers }, MESSAGE, twilio.outside);
  const Body = `The subject\n${MESSAGE.body}`;
  expect(forms()).toEqual([
    { To: "+18004242424", From: "+18001234567", Body },
    { To: "+4915112345678", From: "+18001234567", Body },
  ]);
  expect(twilio.received[0]).toMatchObject({
    address: "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json",
    method: "POST",
    headers: { accept: "application/json" },
  });
  expect(twilio.received[0]?.headers["content-type"]).toStartWith("application/x-www-form-urlencoded");
});

test("a short code and the name of a sender stay as they are; a text is no longer than Twilio takes", async () => {
  const block = { ...BLOCK, from_phone_number: "ORCH", to_phone_numbers: "12345" };
  await sendByTwilio(block, { subject: "", body: "z".repeat(2_000) }, twilio.outside);
  expect(forms()).toEqual([{ To: "12345", From: "ORCH", Body: `${"z".repeat(1_599)}…` }]);
});

test("a wrong token is said, and the numbers after it are not tried", async () => {
  const block = { ...BLOCK, auth_token: "other", to_phone_numbers: ["1234567", "1234568"] };
  const failure = 'api.twilio.com answered 401: {"code":20003,"message":"Authenticate"}';
  await expect(sendByTwilio(block, MESSAGE, twilio.outside)).rejects.toThrow(failure);
  expect(twilio.received.length).toBe(1);
});

for (const to_phone_numbers of [[], [""], null]) {
  test(`${JSON.stringify(to_phone_numbers)} for numbers is refused`, async () => {
    const sent = sendByTwilio({ ...BLOCK, to_phone_numbers }, MESSAGE, twilio.outside);
    await expect(sent).rejects.toThrow("The block has no 'to_phone_numbers'.");
  });
}
