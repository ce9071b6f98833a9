// Blocks that hold one value: JSON, String, Date Time, Secret; and Webhook, an address with its headers.
import { type BlockTypeDefinition, blockFields } from "./block-type.ts";
import { choice, object, secretText, text } from "./fields.ts";

export const json: BlockTypeDefinition = {
  slug: "json",
  name: "JSON",
  description: "Holds any JSON.",
  is_protected: true,
  capabilities: [],
  fields: blockFields("JSON", { value: { title: "Value" } }, { required: ["value"] }),
};

export const string: BlockTypeDefinition = {
  slug: "string",
  name: "String",
  description: "Holds text.",
  is_protected: false,
  capabilities: [],
  fields: blockFields("String", { value: text("Value") }, { required: ["value"] }),
};

export const dateTime: BlockTypeDefinition = {
  slug: "date-time",
  name: "Date Time",
  description: "Holds a moment.",
  is_protected: true,
  capabilities: [],
  fields: blockFields("DateTime", { value: text("Value", { format: "date-time" }) }, { required: ["value"] }),
};

export const secret: BlockTypeDefinition = {
  slug: "secret",
  name: "Secret",
  description: "Holds text that is stored encrypted and shown as asterisks.",
  is_protected: true,
  capabilities: [],
  fields: blockFields("Secret", { value: secretText("Value") }, { required: ["value"], secret: ["value"] }),
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
      method: choice("Method", ["GET", "POST", "PUT", "PATCH", "DELETE"], "POST"),
      url: secretText("Webhook URL"),
      headers: object("Webhook Headers"),
    },
    { required: ["url"], secret: ["url", "headers.*"] },
  ),
};
