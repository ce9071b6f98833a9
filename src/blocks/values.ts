// Blocks that hold one value: JSON, Date Time, Secret; and Webhook, an address with its headers.
import { type BlockTypeDefinition, blockFields } from "./block-type.ts";

export const json: BlockTypeDefinition = {
  slug: "json",
  name: "JSON",
  description: "Holds any JSON.",
  is_protected: true,
  capabilities: [],
  fields: blockFields("JSON", { value: { title: "Value" } }, { required: ["value"] }),
};

export const dateTime: BlockTypeDefinition = {
  slug: "date-time",
  name: "Date Time",
  description: "Holds a moment.",
  is_protected: true,
  capabilities: [],
  fields: blockFields(
    "DateTime",
    { value: { title: "Value", type: "string", format: "date-time" } },
    { required: ["value"] },
  ),
};

export const secret: BlockTypeDefinition = {
  slug: "secret",
  name: "Secret",
  description: "Holds text that is stored encrypted and shown as asterisks.",
  is_protected: true,
  capabilities: [],
  fields: blockFields(
    "Secret",
    { value: { title: "Value", type: "string", writeOnly: true, format: "password" } },
    { required: ["value"], secret: ["value"] },
  ),
};

export const webhook: BlockTypeDefinition = {
  slug: "webhook",
  name: "Webhook",
  description: "An address to call, with a method and headers.",
  is_protected: true,
  capabilities: [],
  fields: blockFields(
    "Webhook",
    {
      method: { title: "Method", default: "POST", enum: ["GET", "POST", "PUT", "PATCH", "DELETE"], type: "string" },
      url: { title: "Webhook URL", type: "string", writeOnly: true, format: "password" },
      headers: { title: "Webhook Headers", type: "object" },
    },
    { required: ["url"], secret: ["url", "headers.*"] },
  ),
};
