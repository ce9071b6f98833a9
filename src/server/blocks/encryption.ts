// Block data is encrypted at rest: AES-256-GCM, with a key in a file of the home that only its owner can read.
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

export interface Vault {
  seal(data: JsonObject): string;
  /** Throws `conflict` when the key is not the one the data was sealed with. */
  open(sealed: string): JsonObject;
}

/** The key is read, or made, on first use. */
export function createVault(home: string): Vault {
  let key: Buffer | undefined;
  const keyOf = () => (key ??= readOrMakeKey(join(home, "encryption.key")));
  return {
    seal(data) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", keyOf(), iv);
      const body = Buffer.concat([cipher.update(JSON.stringify(data), "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64");
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, "base64");
      const decipher = createDecipheriv("aes-256-gcm", keyOf(), bytes.subarray(0, IV_BYTES));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      try {
        const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
        return JSON.parse(text.toString("utf8")) as JsonObject; // what seal() took
      } catch (error) {
        const sentence = `A block cannot be read: '${join(home, "encryption.key")}' is not the key it was saved with.`;
        throw new OrchError("conflict", sentence, { cause: error });
      }
    },
  };
}

/** Two processes that make the key at once end up with the same one: the second finds the first's. */
function readOrMakeKey(path: string): Buffer {
  if (!existsSync(path)) {
    const draft = `${path}.${randomBytes(6).toString("hex")}`;
    writeFileSync(draft, randomBytes(KEY_BYTES).toString("base64"), { mode: 0o600 });
    try {
      linkSync(draft, path);
    } catch (error) {
      if (!existsSync(path)) throw error;
    } finally {
      rmSync(draft);
    }
  }
  const key = Buffer.from(readFileSync(path, "utf8"), "base64");
  if (key.length === KEY_BYTES) return key;
  throw new OrchError("conflict", `'${path}' is damaged: it does not hold a key of ${KEY_BYTES} bytes.`);
}
