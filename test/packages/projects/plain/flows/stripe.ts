import { flow, getRunLogger } from "orch";
import Stripe from "stripe";
import { localServer } from "./local-server.ts";

export const example = flow(async function example(amount: number = 1250) {
  const server = localServer();
  const stripe = new Stripe("sk_test_1", { host: "127.0.0.1", port: server.port, protocol: "http", telemetry: false });
  const charge: unknown = await stripe.paymentIntents.create({ amount, currency: "chf" });
  const payload = '{"id":"evt_1","object":"event","type":"ping"}';
  const header = await stripe.webhooks.generateTestHeaderStringAsync({ payload, secret: "whsec" });
  const event = await stripe.webhooks.constructEventAsync(payload, header, "whsec");
  getRunLogger().info(`${(charge as { body: string }).body} ${event.id}`);
  await server.stop(true);
});
