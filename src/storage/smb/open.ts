// Opens shares: the block `smb`, and `smb://` addresses of the block `remote-file-system`.

import type { JsonObject } from "#lib/json.ts";
import { environment } from "#lib/process/environment.ts";
import type { FileStore } from "../file-store.ts";
import type { Address } from "../remote-file-system.ts";
import type { Storage } from "../storage.ts";
import { storedTree } from "../transfer/stored-tree.ts";
import { smbAddressOptions, smbBlockOptions } from "./options.ts";
import { smbStore } from "./store.ts";

export function openSmb(data: JsonObject): Storage {
  return storedTree(smbStore(smbBlockOptions(data), environment()));
}

export function openSmbAddress(address: Address): FileStore {
  return smbStore(smbAddressOptions(address), environment());
}
