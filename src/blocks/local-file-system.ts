// Local File System: a folder that flow code and results are kept in.
import { type BlockTypeDefinition, blockFields } from "./block-type.ts";
import { text } from "./fields.ts";

export const localFileSystem: BlockTypeDefinition = {
  slug: "local-file-system",
  name: "Local File System",
  description: "Stores files in a folder of this machine.",
  is_protected: true,
  capabilities: ["get-directory", "put-directory", "read-path", "write-path"],
  fields: blockFields("LocalFileSystem", { basepath: text("Basepath") }),
};
