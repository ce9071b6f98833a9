// Opens what Prefect has sealed: Fernet, which is AES-128-CBC with an HMAC of SHA-256 over all of it.
import { createDecipheriv, createHmac, timingSafeEqual } from "node:crypto";

const HALF_KEY_BYTES = 16;
const IV_AT = 9;
const BODY_AT = 25;
const MAC_BYTES = 32;
const VERSION = 0x80;

/** The text that a token holds; `undefined` when it was not sealed with this key. */
export function openFernet(key: string, token: string): string | undefined {
  const [secret, bytes] = [Buffer.from(key, "base64url"), Buffer.from(token, "base64url")];
  if (secret.length !== 2 * HALF_KEY_BYTES || bytes.length <= BODY_AT + MAC_BYTES || bytes[0] !== VERSION)
    return undefined;
  const signed = bytes.subarray(0, -MAC_BYTES);
  const mac = createHmac("sha256", secret.subarray(0, HALF_KEY_BYTES)).update(signed).digest();
  if (!timingSafeEqual(mac, bytes.subarray(-MAC_BYTES))) return undefined;
  const decipher = createDecipheriv("aes-128-cbc", secret.subarray(HALF_KEY_BYTES), bytes.subarray(IV_AT, BODY_AT));
  return Buffer.concat([decipher.update(signed.subarray(BODY_AT)), decipher.final()]).toString("utf8");
}
