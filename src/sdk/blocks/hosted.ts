// The block classes for the files of a host: the same classes, which know how to reach the API outside of any run.
import type { Host } from "../host.ts";
import { Block, type BlockClass } from "./block.ts";
import * as infrastructure from "./infrastructure.ts";
import * as storage from "./storage.ts";
import * as values from "./values.ts";

const { JSONBlock, StringBlock, ...otherValues } = values;

/** All of them by the names that user code imports. */
export const BLOCKS = {
  Block,
  ...otherValues,
  JSONBlock,
  StringBlock,
  JSON: JSONBlock,
  String: StringBlock,
  ...storage,
  ...infrastructure,
};

export function blocksFor(host: Host): typeof BLOCKS {
  const known = new Map<unknown, unknown>();
  const hostedOnce = (type: BlockClass) => {
    const made = known.get(type) ?? hosted(type, host);
    known.set(type, made);
    return made;
  };
  const entries = Object.entries(BLOCKS).map(([name, type]) => [name, hostedOnce(type as unknown as BlockClass)]); // each is one
  return Object.fromEntries(entries);
}

function hosted(type: BlockClass, host: Host): BlockClass {
  const bound = class extends type {
    static override readonly host = host;
  };
  Object.defineProperty(bound, "name", { value: type.name });
  return bound;
}
