// Mattermost's incoming webhooks: one request for each channel.
import { listed, needed, optional } from "./block-data.ts";
import { type Notifier, oneText } from "./notifier.ts";
import { postJson } from "./post.ts";

export const sendToMattermost: Notifier = async (block, message, outside) => {
  const payload = { text: oneText(message), username: optional(block, "botname") ?? "orch" };
  const channels = listed(block, "channels").map((channel) => ({ channel: channel.replace(/^#+/, "") }));
  const url = addressOf(needed(block, "hostname"), optional(block, "port"), optional(block, "path"));
  for (const channel of channels.length > 0 ? channels : [{}]) {
    await postJson(outside, `${url}/hooks/${encodeURIComponent(needed(block, "token"))}`, { ...payload, ...channel });
  }
};

/** Plain HTTP on 8065, as the old block has it; `https://` before the name of the host makes it HTTPS on 443. */
function addressOf(hostname: string, given: string | undefined, path = ""): string {
  const secure = hostname.startsWith("https://");
  const host = hostname.replace(/^https?:\/\//, "").replace(/\/+$/, "");
  // The default of the field is stored with every block: it says nothing about a secure server.
  const port = secure && (given === undefined || given === "8065") ? "443" : (given ?? "8065");
  const folder = path.replace(/^\/+|\/+$/g, "");
  return `${secure ? "https" : "http"}://${host}:${port}${folder === "" ? "" : `/${folder}`}`;
}
