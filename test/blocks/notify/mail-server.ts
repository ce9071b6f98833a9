// A real mail server on this machine: TLS with a certificate of its own making, and a login.
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export interface Mail {
  from: string;
  to: string[];
  user: string | undefined;
  secure: boolean;
  text: string;
}

export interface MailServer {
  port: number;
  mails: Mail[];
  close(): Promise<void>;
}

/** Knows the user `ops` with the password `pa55word`, and nobody called `nobody@…`. */
export async function mailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    logger: false, // it would warn of its certificate, which is meant here
    onAuth({ username, password }, _session, done) {
      if (username === "ops" && password === "pa55word") done(null, { user: username });
      else done(new Error(`Invalid login of ${username} with ${password}`));
    },
    onRcptTo({ address }, _session, done) {
      done(address.startsWith("nobody@") ? new Error("no such mailbox") : null);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? "" : mailFrom.address;
        const { user, secure } = session;
        mails.push({ from, to: rcptTo.map(({ address }) => address), user, secure, text: `${Buffer.concat(chunks)}` });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => {}); // what a client breaks off
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await listening;
  return {
    port: (server.server.address() as AddressInfo).port, // it listens on a port
    mails,
    close: () => new Promise((done) => server.close(() => done())),
  };
}
