import axios from "axios";
import { flow, getRunLogger } from "orch";
import { type Echo, localServer } from "./local-server.ts";

export const example = flow(async function example(day: string = "monday") {
  const server = localServer();
  const client = axios.create({ baseURL: server.url.href });
  client.interceptors.request.use((config) => ({ ...config, params: { day } }));
  const { data } = await client.post<Echo>("/rows", { n: 1 });
  const failed = await client.get("/missing").catch((error: unknown) => error);
  getRunLogger().info(`${data.path} ${data.body} ${axios.isAxiosError(failed) && failed.response?.status}`);
  await server.stop(true);
});
