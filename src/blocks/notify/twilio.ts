// Text messages by Twilio: one request for each number.
import { OrchError } from "#lib/errors.ts";
import { listed, needed } from "./block-data.ts";
import { cutOff, type Notifier, oneText } from "./notifier.ts";
import { call } from "./post.ts";

/** More is refused. */
const MOST_TEXT = 1_600;

export const sendByTwilio: Notifier = async (block, message, outside) => {
  const account = needed(block, "account_sid");
  const targets = listed(block, "to_phone_numbers");
  if (targets.length === 0) throw new OrchError("invalid", "The block has no 'to_phone_numbers'.");
  const url = `https://api.twilio.com/2010-04-01/Accounts/${encodeURIComponent(account)}/Messages.json`;
  const login = Buffer.from(`${account}:${needed(block, "auth_token")}`).toString("base64");
  const headers = { authorization: `Basic ${login}`, accept: "application/json" };
  const From = numberOf(needed(block, "from_phone_number"));
  for (const target of targets) {
    const Body = cutOff(oneText(message), MOST_TEXT);
    await call(outside, url, { headers, body: new URLSearchParams({ To: numberOf(target), From, Body }) });
  }
};

/** Writes a number as a plus sign and digits; short codes get no plus sign, names of senders stay as they are. */
function numberOf(given: string): string {
  if (/[^\d\s()+.-]/.test(given)) return given;
  const digits = given.replace(/\D/g, "");
  return digits.length > 6 ? `+${digits}` : digits;
}
