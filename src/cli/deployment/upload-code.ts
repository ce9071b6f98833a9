// `orch __upload`: brings the files of this folder to a saved storage block, for a program that builds a deployment in Python.
import { readBlockDocument } from "#wire/blocks.ts";
import { withApi } from "../api.ts";
import { command } from "../kit/command.ts";
import { uploadFiles } from "./build/upload.ts";

export const uploadCode = command({
  description: "Upload this folder for the program that started this process.",
  options: {
    block: { type: "positional", required: true, description: "The id of the storage block." },
    entrypoint: { type: "positional", required: true, description: "Whose file is uploaded in any case." },
    path: { type: "positional", required: true, description: "Below the block's own place.", mayBeEmpty: true },
    ignore: { type: "positional", description: "Another ignore file than the folder's own." },
  },
  async run({ options: { block, entrypoint, path, ignore: ignoreFile }, io, loaded: { settings } }) {
    const params = { id: block };
    await withApi(settings, async ({ client }) => {
      const storage = await client.call(readBlockDocument, { params });
      const files = { path: path || null, entrypoint, ignoreFile, settings };
      io.out(await uploadFiles(io, client, storage, files));
    });
  },
});
