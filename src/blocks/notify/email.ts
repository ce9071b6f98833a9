// Mail by SMTP. Encrypted unless the block says otherwise: a server that offers no encryption then gets nothing.
import type SMTPConnection from "nodemailer/lib/smtp-connection";
import { messageOf, OrchError } from "#lib/errors.ts";
import { embeddedLibrary } from "#lib/files/embedded-library.ts";
import type { JsonObject } from "#lib/json.ts";
import asset from "../../../dist/assets/mail.asset" with { type: "file" };
import { SMTP_TYPES } from "../notifications.ts";
import { chosen, listed, needed, optional } from "./block-data.ts";
import { addressIn, mailText } from "./mail-text.ts";
import type { Message, Notifier, Outside } from "./notifier.ts";

const USUAL_PORT = { STARTTLS: 587, SSL: 465, INSECURE: 25 } as const;

export const sendByMail: Notifier = async (block, message, outside) => {
  const { default: SmtpConnection } = embeddedLibrary<{ default: typeof SMTPConnection }>(asset);
  const type = chosen(block, "smtp_type", SMTP_TYPES);
  const host = needed(block, "smtp_server");
  const port = Number(optional(block, "smtp_port") ?? USUAL_PORT[type]);
  const connection = new SmtpConnection({
    ...{ host, port, secure: type === "SSL", requireTLS: type === "STARTTLS", ignoreTLS: type === "INSECURE" },
    tls: { rejectUnauthorized: block["verify"] !== false },
    socketCloseTimeout: 0,
  });
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {}); // the race below throws it; without this, one that comes after the race would end the process
  connection.on("error", reject);
  outside.signal.addEventListener("abort", () => reject(new Error("no answer in time.")), { once: true });
  try {
    await Promise.race([failed, handOver(connection, block, letterOf(block, message, outside))]);
  } catch (error) {
    if (error instanceof OrchError) throw error;
    const reason = messageOf(error).replace(/\s+/g, " ").trim();
    throw new OrchError("unavailable", `${host}:${port} did not take the mail: ${reason}`, { cause: error });
  } finally {
    connection.close();
  }
};

interface Mail {
  from: string;
  to: string[];
  text: string;
}

function letterOf(block: JsonObject, { subject, body }: Message, { clock }: Outside): Mail {
  const recipients = listed(block, "email_to");
  if (recipients.length === 0) throw new OrchError("invalid", "The block has no 'email_to'.");
  const from = optional(block, "email_from") ?? needed(block, "username");
  const text = mailText({ from, to: recipients, subject, body, sent: clock.now() });
  return { from: addressIn(from), to: recipients.map(addressIn), text };
}

async function handOver(connection: SMTPConnection, block: JsonObject, { from, to, text }: Mail): Promise<void> {
  await step((done) => connection.connect(done));
  const user = optional(block, "username");
  if (user !== undefined) {
    const pass = optional(block, "password") ?? "";
    await step((done) => connection.login({ user, pass, credentials: { user, pass } }, done));
  }
  const refused = await new Promise<number>((resolve, reject) => {
    connection.send({ from, to }, text, (error, info) => (error ? reject(error) : resolve(info?.rejected.length ?? 0)));
  });
  if (refused > 0) throw new Error(`${refused} of ${to.length} recipients were refused.`);
  connection.quit();
}

function step(start: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => start((error) => (error ? reject(error) : resolve())));
}
