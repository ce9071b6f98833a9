// Encrypts block data at rest: AES-256-GCM, with a key in a file of the home that only its owner can read.
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Reader } from "#db/connect.ts";
import { OrchError } from "#lib/errors.ts";
import { syncToDisk, unwritable } from "#lib/files/fsync.ts";
import { type JsonObject, parseJson } from "#lib/json.ts";

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

export interface Vault {
  seal(q: Reader, data: JsonObject): string;
  /** Throws `conflict` when the key is not the one the data was sealed with. */
  open(q: Reader, sealed: string): JsonObject;
}

/** The key is read, or made, on first use. A database in memory has one of its own that goes with it. */
export function createVault(home: string): Vault {
  const path = join(home, "encryption.key");
  let key: Buffer | undefined;
  const keyFor = (q: Reader) => (key ??= isInMemory(q) ? randomBytes(KEY_BYTES) : readOrMakeKey(home, path));
  return {
    seal(q, data) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", keyFor(q), iv);
      const body = Buffer.concat([cipher.update(JSON.stringify(data), "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64");
    },
    open(q, sealed) {
      const usedKey = keyFor(q);
      try {
        return decrypt(usedKey, Buffer.from(sealed, "base64"));
      } catch (error) {
        throw new OrchError("conflict", `A block cannot be read: '${path}' is not the key it was saved with.`, {
          cause: error,
        });
      }
    },
  };
}

/** Whether the key of this file is the one that the data was sealed with. */
export function keyOpens(path: string, sealed: string): boolean {
  try {
    decrypt(readKey(path), Buffer.from(sealed, "base64"));
    return true;
  } catch {
    return false; // another key, or none
  }
}

function decrypt(key: Buffer, bytes: Buffer): JsonObject {
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  return parseJson(text.toString("utf8")) as JsonObject; // what seal() took
}

/** Two processes that make the key at once end up with the same one: the second finds the first's. */
function readOrMakeKey(home: string, path: string): Buffer {
  if (!existsSync(path)) makeKey(home, path);
  return readKey(path);
}

function readKey(path: string): Buffer {
  const key = Buffer.from(readFileSync(path, "utf8"), "base64");
  if (key.length === KEY_BYTES) return key;
  throw new OrchError("conflict", `'${path}' is damaged: it does not hold a key of ${KEY_BYTES} bytes.`);
}

function makeKey(home: string, path: string): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  const file = openSync(draft, "wx", 0o600);
  try {
    writeSync(file, randomBytes(KEY_BYTES).toString("base64"));
    // On disk before anything is sealed with it: a block whose key is lost is lost too.
    fsyncSync(file);
    linkSync(draft, path);
    syncToDisk(home);
  } catch (error) {
    if (!existsSync(path)) throw new OrchError("unavailable", unwritable(path, error).message, { cause: error });
  } finally {
    closeSync(file);
    rmSync(draft);
  }
}

/** A database in memory goes with its process, and so may the key of its blocks. */
function isInMemory(q: Reader): boolean {
  return q.get<{ file: string }>("select file from pragma_database_list where name = 'main'")?.file === "";
}
