// The block types that a server knows from the start.
import type { BlockTypeDefinition } from "./block-type.ts";
import { localFileSystem } from "./local-file-system.ts";
import { process } from "./process.ts";
import { dateTime, json, secret, webhook } from "./values.ts";

export const BLOCK_TYPES: readonly BlockTypeDefinition[] = [webhook, json, dateTime, secret, localFileSystem, process];
