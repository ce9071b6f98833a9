// Opens folders of web servers: `http://` and `https://` addresses of the block `remote-file-system`.
import type { FileStore } from "../file-store.ts";
import type { Address } from "../remote-file-system.ts";
import { webOptions } from "./options.ts";
import { webStore } from "./store.ts";

export function openWebAddress(address: Address): FileStore {
  return webStore(webOptions(address));
}
