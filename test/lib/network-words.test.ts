// What keeps a server from being reached, without the words of the runtime.
import { expect, test } from "bun:test";
import { networkWords } from "#lib/network-words.ts";

const failure = (code: string, message: string) => Object.assign(new Error(message), { code });

const CASES: [error: unknown, words: string][] = [
  [
    failure("ECONNREFUSED", "ECONNREFUSED: Unable to connect. Is the computer able to access the url?"),
    "connection refused",
  ],
  [failure("ENOTFOUND", "getaddrinfo ENOTFOUND x"), "no address has this name"],
  [
    failure("ECONNRESET", "The socket connection was closed unexpectedly. For more information, pass `verbose`"),
    "the connection was closed",
  ],
  [
    failure("EPROTO", "EPROTO: The TLS handshake failed. Does the server speak TLS on this port?"),
    "it does not speak TLS at this port",
  ],
  [failure("DEPTH_ZERO_SELF_SIGNED_CERT", "self signed certificate"), "its certificate is signed by itself"],
  [failure("CERT_HAS_EXPIRED", "certificate has expired"), "its certificate has expired"],
  [new DOMException("The operation timed out.", "TimeoutError"), "no answer in time"],
  [failure("SomethingNew", "SomethingNew: Odd thing. Was there a typo in the url or port?"), "SomethingNew: Odd thing"],
  [failure("E_NEW", "E_NEW: It broke. For more information, pass `verbose: true`"), "It broke"],
];
for (const [error, words] of CASES) test(words, () => expect(networkWords(error)).toBe(words));

test("of a real refusal", async () => {
  const error = await fetch("http://127.0.0.1:1/", { proxy: false } as RequestInit).catch((cause: unknown) => cause);
  expect(networkWords(error)).toBe("connection refused");
});
