// Opens folders of servers that are reached by SSH: `sftp://` and `ssh://` addresses of the block `remote-file-system`.
import type { FileStore } from "../file-store.ts";
import type { Address } from "../remote-file-system.ts";
import { sftpOptions } from "./options.ts";
import { sftpStore } from "./store.ts";

export function openSftpAddress(address: Address): FileStore {
  return sftpStore(sftpOptions(address));
}
