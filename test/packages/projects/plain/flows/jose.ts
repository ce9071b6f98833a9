import { generateKeyPair, jwtVerify, SignJWT } from "jose";
import { flow, getRunLogger } from "orch";

export const example = flow(async function example(user: string = "ada") {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA");
  const token = await new SignJWT({ user })
    .setProtectedHeader({ alg: "EdDSA" })
    .setExpirationTime("1h")
    .sign(privateKey);
  const { payload, protectedHeader } = await jwtVerify(token, publicKey);
  const wrong = await jwtVerify(`${token.slice(0, -4)}AAAA`, publicKey).catch((error: { code: string }) => error.code);
  getRunLogger().info(`${payload["user"]} ${protectedHeader.alg} ${wrong}`);
});
